"""PostgreSQL for the checks: a server of their own, or the one that DATABASE_URL names."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psycopg
import pytest

from roadmap.copies import Copies
from roadmap.course import ROOT, CourseError
from roadmap.environment import WINDOWS
from roadmap.postgres import Postgres, embedded, postgres
from roadmap.postgres import __main__ as postgres_command
from roadmap.postgres.__main__ import main
from roadmap.server import free_port

IS_ROOT = not WINDOWS and os.geteuid() == 0

USE = """
import time
from roadmap.postgres import postgres
with postgres({}) as server:
    print(server.url, flush=True)
    time.sleep(600)
"""


def rows(url: str, statement: str) -> list[tuple[Any, ...]]:
    """What a statement finds in the database at `url`."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def tables(url: str) -> list[str]:
    """The tables of a database."""
    return [
        name
        for (name,) in rows(
            url, "SELECT tablename FROM pg_tables WHERE tableowner = user AND schemaname = 'public'"
        )
    ]


def databases(server: Postgres) -> set[str]:
    """All databases of a server."""
    return {name for (name,) in rows(server.url, "SELECT datname FROM pg_database")}


def home(url: str) -> Path:
    """The folder of a server that was started here."""
    ((data,),) = rows(url, "SHOW data_directory")
    return Path(data).parent


def port(url: str) -> int:
    """The port of the server at `url`."""
    return int(psycopg.conninfo.conninfo_to_dict(url)["port"] or 0)


def within_seconds(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether it becomes true in time."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server that was started here."""
    with postgres({}) as server:
        yield server


# Databases


def test_new_databases_are_empty_and_separate(server: Postgres) -> None:
    one, two = server.new_database(), server.new_database()

    rows(one, "CREATE TABLE notes (text text)")

    assert tables(one) == ["notes"]
    assert tables(two) == []


def test_a_copy_holds_what_the_database_holds_and_goes_its_own_way(server: Postgres) -> None:
    url = server.new_database()
    rows(url, "CREATE TABLE notes AS SELECT 'kept' AS text")

    copy = server.copy_of(url)
    rows(copy, "INSERT INTO notes VALUES ('new')")

    assert rows(copy, "SELECT text FROM notes") == [("kept",), ("new",)]
    assert rows(url, "SELECT text FROM notes") == [("kept",)]


def test_text_is_utf_8_and_sorted_by_code_point(server: Postgres) -> None:
    url = server.new_database()

    assert rows(url, "SHOW server_encoding") == [("UTF8",)]
    assert rows(url, "SELECT * FROM (VALUES ('b'), ('\u00e4'), ('B')) AS t (x) ORDER BY x") == [
        ("B",),
        ("b",),
        ("\u00e4",),
    ]


# A server from outside


@pytest.mark.parametrize("scheme", ["postgres://", "postgresql://", "postgresql+asyncpg://"])
def test_the_server_of_database_url_is_used_and_left_as_it_was(
    server: Postgres, scheme: str
) -> None:
    named = server.new_database()
    rows(named, "CREATE TABLE notes AS SELECT 'kept' AS text")
    before = databases(server)

    with postgres({"DATABASE_URL": named.replace("postgresql://", scheme)}) as outside:
        new = outside.new_database()
        copy = outside.copy_of(new)
        assert port(new) == port(copy) == port(server.url)
        assert tables(new) == []
        assert len(databases(server) - before) == 2

    assert databases(server) == before
    assert rows(named, "SELECT text FROM notes") == [("kept",)]


def test_what_was_made_there_is_dropped_after_an_error_and_while_in_use(server: Postgres) -> None:
    before = databases(server)

    with (
        pytest.raises(KeyboardInterrupt),
        postgres({"DATABASE_URL": server.url}) as outside,
        psycopg.connect(outside.new_database()),
    ):
        raise KeyboardInterrupt

    assert databases(server) == before


def test_a_server_that_does_not_answer_is_told_with_what_to_do() -> None:
    url = f"postgresql://somebody:a-secret@127.0.0.1:{free_port()}/blog"

    with pytest.raises(CourseError, match="Without DATABASE_URL") as refused:
        postgres({"DATABASE_URL": url}).__enter__()

    assert "a-secret" not in str(refused.value)


def test_a_role_that_may_not_create_databases_is_told(server: Postgres) -> None:
    rows(server.url, "CREATE ROLE weak LOGIN PASSWORD 'weak'")
    url = f"postgresql://weak:weak@127.0.0.1:{port(server.url)}/postgres"

    with (
        postgres({"DATABASE_URL": url}) as outside,
        pytest.raises(CourseError, match="must be able to log in and to create databases"),
    ):
        outside.new_database()


# A server of one's own


def test_a_url_of_another_kind_is_no_server(server: Postgres) -> None:
    with postgres({"DATABASE_URL": "sqlite:///./blog.db"}) as own:
        assert port(own.url) != port(server.url)
        assert databases(own) == {"postgres", "template0", "template1"}


def test_only_who_has_the_password_gets_in(server: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://course@127.0.0.1:{port(server.url)}/postgres")


def test_nothing_is_left_of_a_server() -> None:
    with postgres({}) as server:
        url, folder = server.url, home(server.url)
        assert folder.is_dir()

    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(url)


def ctrl_c(process: subprocess.Popen[str]) -> None:
    """What a terminal does: every process of the group gets the signal."""
    os.killpg(process.pid, signal.SIGINT)


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(subprocess.Popen.kill, id="killed"),
        pytest.param(subprocess.Popen.terminate, id="terminated"),
        pytest.param(
            ctrl_c, id="Ctrl+C", marks=pytest.mark.skipif(WINDOWS, reason="it has no groups")
        ),
    ],
)
def test_a_server_ends_with_whoever_uses_it(end: Callable[[subprocess.Popen[str]], None]) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", USE],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True,
    ) as user:  # fmt: skip
        assert user.stdout
        url = user.stdout.readline().strip()
        folder = home(url)
        end(user)

    assert within_seconds(lambda: not folder.exists())
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(url)


@pytest.mark.skipif(WINDOWS, reason="what is terminated there has no time to say goodbye")
def test_a_server_ends_when_it_is_terminated() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "roadmap.postgres.embedded"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as own:  # fmt: skip
        assert own.stdout
        folder = home(own.stdout.readline().strip())
        own.terminate()
        own.wait(20)

    assert not folder.exists()


def test_a_server_that_cannot_start_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "installed", lambda: tmp_path)

    with pytest.raises(CourseError, match="Set DATABASE_URL"), embedded.server():
        pass


@pytest.mark.skipif(not IS_ROOT, reason="the folder is closed to others than root")
def test_a_temporary_folder_that_nobody_may_enter_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    with pytest.raises(CourseError, match=r"Permission denied(.|\n)*TMPDIR"), postgres({}):
        pass

    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not IS_ROOT, reason="whoever is not root runs it as themselves")
def test_root_has_it_run_by_somebody_else(server: Postgres) -> None:
    assert (home(server.url) / "data").stat().st_uid != 0


@pytest.mark.skipif(not IS_ROOT, reason="every test here is run by an ordinary user")
def test_an_ordinary_user_runs_it_too(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    package = home(server.url) / embedded.PACKAGE
    monkeypatch.setattr(embedded, "installed", lambda: package)
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe()
    process = fork.Process(target=serve_as_nobody, args=[there])
    process.start()

    assert here.poll(20)
    url = here.recv()
    owner = (home(url) / "data").stat().st_uid
    here.send("enough")
    process.join(20)

    assert owner == nobody().user
    assert process.exitcode == 0


def nobody() -> embedded.Account:
    """An ordinary user, whom every machine has."""
    account = embedded.unprivileged()
    assert account
    return account


def serve_as_nobody(pipe: Connection) -> None:
    """Run a server without the rights of root, until something arrives."""
    account = nobody()
    os.setgroups([])
    os.setgid(account.group)
    os.setuid(account.user)
    with embedded.server() as url:
        pipe.send(url)
        pipe.recv()


# Who uses it


def test_a_copy_has_a_database_of_its_own_for_as_long_as_it_is_used(
    server: Postgres, tmp_path: Path
) -> None:
    copies = Copies(ROOT / "stages/01-crud", tmp_path, databases=server)
    copy, other = copies.copy(), copies.copy()

    urls = [copies.settings(folder)["DATABASE_URL"] for folder in (copy, copy, other)]

    assert urls[0] == urls[1] != urls[2]
    assert copies.settings(copy, {"ALGORITHM": "HS512"})["DATABASE_URL"] == urls[0]


def test_a_copy_of_a_used_copy_has_its_data(server: Postgres, tmp_path: Path) -> None:
    copies = Copies(ROOT / "stages/01-crud", tmp_path, databases=server)
    used = copies.copy()
    rows(copies.settings(used)["DATABASE_URL"], "CREATE TABLE notes (text text)")
    (used / "blog.db").write_text("rows")

    copy = copies.copy_of(used)

    assert tables(copies.settings(copy)["DATABASE_URL"]) == ["notes"]
    assert (copy / "blog.db").read_text() == "rows"


def test_the_database_that_is_given_is_the_one_that_is_used(
    server: Postgres, tmp_path: Path
) -> None:
    copies = Copies(ROOT / "stages/01-crud", tmp_path, databases=server)
    given = {"DATABASE_URL": "sqlite:///./elsewhere.db"}

    assert copies.settings(copies.copy(), given) == given


def test_without_databases_nothing_is_set(tmp_path: Path) -> None:
    copies = Copies(ROOT / "stages/01-crud", tmp_path)

    assert copies.settings(copies.copy(), {"ALGORITHM": "HS512"}) == {"ALGORITHM": "HS512"}


def test_a_command_is_told_of_a_new_database_and_of_no_other(
    server: Postgres,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", server.url)
    monkeypatch.setattr(postgres_command, "requirements_of", lambda _: [])
    monkeypatch.setattr(postgres_command, "environment", lambda _: Path(sys.executable))
    code = "import os; print(os.environ['TEST_DATABASE_URL'], os.environ.get('DATABASE_URL'))"

    status = main([str(tmp_path), "-c", f"{code}; raise SystemExit(3)"])

    url, other = capfd.readouterr().out.split()
    assert status == 3
    assert port(url) == port(server.url)
    assert other == "None"
