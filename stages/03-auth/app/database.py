"""The database: where it is and how to open a session on it."""

import sqlite3

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import sessionmaker
from sqlalchemy.schema import CreateTable

from app.models import Base
from app.settings import settings

# SQLite lets one write at a time; the others wait for their turn, up to so many seconds.
# No request waits for a connection: one that waited would hold a thread
# that another one, which has a connection, needs to go on.
engine = create_engine(settings.database_url, connect_args={"timeout": 60}, max_overflow=-1)

# What is loaded stays readable after the commit, and after the session is closed.
new_session = sessionmaker(engine, expire_on_commit=False)


@event.listens_for(Engine, "connect")
def enforce_foreign_keys(connection: sqlite3.Connection, _record: object) -> None:
    """SQLite checks foreign keys only on the connections that ask for it."""
    connection.execute("PRAGMA foreign_keys = ON")


def create_tables(engine: Engine) -> None:
    """Create the tables that are not there. Several processes may do so at once."""
    with engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
