"""The rows of a database, whatever the app calls its tables."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from roadmap.server import Server


class Database(ABC):
    """A database as an operator with a SQL shell sees it; the app may be using it meanwhile."""

    placeholder: str
    columns: str

    @abstractmethod
    def connect(self) -> AbstractContextManager[Any]:
        """A connection with a method `execute`; what it changes is committed at the end."""

    @abstractmethod
    def everything(self) -> bytes:
        """All that is stored."""

    def table_with(self, column: str) -> str:
        """The table that has a column of this name."""
        with self.connect() as connection:
            columns = connection.execute(self.columns).fetchall()
        found = [table for table, name in columns if name == column]
        assert found, f"no table has a column {column!r}: {columns}"
        return str(found[0])

    def user_row(self, username: str) -> list[object]:
        """All that is stored of a user."""
        table = self.table_with("username")
        statement = f'SELECT * FROM "{table}" WHERE username = {self.placeholder}'
        with self.connect() as connection:
            found = connection.execute(statement, [username]).fetchone()
        assert found, f"{table} has no {username}"
        return list(found)

    def delete_user(self, username: str) -> None:
        """Take a user out."""
        table = self.table_with("username")
        statement = f'DELETE FROM "{table}" WHERE username = {self.placeholder}'
        with self.connect() as connection:
            deleted = connection.execute(statement, [username]).rowcount
        assert deleted == 1, f"{table} has no {username}"


@dataclass(frozen=True)
class SQLite(Database):
    """The database in a file."""

    file: Path
    placeholder = "?"
    columns = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c"

    @contextmanager
    def connect(self) -> Iterator[Any]:
        with closing(sqlite3.connect(self.file, timeout=30)) as connection, connection:
            yield connection

    def everything(self) -> bytes:
        """The file, its journal, its write-ahead log."""
        files = sorted(self.file.parent.glob(f"{self.file.name}*"))
        return b"".join(file.read_bytes() for file in files)


@dataclass(frozen=True)
class PostgreSQL(Database):
    """The database at a URL."""

    url: str
    placeholder = "%s"
    columns = (
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema()"
    )

    def connect(self) -> AbstractContextManager[Any]:
        return psycopg.connect(self.url)

    def everything(self) -> bytes:
        """Every row of every table."""
        with self.connect() as connection:
            tables = {table for table, _ in connection.execute(self.columns)}
            rows = [connection.execute(f'SELECT "{t}"::text FROM "{t}"').fetchall() for t in tables]
        return repr(rows).encode()


def database_of(server: Server) -> Database:
    """Where a server that has been started keeps its data: where it was told to, or in a file."""
    url = server.env.get("DATABASE_URL", "")
    if url.startswith("postgresql:"):
        return PostgreSQL(url)
    files = list(server.folder.glob("*.db"))
    assert len(files) == 1, f"there are {len(files)} databases instead of one"
    return SQLite(files[0])
