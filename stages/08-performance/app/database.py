"""The database: where it is and how to open a session on it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    async_sessionmaker,
    create_async_engine,
)

from app.settings import settings

MIGRATIONS = Path(__file__).with_name("migrations")

# Connections that are open before the first request comes.
WARM_CONNECTIONS = 5

# Seconds. A request that waits for a lock keeps its connection meanwhile. So it gives up before
# the requests that wait for a connection do.
LOCK_TIMEOUT = 10
CONNECTION_TIMEOUT = 60


def new_engine(address: str, **options: Any) -> AsyncEngine:
    """An engine for SQLite or PostgreSQL. Its connections behave alike.

    Errors in the log show no parameters: a hash of a password can be among them.
    """
    if address.startswith("sqlite"):
        url = address.replace("sqlite", "sqlite+aiosqlite", 1)
        engine = create_async_engine(
            url, connect_args={"timeout": LOCK_TIMEOUT}, hide_parameters=True, **options
        )
        event.listen(engine.sync_engine, "connect", enforce_foreign_keys)
        event.listen(engine.sync_engine, "savepoint", begin_before_savepoint)
        return engine
    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=partial(connect, address),
        pool_pre_ping=True,  # replaces a connection that the server has closed
        hide_parameters=True,
        **options,
    )


class CannotStart(RuntimeError):
    """The database cannot be used as it is configured. One line says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


async def connect(address: str) -> Any:
    """A connection to PostgreSQL. asyncpg reads the options of the address itself.

    Raises CannotStart if the address is wrong, SQLAlchemy's TimeoutError if the server is busy
    or cannot be reached.
    """
    server_settings = {"lock_timeout": f"{LOCK_TIMEOUT}s"}
    try:
        return await asyncpg.connect(
            address, timeout=CONNECTION_TIMEOUT, server_settings=server_settings
        )
    except (asyncpg.TooManyConnectionsError, asyncpg.CannotConnectNowError, OSError) as error:
        raise PoolTimeout(f"The database in DATABASE_URL gives no connection: {error}") from None
    except (asyncpg.ClientConfigurationError, asyncpg.PostgresError) as error:
        raise CannotStart(f"DATABASE_URL does not work: {error}") from None


def enforce_foreign_keys(connection: Any, _record: object) -> None:
    """SQLite checks foreign keys only on connections that ask for it."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def begin_before_savepoint(connection: Connection, _name: str) -> None:
    """sqlite3 begins a transaction before INSERT, UPDATE and DELETE, but not before SAVEPOINT."""
    begin_writing(connection)


def begin_writing(connection: Connection) -> None:
    """On SQLite, let nobody else write from now on: it has no FOR UPDATE for a single row."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and not driver.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


# So many connections that some stay free for readers while writers wait for a lock.
engine = new_engine(
    settings.database_url, pool_size=30, max_overflow=0, pool_timeout=CONNECTION_TIMEOUT
)

# Loaded objects stay readable after the commit and after the session is closed.
new_session = async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def reading() -> AsyncIterator[AsyncConnection]:
    """A connection without a transaction: each statement reads what is committed when it begins."""
    async with new_session() as session:
        yield await session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})


async def warm_up() -> None:
    """Open connections, and look at the tables. CannotStart if the database cannot be used."""
    try:
        async with AsyncExitStack() as opened:
            for _ in range(WARM_CONNECTIONS):
                session = await opened.enter_async_context(new_session())
                await session.connection()
        await require_newest_schema()
    except DBAPIError as error:
        raise CannotStart(f"The database in DATABASE_URL does not work: {error.orig}") from None
    except PoolTimeout as error:
        raise CannotStart(str(error)) from None


async def require_newest_schema() -> None:
    """Raise CannotStart if the tables are not those of the newest revision."""
    scripts = ScriptDirectory(MIGRATIONS)
    newest = scripts.get_current_head()
    async with new_session() as session:
        current = await (await session.connection()).run_sync(current_revision)
    if current == newest:
        return
    if current and current not in [script.revision for script in scripts.walk_revisions()]:
        raise CannotStart(
            f"The database is at revision {current}, and this code knows only {newest}. "
            "Start a newer version of the code, or restore an older copy of the database"
        )
    raise CannotStart(
        f"The database is not at revision {newest}: run `alembic upgrade head`, then start"
    )


def current_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
