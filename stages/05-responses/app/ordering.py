"""The order of posts in a list."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, Query
from sqlalchemy import Select, asc, desc

from app.models import Post


class Sort(StrEnum):
    """By what, and `-` for descending."""

    CREATED_AT = "created_at"
    CREATED_AT_DESC = "-created_at"
    UPDATED_AT = "updated_at"
    UPDATED_AT_DESC = "-updated_at"
    TITLE = "title"
    TITLE_DESC = "-title"


class Ordering:
    """`?sort=-title`: what comes first. Of two that are equal the id decides."""

    def __init__(
        self, sort: Annotated[Sort, Query(description="What comes first")] = Sort.CREATED_AT_DESC
    ) -> None:
        self.column = getattr(Post, sort.removeprefix("-"))
        self.direction = desc if sort.startswith("-") else asc

    def of(self, posts: Select[Any]) -> Select[Any]:
        """The posts in this order."""
        return posts.order_by(self.direction(self.column), self.direction(Post.id))


Order = Annotated[Ordering, Depends()]
