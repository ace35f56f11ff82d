"""Posts as plain rows, for those who only read them. The ORM stays for what changes posts."""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Row,
    Select,
    asc,
    bindparam,
    desc,
    func,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import reading
from app.lists import PostQuery, Sort, page_of
from app.models import Base, image_url, posts_tags
from app.schemas import Page, Post, UserPublic, in_utc

posts = Base.metadata.tables["posts"]
users = Base.metadata.tables["users"]


def fields(posts: FromClause) -> list[ColumnElement[Any]]:
    """What `post_of` needs of these posts, with the table of users beside them."""
    tags = select(func.aggregate_strings(posts_tags.c.tag_name, ","))  # no tag has a comma
    return [
        *posts.c,
        tags.where(posts_tags.c.post_id == posts.c.id).scalar_subquery().label("tags"),
        users.c.username,
        users.c.created_at.label("joined_at"),
    ]


WITH_AUTHORS = select(*fields(posts)).join_from(posts, users, users.c.id == posts.c.author_id)
ONE = WITH_AUTHORS.where(posts.c.id == bindparam("post_id"))


def post_of(row: Row[Any]) -> Post:
    """The post that a row with these fields holds. Our own tables need no check."""
    author = UserPublic.model_construct(
        id=row.author_id, username=row.username, created_at=in_utc(row.joined_at)
    )
    return Post.model_construct(
        id=row.id,
        title=row.title,
        slug=row.slug,
        content=row.content,
        published=row.published,
        tags=sorted(row.tags.split(",")) if row.tags else [],
        author_id=row.author_id,
        author=author,
        image_url=image_url(row.id, row.image),
        created_at=in_utc(row.created_at),
        updated_at=in_utc(row.updated_at),
    )


@lru_cache
def page_statement(sort: Sort, tags: int) -> Select[Any]:
    """One page of the published posts that have so many tags, and how many there are in all.

    It is one statement, so all of it is of one moment.
    """
    wanted = select(posts).where(posts.c.published.is_(True))
    for number in range(tags):
        tagged = select(posts_tags.c.post_id).where(
            posts_tags.c.tag_name == bindparam(f"tag_{number}")
        )
        wanted = wanted.where(posts.c.id.in_(tagged))
    total = wanted.with_only_columns(func.count().label("total")).subquery()

    # As parameters, these two numbers would let PostgreSQL make a new plan each time.
    size, skip = (bindparam(name, type_=Integer, literal_execute=True) for name in ("size", "skip"))
    direction = desc if sort.startswith("-") else asc
    column = sort.removeprefix("-")
    part = wanted.order_by(direction(posts.c[column]), direction(posts.c.id))
    page = part.limit(size).offset(skip).subquery()
    return (
        select(total.c.total, *fields(page))
        .select_from(total)
        .outerjoin(page, true())
        .outerjoin(users, users.c.id == page.c.author_id)
        .order_by(direction(page.c[column]), direction(page.c.id))
    )


async def read_post(
    post_id: int, is_visible: ColumnElement[bool], session: AsyncSession
) -> Post | None:
    """The post with this id, if it is visible."""
    row = (await session.execute(ONE.where(is_visible), {"post_id": post_id})).one_or_none()
    return post_of(row) if row else None


async def read_page(query: PostQuery) -> Page[Post]:
    """A page of the published posts that the query finds."""
    names = {f"tag_{number}": name for number, name in enumerate(query.tag)}
    part = {"size": query.size, "skip": (query.page - 1) * query.size}
    statement = page_statement(query.sort, len(query.tag))
    async with reading() as connection:
        rows = (await connection.execute(statement, names | part)).all()
    items = [post_of(row) for row in rows if row.id is not None]
    return Page[Post].model_construct(**page_of(items, rows[0].total, query))
