"""Tags: the rows that belong to their names."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Tag
from app.schemas import PostCreate, PostUpdate

INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


async def fields_with_tags(body: PostCreate | PostUpdate, session: AsyncSession) -> dict[str, Any]:
    """The fields of a post that the body names, with the rows of its tags."""
    fields = body.model_dump()
    if "tags" in fields:
        fields["tags"] = await get_tags(fields["tags"], session)
    return fields


async def get_tags(names: Sequence[str], session: AsyncSession) -> list[Tag]:
    """The tags with these names; those that are not there are made.

    Two requests may make one tag at once: the second waits for the first, and finds it there. The
    names are sorted, so that no two requests wait for each other.
    """
    if names:
        new = INSERT[session.get_bind().dialect.name](Tag)
        rows = [{"name": name} for name in names]
        await session.execute(new.values(rows).on_conflict_do_nothing())
    return list(await session.scalars(select(Tag).where(Tag.name.in_(names))))
