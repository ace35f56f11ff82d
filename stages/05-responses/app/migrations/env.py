"""How Alembic reaches the database: at the address that the settings name."""

import asyncio
import logging
from typing import Literal

from alembic import context
from sqlalchemy import Connection, NullPool, func, select
from sqlalchemy.ext.asyncio import create_async_engine

from app.database import begin_writing
from app.models import Base, UtcDateTime
from app.settings import settings


async def migrate() -> None:
    """Run what was asked for, all of it or nothing."""
    # Not the app's engine: SQLite changes a table by dropping the old one, and where foreign keys
    # are enforced that would delete what refers to it.
    engine = create_async_engine(
        settings.database_url, connect_args={"timeout": 60}, poolclass=NullPool
    )
    async with engine.begin() as connection:
        await connection.run_sync(run)


def run(connection: Connection) -> None:
    let_others_wait(connection)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        render_as_batch=True,
        transactional_ddl=True,
    )
    context.run_migrations()


def let_others_wait(connection: Connection) -> None:
    """Two upgrades at once run one after the other. SQLite takes back all of one that fails."""
    begin_writing(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(1)))


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """What `alembic revision --autogenerate` writes for a type of our own."""
    return isinstance(item, UtcDateTime) and "sa.DateTime(timezone=True)"


logging.basicConfig(format="%(message)s")
logging.getLogger("alembic.runtime.migration").setLevel(logging.INFO)
asyncio.run(migrate())
