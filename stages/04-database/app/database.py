"""The database: where it is and how to open a session on it."""

from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from app.settings import settings

MIGRATIONS = Path(__file__).with_name("migrations")


def new_engine(url: str, **options: Any) -> AsyncEngine:
    """An engine whose connections behave alike, whatever the database."""
    # A connection that the database has closed meanwhile is replaced before it is used.
    # 60 seconds: SQLite waits so long for who is writing, asyncpg for a connection.
    engine = create_async_engine(url, pool_pre_ping=True, connect_args={"timeout": 60}, **options)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", enforce_foreign_keys)
        event.listen(engine.sync_engine, "savepoint", begin_before_savepoint)
    return engine


def enforce_foreign_keys(connection: Any, _record: object) -> None:
    """SQLite checks foreign keys only on the connections that ask for it."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def begin_before_savepoint(connection: Connection, _name: str) -> None:
    """sqlite3 begins a transaction before INSERT, UPDATE and DELETE, but not before SAVEPOINT."""
    begin_writing(connection)


def begin_writing(connection: Connection) -> None:
    """Let nobody else write from now on. SQLite locks the whole file: it has no FOR UPDATE."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and not driver.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


engine = new_engine(settings.database_url)

# What is loaded stays readable after the commit, and after the session is closed.
new_session = async_sessionmaker(engine, expire_on_commit=False)


async def require_newest_schema() -> None:
    """Raise RuntimeError if the tables are not those of the newest revision."""
    newest = ScriptDirectory(MIGRATIONS).get_current_head()
    async with new_session() as session:
        connection = await session.connection()
        if await connection.run_sync(current_revision) != newest:
            raise RuntimeError(
                f"The database is not at revision {newest}: run `alembic upgrade head`, then start"
            )


def current_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
