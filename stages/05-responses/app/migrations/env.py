"""How Alembic reaches the database: at the address that the settings name."""

import asyncio
import logging

from alembic import context
from sqlalchemy import Connection, NullPool, event
from sqlalchemy.ext.asyncio import create_async_engine

from app.models import Base
from app.settings import settings


async def migrate() -> None:
    """Run what was asked for, all of it or nothing."""
    engine = create_async_engine(
        settings.database_url, connect_args={"timeout": 60}, poolclass=NullPool
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", leave_transactions_to_us)
        event.listen(engine.sync_engine, "begin", begin)
    async with engine.connect() as connection:
        await connection.run_sync(run)


def leave_transactions_to_us(connection: object, _record: object) -> None:
    """sqlite3 begins no transaction before it changes a table: then a failure leaves half of it."""
    connection.isolation_level = None  # type: ignore[attr-defined]


def begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite changes a table by making a new one
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


logging.basicConfig(format="%(message)s")
logging.getLogger("alembic.runtime.migration").setLevel(logging.INFO)
asyncio.run(migrate())
