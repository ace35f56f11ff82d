"""Pages: a long list, a part at a time."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.schemas import Digits


class Pagination:
    """`?page=2&size=50`: which part of a list is asked for. Pages count from 1."""

    def __init__(
        self,
        request: Request,
        response: Response,
        page: Annotated[int, Query(ge=1, le=2**31 - 1, description="Which page"), Digits] = 1,
        size: Annotated[int, Query(ge=1, le=100, description="How many on a page"), Digits] = 20,
    ) -> None:
        self.url = request.url
        self.headers = response.headers
        self.page = page
        self.size = size

    async def read(self, rows: Select[Any], session: AsyncSession) -> dict[str, Any]:
        """This page of the rows of a statement that has an order, as `schemas.Page` has it."""
        counted = select(func.count()).select_from(rows.order_by(None).subquery())
        total = await session.scalar(counted) or 0
        part = rows.limit(self.size).offset((self.page - 1) * self.size)
        items = (await session.scalars(part)).all()
        pages = -(-total // self.size)
        self.headers["Link"] = self.links(pages)
        return {
            "items": items, "page": self.page, "size": self.size, "total": total, "pages": pages
        }  # fmt: skip

    def links(self, pages: int) -> str:
        """Where the other pages are, as a header says it (RFC 8288)."""
        last = max(pages, 1)
        targets = {
            "first": 1,
            "prev": min(self.page - 1, last),
            "next": self.page + 1,
            "last": last,
        }
        return ", ".join(
            f'<{self.address(page)}>; rel="{relation}"'
            for relation, page in targets.items()
            if 1 <= page <= last
        )

    def address(self, page: int) -> str:
        """The address of another page, relative to the server's."""
        url = self.url.include_query_params(page=page)
        return f"{url.path}?{url.query}"


Paging = Annotated[Pagination, Depends()]
