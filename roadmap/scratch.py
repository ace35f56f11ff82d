"""A scratch copy of a folder, with an environment and servers of its own."""

import hashlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from roadmap.course import ROOT, CourseError

CONSTRAINTS = ROOT / "constraints.txt"
ENVIRONMENTS = ROOT / ".nox" / "environments"
WINDOWS = os.name == "nt"
PYTHON = Path("Scripts/python.exe" if WINDOWS else "bin/python")

LEFT_BEHIND = shutil.ignore_patterns(
    ".venv", "venv", ".git", "__pycache__", ".*_cache", "*.db", "*.db-*", ".env", "media"
)

FROM_THE_MACHINE = {
    "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TMP", "TEMP", "USERPROFILE", "SYSTEMROOT",
    "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA",
    "NUMBER_OF_PROCESSORS",
}  # fmt: skip

HOST = "127.0.0.1"
ANSWERS_WITHIN = 30.0
STOPS_WITHIN = 10.0
PORTS_TO_TRY = 5


class ScratchError(CourseError):
    """The folder cannot be installed; the message ends with what uv said."""


class StartError(CourseError):
    """The server ended by itself or never answered; the message ends with its log."""


class Databases(Protocol):
    """Where copies get databases of their own."""

    def new_database(self) -> str:
        """The URL of an empty database."""

    def copy_of(self, url: str) -> str:
        """The URL of a new database with all that the one at `url` holds."""


class Scratch:
    """What is made of `folder` below the empty folder `root`: copies, one environment, servers.

    The copies keep their data as their settings say: where none does, in `databases` if there are
    any, else wherever the code does by itself.
    """

    def __init__(
        self,
        folder: Path,
        root: Path,
        constraints: Path = CONSTRAINTS,
        *,
        databases: Databases | None = None,
    ) -> None:
        self.folder = folder
        self.root = root
        self.constraints = constraints
        self.databases = databases
        self._urls: dict[Path, str] = {}
        self._numbers = count(1)

    @cached_property
    def python(self) -> Path:
        """The interpreter of the folder's own environment. Raises ScratchError."""
        return environment(self.folder, self.constraints)

    def copy(self) -> Path:
        """A new copy of the folder: the code alone, without a database or settings."""
        copy = self._new_name()
        shutil.copytree(self.folder, copy, ignore=LEFT_BEHIND)
        return copy

    def copy_of(self, used: Path) -> Path:
        """A new copy of a copy, with its data; no server may be running there."""
        copy = self._new_name()
        shutil.copytree(used, copy)
        if self.databases and used in self._urls:
            self._urls[copy] = self.databases.copy_of(self._urls[used])
        return copy

    def settings(self, copy: Path, given: Mapping[str, str] | None = None) -> dict[str, str]:
        """What is `given`, and the database of the copy unless another one is given."""
        settings = dict(given or {})
        if self.databases and "DATABASE_URL" not in settings:
            if copy not in self._urls:
                self._urls[copy] = self.databases.new_database()
            settings["DATABASE_URL"] = self._urls[copy]
        return settings

    def server(
        self,
        *,
        env: Mapping[str, str] | None = None,
        workers: int = 1,
        folder: Path | None = None,
        command: str = "uvicorn",
    ) -> "Server":
        """A server that is not started yet, on a fresh database unless `folder` is a used copy."""
        folder = folder or self.copy()
        settings = self.settings(folder, env)
        return Server(folder, self.python, env=settings, workers=workers, command=command)

    def _new_name(self) -> Path:
        return self.root / f"copy-{next(self._numbers)}"


def environment(folder: Path, constraints: Path = CONSTRAINTS) -> Path:
    """An interpreter with what the pyproject.toml of `folder` asks for, and only that.

    Versions follow `constraints` where that file exists. It is made when first asked for, and
    found again as long as nothing of this changes. Raises ScratchError.
    """
    try:
        asked = (folder / "pyproject.toml").read_bytes()
        project = tomllib.loads(asked.decode())
    except (OSError, ValueError) as error:
        raise ScratchError(f"{folder / 'pyproject.toml'} cannot be read: {error}") from error
    pinned = constraints.read_bytes() if constraints.is_file() else b""
    identity = hashlib.sha256(b"\0".join([asked, pinned, sys.version.encode()])).hexdigest()
    place = ENVIRONMENTS / identity[:16]
    if not place.is_dir():
        ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=ENVIRONMENTS, ignore_cleanup_errors=True) as aside:
            made = Path(aside, "environment")
            _install(folder, project, constraints, made)
            with suppress(OSError):  # somebody else was quicker to make the same one
                made.rename(place)
    return place / PYTHON


def _install(folder: Path, project: dict[str, object], constraints: Path, into: Path) -> None:
    groups = project.get("dependency-groups", {})
    wanted = ["--requirements", "pyproject.toml"]
    if isinstance(groups, dict) and "dev" in groups:
        wanted += ["--group", "dev"]
    if constraints.is_file():
        wanted += ["--constraints", str(constraints)]
    _uv(folder, "venv", "--no-project", "--relocatable", "--python", sys.executable, str(into))
    _uv(folder, "pip", "install", "--compile-bytecode", "--python", str(into / PYTHON), *wanted)


def _uv(folder: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "uv", *arguments],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        raise ScratchError(
            f"the dependencies of {folder} cannot be installed:\n{_tail(done.stderr)}"
        )


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The machine's own variables and `extra`: none of the settings that lie about outside."""
    kept = {name: value for name, value in os.environ.items() if name.upper() in FROM_THE_MACHINE}
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"} | dict(extra or {})


class Server:
    """The app of `folder`, started as a learner starts it, on a free port of this machine.

    `command` is `uvicorn` or `fastapi dev`. A stopped server can be started again: on the same
    data, on another port.
    """

    def __init__(
        self,
        folder: Path,
        python: Path,
        *,
        env: Mapping[str, str] | None = None,
        workers: int = 1,
        command: str = "uvicorn",
    ) -> None:
        self.folder = folder
        self.python = python
        self.env = clean_environment(env)
        self.workers = workers
        self.command = command
        self.port = 0
        self._log_file = folder.with_name(f"{folder.name}.log")
        self._log_start = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> str:
        """What it has printed since it was last started, errors too."""
        if not self._log_file.exists():
            return ""
        return self._log_file.read_bytes()[self._log_start :].decode("utf-8", errors="replace")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Bring the database up to date, start, and wait for an answer. Raises StartError."""
        self._log_start = self._log_size
        if not upgrade_database(self.folder, self.python, self.env, self._log_file):
            raise StartError(f"`alembic upgrade head` failed:\n{_tail(self.log)}")
        for _ in range(PORTS_TO_TRY):
            self._log_start = self._log_size
            self.port = free_port()
            self._process = self._launch()
            if self._wait_for_an_answer(self._process):
                return
        raise StartError(f"{PORTS_TO_TRY} free ports were taken before the server had them")

    def refusal(self) -> str:
        """The log of a server that stops instead of starting; empty when it starts after all."""
        try:
            self.start()
        except StartError:
            return self.log
        self.stop()
        return ""

    def stop(self) -> None:
        """Ask the server to end, wait, and kill what is left after ten seconds."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            if WINDOWS:
                process.send_signal(signal.CTRL_BREAK_EVENT)  # type: ignore[attr-defined,unused-ignore]
            else:
                process.terminate()
        try:
            process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            _kill(process)

    @property
    def _log_size(self) -> int:
        return self._log_file.stat().st_size if self._log_file.exists() else 0

    def _launch(self) -> subprocess.Popen[bytes]:
        arguments = {
            "uvicorn": ["uvicorn", "app.main:app", "--workers", str(self.workers)],
            "fastapi dev": ["fastapi", "dev", "--no-reload"],
        }[self.command]
        with self._log_file.open("ab") as log:
            return subprocess.Popen(
                [str(self.python), "-m", *arguments, f"--host={HOST}", f"--port={self.port}"],
                cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                # A group of its own: what is killed at the end is the workers too.
                start_new_session=not WINDOWS,
                creationflags=subprocess.CREATE_NEW_PROCESS_GROUP if WINDOWS else 0,  # type: ignore[attr-defined,unused-ignore]
            )  # fmt: skip

    def _wait_for_an_answer(self, process: subprocess.Popen[bytes]) -> bool:
        """True when it answers, False when another process was quicker to take the port."""
        deadline = time.monotonic() + ANSWERS_WITHIN
        while time.monotonic() < deadline:
            ended = process.poll() is not None
            if ended and _port_was_taken(self.log):
                return False
            if ended:
                raise StartError(f"the server stopped:\n{_tail(self.log)}")
            if self._all_workers_are_up() and _answers(self.port):
                return True
            time.sleep(0.02)
        self.stop()
        raise StartError(
            f"the server did not answer within {ANSWERS_WITHIN:.0f} s:\n{_tail(self.log)}"
        )

    def _all_workers_are_up(self) -> bool:
        return self.workers == 1 or self.log.count("startup complete") >= self.workers


@contextmanager
def running(servers: Collection[Server]) -> Iterator[None]:
    """All of them, started side by side and stopped at the end. Raises StartError."""
    with ThreadPoolExecutor(len(servers)) as threads:
        try:
            list(threads.map(Server.start, servers))
            yield
        finally:
            list(threads.map(Server.stop, servers))


def refusals(servers: Collection[Server]) -> list[str]:
    """What each of them says when it stops instead of starting; empty for one that starts."""
    with ThreadPoolExecutor(len(servers)) as threads:
        return list(threads.map(Server.refusal, servers))


def upgrade_database(folder: Path, python: Path, env: Mapping[str, str], log_file: Path) -> bool:
    """Whether `alembic upgrade head` works, or has nothing to do as in the first stages."""
    if not (folder / "alembic.ini").is_file():
        return True
    command = [str(python), "-m", "alembic", "upgrade", "head"]
    with log_file.open("ab") as log:
        done = subprocess.run(command, cwd=folder, env=env, stdout=log, stderr=log, check=False)
    return done.returncode == 0


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _port_was_taken(log: str) -> bool:
    return (
        re.search(r"address already in use|Errno (48|98|10013|10048)\b", log, re.IGNORECASE)
        is not None
    )


def _kill(process: subprocess.Popen[bytes]) -> None:
    if WINDOWS:
        subprocess.run(
            ["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False
        )
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tail(text: str, lines: int = 25) -> str:
    return "\n".join(text.rstrip().splitlines()[-lines:])
