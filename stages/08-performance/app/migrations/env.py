"""How Alembic reaches the database: at the address that the settings name."""

import asyncio
import logging

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection, NullPool, func, select

from app.database import begin_writing, new_engine
from app.models import Base
from app.settings import settings


async def migrate() -> None:
    """Run the migrations on a connection of their own."""
    engine = new_engine(settings.database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # To change a table, SQLite drops it and makes a new one. With foreign keys, that would
            # delete the rows that refer to it. WAL: readers do not wait for writers.
            await connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            await connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        await connection.run_sync(run)


def run(connection: Connection) -> None:
    """Run all migrations that were asked for, or none if one of them fails."""
    let_others_wait(connection)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transactional_ddl=True,
    )
    context.run_migrations()


def let_others_wait(connection: Connection) -> None:
    """Let another upgrade wait until this one has ended."""
    begin_writing(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(1)))


if context.is_offline_mode():
    raise CommandError("These migrations read rows, so they need a database: leave out --sql")
elif "connection" in context.config.attributes:
    # Of a program that runs migrations itself. On SQLite it has to switch foreign keys off first.
    run(context.config.attributes["connection"])
else:
    logging.basicConfig(format="%(message)s")
    logging.getLogger("alembic.runtime.migration").setLevel(logging.INFO)
    asyncio.run(migrate())
