"""Lists: which rows, in what order, and how many at a time."""

from collections.abc import Sequence
from enum import StrEnum
from math import ceil
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, Field
from sqlalchemy import Select, asc, desc, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Post, posts_tags
from app.schemas import Digits, Tags


class Sort(StrEnum):
    """The column that decides the order. With `-`, the order is descending."""

    CREATED_AT = "created_at"
    CREATED_AT_DESC = "-created_at"
    UPDATED_AT = "updated_at"
    UPDATED_AT_DESC = "-updated_at"
    TITLE = "title"
    TITLE_DESC = "-title"


class PageQuery(BaseModel):
    """`?page=2&size=50`: pages count from 1."""

    page: Annotated[int, Field(ge=1, le=2**31 - 1, description="Which page"), Digits] = 1
    size: Annotated[int, Field(ge=1, le=100, description="How many on a page"), Digits] = 20


class PostQuery(PageQuery):
    """`?tag=python&tag=web&sort=-title&page=2&size=50`: the posts that have all of these tags."""

    tag: Annotated[Tags, Field(description="Posts that have all of these tags")] = []
    sort: Annotated[Sort, Field(description="What comes first")] = Sort.CREATED_AT_DESC

    def select_from(self, posts: Select[Post]) -> Select[Post]:
        """The posts that have all the tags, in this order. The id breaks ties."""
        for name in self.tag:
            tagged = select(posts_tags.c.post_id).where(posts_tags.c.tag_name == name)
            posts = posts.where(Post.id.in_(tagged))
        column = getattr(Post, self.sort.removeprefix("-"))
        direction = desc if self.sort.startswith("-") else asc
        return posts.order_by(direction(column), direction(Post.id))


async def read_page(rows: Select[Any], query: PageQuery, session: AsyncSession) -> dict[str, Any]:
    """One page of the rows of a statement that has an order, as `schemas.Page` describes it."""
    count = rows.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    total = await session.scalar(count) or 0
    part = rows.limit(query.size).offset((query.page - 1) * query.size)
    return page_of((await session.scalars(part)).all(), total, query)


def page_of(items: Sequence[Any], total: int, query: PageQuery) -> dict[str, Any]:
    return {
        "items": items,
        "page": query.page,
        "size": query.size,
        "total": total,
        "pages": ceil(total / query.size),
    }


def links(path: str, query: PageQuery, pages: int) -> str:
    """The addresses of the other pages, for the header `Link` (RFC 8288)."""
    last = max(pages, 1)
    targets = {"first": 1, "prev": min(query.page - 1, last), "next": query.page + 1, "last": last}
    asked = query.model_dump(mode="json", exclude_unset=True, exclude={"page"})
    return ", ".join(
        f'<{path}?{urlencode(asked | {"page": page}, doseq=True)}>; rel="{relation}"'
        for relation, page in targets.items()
        if 1 <= page <= last
    )
