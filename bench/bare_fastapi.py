"""The limits: what FastAPI needs for the same bytes, and the same rows by the ORM alone.

Takes the place of `app/main.py` in a copy of a stage with Redis.
"""

import importlib
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Response
from redis.asyncio import Redis
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

BYTES = b"x" * 14_000
"""As many as a page of 20 posts has."""

models: Any = importlib.import_module("app.models")
schemas: Any = importlib.import_module("app.schemas")
sessions = async_sessionmaker(
    importlib.import_module("app.database").engine, expire_on_commit=False
)
redis = Redis.from_url(importlib.import_module("app.settings").settings.redis_url)
app = FastAPI()


async def get_db() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_db)]


@app.get("/bytes")
async def read_bytes() -> Response:
    return Response(BYTES)


@app.get("/redis")
async def read_redis() -> Response:
    """The same bytes, after one question to Redis."""
    await redis.get("nothing")
    return Response(BYTES)


@app.get("/posts", response_model=schemas.Page[schemas.Post])
async def list_posts(session: Session, page: int = 1, size: int = 20) -> dict[str, Any]:
    published = models.Post.published.is_(True)
    total = await session.scalar(select(func.count()).where(published)) or 0
    order = (models.Post.created_at.desc(), models.Post.id.desc())
    posts = models.select_posts().where(published).order_by(*order)
    items = await session.scalars(posts.limit(size).offset((page - 1) * size))
    return {
        "items": items.all(), "page": page, "size": size, "total": total, "pages": -(-total // size)
    }  # fmt: skip


@app.get("/posts/{post_id}", response_model=schemas.Post)
async def read_post(post_id: int, session: Session) -> Any:
    return await session.scalar(models.select_posts().where(models.Post.id == post_id))
