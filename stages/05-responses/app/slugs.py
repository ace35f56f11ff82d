"""Slugs: what a post is called in an address."""

from slugify import slugify
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Post

MAX_LENGTH = 80

# Every number at first, then in steps that double: what is between is found by halving.
NUMBERS = [*range(1, 65), *(2**power for power in range(7, 31))]

# PostgreSQL says which constraint an INSERT breaks, SQLite which column.
TAKEN = ("uq_posts_slug", "posts.slug")


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
            if not any(name in str(error.orig) for name in TAKEN):
                raise


async def free_slug(title: str, session: AsyncSession) -> str:
    """The title's slug or, where a post has it, with a number that is free: -2, -3 …

    Up to 64 it is the first one. Beyond, a few queries find one however many there are.
    """
    base = slug_of(title)
    slugs = [numbered(base, number) for number in NUMBERS]
    taken = set(await session.scalars(select(Post.slug).where(Post.slug.in_(slugs))))
    place = next(place for place, slug in enumerate(slugs) if slug not in taken)
    free, used = NUMBERS[place], NUMBERS[place - 1]
    while free - used > 1:
        middle = (free + used) // 2
        slug = numbered(base, middle)
        if await session.scalar(select(Post.id).where(Post.slug == slug)):
            used = middle
        else:
            free = middle
    return numbered(base, free)


def slug_of(title: str) -> str:
    """Letters, digits and single hyphens. A title is no HTML: `&#65;` in it is not an A."""
    slug = slugify(title, max_length=MAX_LENGTH, entities=False, decimal=False, hexadecimal=False)
    return slug or "post"


def numbered(base: str, number: int) -> str:
    """At most MAX_LENGTH characters: a long base gives way to its number."""
    suffix = f"-{number}" if number > 1 else ""
    return base[: MAX_LENGTH - len(suffix)].rstrip("-") + suffix
