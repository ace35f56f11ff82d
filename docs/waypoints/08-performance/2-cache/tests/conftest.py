import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from alembic import command
from alembic.config import Config
from fastapi.testclient import TestClient
from redis.exceptions import ConnectionError as Gone
from sqlalchemy import NullPool, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

FOLDER = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)

# The app reads its settings when it is imported. So the tests choose theirs first: a database of
# their own, and hashes that take a hundredth of the usual time.
os.environ["DATABASE_URL"] = (
    os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{FOLDER.name}/test.db"
)
os.environ["REDIS_URL"] = "memory://"  # the tests empty it
os.environ["BCRYPT_ROUNDS"] = "4"

from app.cache import cache
from app.database import new_engine, new_session
from app.main import app
from app.models import Base, Post, Role, Tag, User, utc_now
from app.redis_client import breaker
from app.redis_client import client as redis
from app.settings import settings

API = "http://testserver/api/v1"
PASSWORD = "correct horse"
ALEMBIC = Config(toml_file=Path(__file__).parents[1] / "pyproject.toml")
Result = TypeVar("Result")


def in_session(work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    """What `work` finds or does in a session of its own, which commits at the end."""

    async def run() -> Result:
        async with new_session() as session:
            result = await work(session)
            await session.commit()
            return result

    return asyncio.run(run())


def sign_up(visitor: TestClient, username: str) -> TestClient:
    """A client with the token of a new user."""
    body = {"username": username, "email": f"{username}@example.com", "password": PASSWORD}
    visitor.post("/users", json=body)
    form = {"username": username, "password": PASSWORD}
    token = visitor.post("/auth/token", data=form).json()["access_token"]
    return TestClient(app, base_url=API, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture(scope="session")
def engine() -> AsyncEngine:
    """An engine that pools nothing.

    A connection belongs to one event loop, and each request of a test client has its own.
    """
    engine = new_engine(settings.database_url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", mix_what_has_no_order)
    new_session.configure(bind=engine)
    return engine


def mix_what_has_no_order(connection: Any, _record: object) -> None:
    """SQLite often has rows in the right order without ORDER BY. No test is to pass by that."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA reverse_unordered_selects = ON")
    cursor.close()


@pytest.fixture(scope="session")
def migrated(engine: AsyncEngine) -> AsyncEngine:
    """The same, with the newest tables."""
    command.upgrade(ALEMBIC, "head")
    return engine


async def flush() -> None:
    """Forget all entries of the cache."""
    await redis.flushall()


@pytest.fixture
def empty(migrated: AsyncEngine) -> AsyncEngine:
    """The same, with no row in any table and ids that count from 1, and nothing in Redis."""
    tables = ", ".join(Base.metadata.tables)
    statements = {
        "postgresql": [f"TRUNCATE {tables} RESTART IDENTITY"],
        "sqlite": [
            *(f"DELETE FROM {table.name}" for table in reversed(Base.metadata.sorted_tables)),
            "DELETE FROM sqlite_sequence",
        ],
    }

    async def clear(session: AsyncSession) -> None:
        for statement in statements[migrated.dialect.name]:
            await session.execute(text(statement))

    in_session(clear)
    asyncio.run(flush())
    cache.unheard = 0
    breaker.closed_from = breaker.silent_until = 0.0
    return migrated


@pytest.fixture
def redis_fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets Redis refuse each connection, after so many seconds."""

    def fail(seconds: float) -> None:
        async def refuse(*_: object, **__: object) -> None:
            await asyncio.sleep(seconds)
            raise Gone("Redis is gone")

        monkeypatch.setattr(redis.connection_pool, "get_connection", refuse)

    return fail


@pytest.fixture
def visitor(empty: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client of the app at `/api/v1` without a token, started on an empty database."""
    monkeypatch.setattr(settings, "admin_username", None)
    with TestClient(app, base_url=API) as visitor:
        yield visitor


@pytest.fixture
def client(visitor: TestClient) -> TestClient:
    """The client of Ann, the user with the id 1."""
    return sign_up(visitor, "ann")


@pytest.fixture
def bob(visitor: TestClient, client: TestClient) -> TestClient:
    """The client of Bob, the user with the id 2."""
    return sign_up(visitor, "bob")


@pytest.fixture
def admin(visitor: TestClient, bob: TestClient) -> TestClient:
    """The client of the user with the id 3, an admin."""
    admin = sign_up(visitor, "admin")

    async def promote(session: AsyncSession) -> None:
        (await session.get_one(User, 3)).role = Role.ADMIN

    in_session(promote)
    return admin


@pytest.fixture
def post(client: TestClient) -> dict[str, Any]:
    """The post with the id 1."""
    post: dict[str, Any] = client.post("/posts", json={"title": "Hello", "content": "World"}).json()
    return post


@pytest.fixture
def twins(client: TestClient, bob: TestClient) -> TestClient:
    """Ann's client, when there are ten posts of one moment. They are not stored by their ids."""
    moment = utc_now()

    async def store(session: AsyncSession) -> None:
        tag = Tag(name="twin")
        for number in (7, 2, 9, 4, 10, 1, 6, 3, 8, 5):
            post = Post(id=number, title="Twin", slug=f"twin-{number}", content="The same.")
            post.author_id, post.tags = 1 + number % 2, [tag]
            post.created_at = post.updated_at = moment
            session.add(post)
            await session.flush()

    in_session(store)
    return client
