"""Slugs: what a post is called in an address."""

from collections.abc import AsyncIterator

from slugify import slugify
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import begin_writing
from app.models import Post

MAX_LENGTH = 80

# PostgreSQL names the constraint that an INSERT breaks, SQLite names the column.
SLUG_CONSTRAINTS = ("uq_posts_slug", "posts.slug")


async def add_with_slug(post: Post, session: AsyncSession) -> None:
    """Insert a new post under the first slug of its title that is free.

    On PostgreSQL another request may take that slug between the look and the INSERT. Then the
    savepoint undoes the INSERT alone, and the next slug gets its turn.
    """
    await (await session.connection()).run_sync(begin_writing)
    async for slug in free_slugs(post.title, session):
        post.slug = slug
        try:
            async with session.begin_nested():
                session.add(post)
                await session.flush()
            return
        except IntegrityError as error:
            if not any(name in str(error.orig) for name in SLUG_CONSTRAINTS):
                raise


async def free_slugs(title: str, session: AsyncSession) -> AsyncIterator[str]:
    """The slug of the title, then the same with -2, -3 …, without those that a post has now."""
    base, first = slug_of(title), 1
    while True:
        slugs = [numbered(base, number) for number in range(first, first + 64)]
        taken = set(await session.scalars(select(Post.slug).where(Post.slug.in_(slugs))))
        for slug in slugs:
            if slug not in taken:
                yield slug
        first += 64


def slug_of(title: str) -> str:
    """Letters, digits and single hyphens. A title is not HTML: `&#65;` does not mean A."""
    slug = slugify(title, max_length=MAX_LENGTH, entities=False, decimal=False, hexadecimal=False)
    return slug or "post"


def numbered(base: str, number: int) -> str:
    """At most MAX_LENGTH characters: a long base is cut to make room for its number."""
    suffix = f"-{number}" if number > 1 else ""
    return base[: MAX_LENGTH - len(suffix)].rstrip("-") + suffix
