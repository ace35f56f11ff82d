"""Fills the database of any stage: users, posts, and what the stage has besides."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, create_engine, text

from roadmap.copies import Copies

AT_ONCE = 5000
USERS = 1000
TAGS = [f"tag-{number}" for number in range(50)]
CONTENT = "Some words that say nothing. " * 16
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)

Row = dict[str, Any]


def database_of(copies: Copies, folder: Path) -> str:
    """The address of the database of a copy, for SQLite too."""
    return copies.settings(folder).get("DATABASE_URL", f"sqlite:///{folder.as_posix()}/blog.db")


def fill(url: str, posts: int) -> None:
    """Insert so many posts into empty tables; one in 20 is a draft, each has two tags on average.

    Columns that a stage does not have yet are left out.
    """
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    metadata = MetaData()
    metadata.reflect(engine)
    chance = random.Random(4)
    with engine.begin() as connection:
        insert(connection, metadata.tables["users"], map(user, range(1, USERS + 1)))
        if "tags" in metadata.tables:
            insert(connection, metadata.tables["tags"], ({"name": name} for name in TAGS))
        numbers = range(1, posts + 1)
        insert(connection, metadata.tables["posts"], (post(n, chance) for n in numbers))
        if "posts_tags" in metadata.tables:
            insert(connection, metadata.tables["posts_tags"], tagged(numbers, chance))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            for table in ("users", "posts"):
                last = f"(SELECT max(id) FROM {table})"
                name = f"pg_get_serial_sequence('{table}', 'id')"
                connection.execute(text(f"SELECT setval({name}, {last})"))
            connection.execute(text("VACUUM ANALYZE"))
        else:
            connection.execute(text("ANALYZE"))
    engine.dispose()


def insert(connection: Connection, table: Table, rows: Iterator[Row]) -> None:
    """Insert the rows in parts, without what the table has no column for."""
    names = set(table.columns.keys())
    part: list[Row] = []
    for row in rows:
        part.append({name: value for name, value in row.items() if name in names})
        if len(part) == AT_ONCE:
            connection.execute(table.insert(), part)
            part = []
    if part:
        connection.execute(table.insert(), part)


def user(number: int) -> Row:
    name = f"user-{number}"
    return {
        "id": number, "username": name, "email": f"{name}@example.com",
        "hashed_password": "-" * 60, "role": "user", "created_at": BEGAN,
    }  # fmt: skip


def post(number: int, chance: random.Random) -> Row:
    moment = BEGAN + timedelta(seconds=number)
    return {
        "id": number, "title": f"Post number {number}", "slug": f"post-number-{number}",
        "content": CONTENT, "published": number < 100 or chance.random() > 0.05,
        "author_id": chance.randrange(1, USERS + 1), "created_at": moment, "updated_at": moment,
    }  # fmt: skip


def tagged(numbers: range, chance: random.Random) -> Iterator[Row]:
    for number in numbers:
        for tag in chance.sample(TAGS, chance.randrange(5)):
            yield {"post_id": number, "tag_name": tag}
