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
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi.testclient import TestClient
from sqlalchemy import Connection
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
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, title VARCHAR(200) NOT NULL,
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
    monkeypatch.setattr(settings, "database_url", f"sqlite+aiosqlite:///{file}")
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


def test_an_adopted_database_gives_no_id_twice(old: Path) -> None:
    command.upgrade(ALEMBIC, "head")

    assert dict(rows(old, "SELECT name, seq FROM sqlite_sequence")) == {"users": 7, "posts": 9}


def test_an_adopted_database_is_like_a_new_one(old: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    command.upgrade(ALEMBIC, "head")
    settings.database_url = f"sqlite+aiosqlite:///{new}"
    command.upgrade(ALEMBIC, "head")

    schema = "SELECT name, sql FROM sqlite_master WHERE name != 'sqlite_sequence' ORDER BY name"
    assert rows(old, schema) == rows(new, schema)


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


def test_the_server_does_not_start_on_old_tables(
    migrated: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "current_revision", Mock(return_value="0001"))

    with pytest.raises(RuntimeError, match="alembic upgrade head"), TestClient(main.app):
        pass
