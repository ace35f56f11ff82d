"""Pages: a long list, a part at a time."""

from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query
from sqlalchemy import Select

from app.schemas import Digits

Rows = TypeVar("Rows", bound=Select[Any])


class Pagination:
    """`?page=2&size=50`: which part of a list is asked for. Pages count from 1."""

    def __init__(
        self,
        page: Annotated[int, Query(ge=1, le=2**31 - 1), Digits] = 1,
        size: Annotated[int, Query(ge=1, le=100), Digits] = 20,
    ) -> None:
        self.page = page
        self.size = size

    def of(self, rows: Rows) -> Rows:
        """The rows of this page, of a statement that has an order."""
        return rows.limit(self.size).offset((self.page - 1) * self.size)


Paging = Annotated[Pagination, Depends()]
