import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from fastapi.testclient import TestClient
from sqlalchemy import Connection
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine

from app import database, main
from app.models import Base
from app.settings import settings
from tests.conftest import ALEMBIC, PASSWORD

WITHOUT_VERSION = """
    CREATE TABLE users (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, username VARCHAR(50) NOT NULL,
        email VARCHAR(254) NOT NULL, hashed_password VARCHAR(60) NOT NULL,
        role VARCHAR(20) NOT NULL, created_at DATETIME NOT NULL, UNIQUE (username), UNIQUE (email)
    );
    CREATE TABLE posts (
        id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(200) NOT NULL,
        content TEXT NOT NULL, author_id INTEGER NOT NULL, created_at DATETIME NOT NULL,
        updated_at DATETIME NOT NULL, FOREIGN KEY(author_id) REFERENCES users (id)
    );
    INSERT INTO users VALUES (7, 'ann', 'ann@example.com', '$2b$04$', 'user', '2026-01-01');
    INSERT INTO posts VALUES (1, 'Hello', 'World', 7, '2026-01-01', '2026-01-02');
    INSERT INTO posts VALUES (2, 'Hello!', 'Moon', 7, '2026-01-01', '2026-01-02');
    INSERT INTO posts VALUES (3, 'Hello 2', 'Sun', 7, '2026-01-01', '2026-01-02');
    INSERT INTO posts VALUES (4, '???', 'Stars', 7, '2026-01-01', '2026-01-02');
    INSERT INTO posts VALUES (9, 'Gone', 'Gone', 7, '2026-01-01', '2026-01-02');
    INSERT INTO posts VALUES (6, printf('%.*c', 200, 'a'), 'b', 7, '2026-01-01', '2026-01-02');
    INSERT INTO posts VALUES (5, printf('%.*c', 200, 'a'), 'a', 7, '2026-01-01', '2026-01-02');
    DELETE FROM posts WHERE id = 9;
"""


@pytest.fixture
def again(migrated: AsyncEngine) -> Iterator[AsyncEngine]:
    """The database of the tests, which gets its newest tables back when the test is over."""
    yield migrated
    command.upgrade(ALEMBIC, "head")


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A SQLite file that was made before there were migrations, and that the settings name."""
    file = tmp_path / "old.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(WITHOUT_VERSION)
    monkeypatch.setattr(settings, "database_url", f"sqlite:///{file}")
    return file


def rows(file: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(statement).fetchall()


def test_there_is_one_newest_revision() -> None:
    assert len(ScriptDirectory.from_config(ALEMBIC).get_heads()) == 1


def test_the_newest_tables_are_those_of_the_models(migrated: AsyncEngine) -> None:
    def differences(connection: Connection) -> Any:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return compare_metadata(context, Base.metadata)

    async def compare() -> Any:
        async with migrated.connect() as connection:
            return await connection.run_sync(differences)

    assert asyncio.run(compare()) == []


def test_all_the_way_down_and_up_again(again: AsyncEngine) -> None:
    command.downgrade(ALEMBIC, "base")
    command.upgrade(ALEMBIC, "head")
    command.check(ALEMBIC)


def test_a_step_down_and_up_keeps_posts_and_users(
    again: AsyncEngine, client: TestClient, post: dict[str, Any]
) -> None:
    command.downgrade(ALEMBIC, "0001")
    command.upgrade(ALEMBIC, "head")

    assert client.get("/posts/1").json() == post
    form = {"username": "ann", "password": PASSWORD}
    assert client.post("/auth/token", data=form).status_code == 200


def test_a_database_without_a_version_is_adopted_with_its_rows(old: Path) -> None:
    users, posts = rows(old, "SELECT * FROM users"), rows(old, "SELECT * FROM posts")

    command.upgrade(ALEMBIC, "head")

    same = "SELECT id, title, content, author_id, created_at, updated_at FROM posts"
    assert rows(old, "SELECT * FROM users") == users
    assert rows(old, same) == posts
    assert rows(old, "SELECT published, slug FROM posts ORDER BY id") == [
        (1, "hello"), (1, "hello-2"), (1, "hello-2-2"), (1, "post"),
        (1, "a" * 80), (1, "a" * 78 + "-2"),
    ]  # fmt: skip
    assert rows(old, "PRAGMA foreign_key_check") == []


def test_drafts_stand_in_the_way_down(again: AsyncEngine, client: TestClient) -> None:
    client.post("/posts", json={"title": "Hello", "content": "World", "published": False})

    with pytest.raises(RuntimeError, match="drafts"):
        command.downgrade(ALEMBIC, "0001")

    assert client.delete("/posts/1").status_code == 204
    command.downgrade(ALEMBIC, "0001")


def test_two_upgrades_at_once_run_one_after_the_other(again: AsyncEngine) -> None:
    command.downgrade(ALEMBIC, "base")
    upgrade = [sys.executable, "-m", "alembic", "upgrade", "head"]
    environment = os.environ | {"DATABASE_URL": settings.database_url}
    folder = Path(__file__).parents[1]

    both = [subprocess.Popen(upgrade, cwd=folder, env=environment) for _ in range(2)]

    assert [process.wait() for process in both] == [0, 0]


def test_an_adopted_database_has_the_tables_of_the_models(old: Path) -> None:
    command.upgrade(ALEMBIC, "head")

    command.check(ALEMBIC)
    tables = "SELECT sql FROM sqlite_master WHERE name IN ('users', 'posts') ORDER BY name"
    (posts,), (users,) = rows(old, tables)
    assert "AUTOINCREMENT" in users
    assert "AUTOINCREMENT" in posts
    assert "CONSTRAINT fk_posts_author_id FOREIGN KEY" in posts


def test_readers_do_not_wait_for_who_writes(old: Path) -> None:
    command.upgrade(ALEMBIC, "head")

    with closing(sqlite3.connect(old, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE posts SET title = 'Changed'")
        read = rows(old, "SELECT title FROM posts WHERE id = 1")
        writer.execute("COMMIT")

    assert read == [("Hello",)]
    assert rows(old, "SELECT title FROM posts WHERE id = 1") == [("Changed",)]


def test_tables_of_somebody_else_are_left_as_they_are(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("ALTER TABLE posts DROP COLUMN content")
    before = rows(old, "SELECT * FROM sqlite_master"), rows(old, "SELECT * FROM posts")

    with pytest.raises(RuntimeError, match="move this database away"):
        command.upgrade(ALEMBIC, "head")

    assert (rows(old, "SELECT * FROM sqlite_master"), rows(old, "SELECT * FROM posts")) == before


def test_a_migration_that_fails_leaves_nothing_behind(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(old, "SELECT * FROM sqlite_master")
    monkeypatch.setattr("slugify.slugify", None)

    with pytest.raises(TypeError):
        command.upgrade(ALEMBIC, "head")

    assert rows(old, "SELECT * FROM sqlite_master") == before


@pytest.mark.parametrize(
    ("revision", "advice"),
    [
        (None, "run `alembic upgrade head`"),
        ("0001", "run `alembic upgrade head`"),
        ("9999", "Start a newer version of the code"),
    ],
)
def test_the_server_starts_on_the_newest_tables_only(
    migrated: AsyncEngine, monkeypatch: pytest.MonkeyPatch, revision: str | None, advice: str
) -> None:
    monkeypatch.setattr(database, "current_revision", Mock(return_value=revision))

    with pytest.raises(database.CannotStart, match=advice), TestClient(main.app):
        pass


def test_the_server_closes_its_connections_when_it_stops(migrated: AsyncEngine) -> None:
    pool = database.engine.pool

    with TestClient(main.app):
        assert database.engine.pool is pool

    assert database.engine.pool is not pool


def test_a_program_can_migrate_on_a_connection_of_its_own(again: AsyncEngine) -> None:
    def upgrade(connection: Connection) -> str | None:
        config = Config(toml_file=ALEMBIC.toml_file_name)
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        return database.current_revision(connection)

    async def run() -> str | None:
        async with again.begin() as connection:
            return await connection.run_sync(upgrade)

    assert asyncio.run(run()) == "0001"


def test_migrations_do_not_become_a_script() -> None:
    with pytest.raises(CommandError, match="need a database"):
        command.upgrade(ALEMBIC, "head", sql=True)


@pytest.mark.parametrize(
    ("option", "error", "message"),
    [
        ("sslmode=nonsense", RuntimeError, "DATABASE_URL does not work"),
        ("sslmode=disable", PoolTimeout, "The database in DATABASE_URL gives no connection"),
    ],
)
def test_an_address_that_does_not_work_is_named_without_its_password(
    option: str, error: type[Exception], message: str
) -> None:
    address = f"postgresql://ann:quiet@127.0.0.1:1/blog?{option}"

    with pytest.raises(error, match=message) as caught:
        asyncio.run(database.connect(address))

    assert "quiet" not in str(caught.value)
