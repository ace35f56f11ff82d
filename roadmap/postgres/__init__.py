"""PostgreSQL for the checks: the server that DATABASE_URL names, or one of their own."""

import re
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg

from roadmap.course import ROOT, CourseError

CONNECTS_WITHIN = 10


class PostgresError(CourseError):
    """The server refuses, or there is none; the message says what to do."""


class Postgres:
    """Databases of one's own on the server at `url`; the one that `url` names is left alone."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._made: list[str] = []

    def new_database(self) -> str:
        """The URL of an empty database that nobody else has. Raises PostgresError."""
        return self._create("template0")

    def copy_of(self, url: str) -> str:
        """The URL of a copy of a database that nobody is connected to. Raises PostgresError."""
        return self._create(urlsplit(url).path.removeprefix("/"))

    def check(self) -> None:
        """Raise PostgresError when the server does not answer."""
        self._execute("SELECT 1")

    def drop_databases(self) -> None:
        """Remove every database made here, even one that is in use. Raises PostgresError."""
        while self._made:
            self._execute(f'DROP DATABASE IF EXISTS "{self._made.pop()}" WITH (FORCE)')

    def _create(self, template: str) -> str:
        name = f"course_{secrets.token_hex(8)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" ENCODING \'UTF8\'')
        self._made.append(name)
        parts = urlsplit(self.url)
        query = f"?{parts.query}" if parts.query else ""
        return f"postgresql://{parts.netloc}/{name}{query}"

    def _execute(self, statement: str) -> None:
        try:
            with psycopg.connect(
                self.url, autocommit=True, connect_timeout=CONNECTS_WITHIN
            ) as connection:
                connection.execute(statement.encode())
        except psycopg.Error as error:
            raise PostgresError(
                f"PostgreSQL refuses: {error}\n"
                "The role that DATABASE_URL names must be able to log in and to create databases."
                " Without DATABASE_URL, the checks start a server of their own."
            ) from error


@contextmanager
def postgres(environ: Mapping[str, str]) -> Iterator[Postgres]:
    """A server to make databases on, of which none is left at the end.

    Raises PostgresError or, when one is to be started, CannotStart.
    """
    outside, found = re.subn(
        r"^postgres(ql)?(\+\w+)?://", "postgresql://", environ.get("DATABASE_URL", "")
    )
    if not found:
        with _started() as url:
            yield Postgres(url)
        return
    server = Postgres(outside)
    server.check()
    try:
        yield server
    finally:
        server.drop_databases()


@contextmanager
def _started() -> Iterator[str]:
    """The URL of a server that runs until the end. Raises PostgresError."""
    # A session of its own: Ctrl+C in the terminal reaches only those who use the server.
    with subprocess.Popen(
        [sys.executable, "-m", "roadmap.postgres.embedded"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout
        said = process.stdout.readline()
        if not said.startswith("postgresql://"):
            raise PostgresError(said + process.stdout.read())
        yield said.strip()
