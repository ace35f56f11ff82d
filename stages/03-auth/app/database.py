"""The database: where it is and how to open a session on it."""

import sqlite3

from sqlalchemy import create_engine, event
from sqlalchemy.orm import sessionmaker
from sqlalchemy.schema import CreateTable

from app.models import Base
from app.settings import settings

# SQLite lets one connection write at a time. The others wait, for up to 60 seconds.
# No request waits for a connection: it would hold a thread meanwhile,
# and a request that has a connection may need that thread to go on.
# Errors in the log show no parameters: a hash of a password can be among them.
engine = create_engine(
    settings.database_url, connect_args={"timeout": 60}, max_overflow=-1, hide_parameters=True
)

# Loaded objects stay readable after the commit and after the session is closed.
new_session = sessionmaker(engine, expire_on_commit=False)


@event.listens_for(engine, "connect")
def enforce_foreign_keys(connection: sqlite3.Connection, _record: object) -> None:
    """SQLite checks foreign keys only on connections that ask for it."""
    connection.execute("PRAGMA foreign_keys = ON")


def create_tables() -> None:
    """Create the tables that are missing. Several processes may do so at once."""
    with engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
