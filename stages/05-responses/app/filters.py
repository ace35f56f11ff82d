"""Which posts are in a list."""

from typing import Annotated, Any

from fastapi import Depends, Query
from sqlalchemy import Select, select

from app.models import Post, posts_tags
from app.schemas import Tags


class TagFilter:
    """`?tag=python&tag=web`: the posts that have all of these tags."""

    def __init__(
        self,
        tag: Annotated[
            Tags, Query(default_factory=list, description="Posts that have all of these tags")
        ],
    ) -> None:
        self.names = tag

    def of(self, posts: Select[Any]) -> Select[Any]:
        """The posts that are let through."""
        for name in self.names:
            tagged = select(posts_tags.c.post_id).where(posts_tags.c.tag_name == name)
            posts = posts.where(Post.id.in_(tagged))
        return posts


Tagged = Annotated[TagFilter, Depends()]
