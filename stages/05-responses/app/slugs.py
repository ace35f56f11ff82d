"""Slugs: what a post is called in an address."""

from slugify import slugify
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Post

MAX_LENGTH = 80
AT_ONCE = 50


async def add_with_slug(post: Post, session: AsyncSession) -> None:
    """Insert a new post under the first slug of its title that is free.

    Another request may take that slug between the look and the INSERT: the savepoint takes back
    the INSERT alone, and the next look sees who was faster.
    """
    while True:
        post.slug = await free_slug(post.title, session)
        try:
            async with session.begin_nested():
                session.add(post)
            return
        except IntegrityError as error:
            if "slug" not in str(error.orig):
                raise


async def free_slug(title: str, session: AsyncSession) -> str:
    """The title's slug, or else the first of it with -2, -3 … that no post has."""
    base = slugify(title, max_length=MAX_LENGTH, entities=False) or "post"
    first = 1
    while True:
        slugs = [numbered(base, number) for number in range(first, first + AT_ONCE)]
        taken = set(await session.scalars(select(Post.slug).where(Post.slug.in_(slugs))))
        for slug in slugs:
            if slug not in taken:
                return slug
        first += AT_ONCE


def numbered(base: str, number: int) -> str:
    """At most MAX_LENGTH characters: a long base gives way to its number."""
    suffix = f"-{number}" if number > 1 else ""
    return base[: MAX_LENGTH - len(suffix)].rstrip("-") + suffix
