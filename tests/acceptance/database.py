"""The rows of a SQLite file, whatever the app calls its tables."""

import sqlite3
from contextlib import closing
from pathlib import Path


def table_with(database: Path, column: str) -> str:
    """The table that has a column of this name."""
    with closing(sqlite3.connect(database)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
        found = [
            name
            for name in names
            if column in [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')]
        ]
    assert found, f"no table of {database.name} has a column {column!r}: {names}"
    return str(found[0])


def user_row(database: Path, username: str) -> list[object]:
    """All that is stored of a user."""
    table = table_with(database, "username")
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(f'SELECT * FROM "{table}" WHERE username = ?', [username])
        found = rows.fetchone()
    assert found, f"{table} has no {username}"
    return list(found)


def delete_user(database: Path, username: str) -> None:
    """Take a user out, as an operator with a SQL shell would."""
    table = table_with(database, "username")
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        deleted = connection.execute(f'DELETE FROM "{table}" WHERE username = ?', [username])
    assert deleted.rowcount == 1, f"{table} has no {username}"


def copy_database(database: Path, into: Path) -> None:
    """A copy of a database that may be in use."""
    with (
        closing(sqlite3.connect(database)) as source,
        closing(sqlite3.connect(into)) as target,
    ):
        source.backup(target)


def bytes_on_disk(database: Path) -> bytes:
    """All that the database keeps in files: itself, its journal, its write-ahead log."""
    return b"".join(file.read_bytes() for file in sorted(database.parent.glob(f"{database.name}*")))
