"""Lists of posts: which posts, in what order, and how many at a time."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy import Select, asc, desc, select

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


class PostQuery(BaseModel):
    """`?tag=python&tag=web&sort=-title&page=2&size=50`: pages count from 1."""

    tag: Tags = []
    sort: Sort = Sort.CREATED_AT_DESC
    page: Annotated[int, Field(ge=1, le=2**31 - 1), Digits] = 1
    size: Annotated[int, Field(ge=1, le=100), Digits] = 20

    def page_of(self, posts: Select[Post]) -> Select[Post]:
        """The posts that have all the tags, in this order, of this page. The id breaks ties."""
        for name in self.tag:
            tagged = select(posts_tags.c.post_id).where(posts_tags.c.tag_name == name)
            posts = posts.where(Post.id.in_(tagged))
        column = getattr(Post, self.sort.removeprefix("-"))
        direction = desc if self.sort.startswith("-") else asc
        ordered = posts.order_by(direction(column), direction(Post.id))
        return ordered.limit(self.size).offset((self.page - 1) * self.size)
