"""Tags: the rows that belong to their names."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Tag

INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


async def get_tags(names: Sequence[str], session: AsyncSession) -> list[Tag]:
    """The tags with these names. Creates those that are missing.

    Two requests may create one tag at once: the second waits for the first and finds the tag. All
    requests insert the names in the same order, so no two of them wait for each other.
    """
    if names:
        insert = INSERT[session.get_bind().dialect.name](Tag)
        rows = [{"name": name} for name in sorted(names)]
        await session.execute(insert.values(rows).on_conflict_do_nothing())
    return list(await session.scalars(select(Tag).where(Tag.name.in_(names))))
