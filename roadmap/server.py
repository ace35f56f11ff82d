"""Servers: the app of a folder, started as a learner starts it."""

import http.client
import re
import socket
import time
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from roadmap.course import CourseError, has_migrations
from roadmap.environment import clean_environment
from roadmap.programs import Done, Program, run, tail

HOST = "127.0.0.1"
# Seconds, far more than a slow and busy machine needs: a server that takes longer hangs.
ANSWERS_WITHIN = 180.0
PORTS_TO_TRY = 5
TAKEN = re.compile(r"address already in use|Errno (48|98|10013|10048)\b", re.IGNORECASE)


class StartError(CourseError):
    """The server ended by itself or never answered; the message ends with its log."""


def upgrade(folder: Path, python: Path, env: Mapping[str, str]) -> Done:
    """`alembic upgrade head`, which has nothing to do in the first stages."""
    if not has_migrations(folder):
        return Done(0, "")
    return run(python, ["alembic", "upgrade", "head"], folder, env)


class Server:
    """The app of `folder`, started as a learner starts it, on a free port of this machine.

    `command` is `uvicorn` or `fastapi dev`. A stopped server can be started again: on the same
    data, on another port. With `fresh` nothing is imported beforehand.
    """

    def __init__(
        self,
        folder: Path,
        python: Path,
        *,
        env: Mapping[str, str] | None = None,
        workers: int = 1,
        command: str = "uvicorn",
        fresh: bool = False,
    ) -> None:
        self.folder = folder
        self.python = python
        self.env = clean_environment(env)
        self.workers = workers
        self.command = command
        self.port = 0
        self._fresh = fresh or workers > 1 or command != "uvicorn"
        self._log_file = folder.with_name(f"{folder.name}.log")
        self._program: Program | None = None
        self._status: int | None = None

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    @property
    def process_id(self) -> int:
        """The id of the process that was started last."""
        assert self._program
        return self._program.id

    @property
    def log(self) -> str:
        """What it has printed since it was last started, errors too."""
        return self._log_file.read_text("utf-8", "replace") if self._log_file.exists() else ""

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
        upgraded = upgrade(self.folder, self.python, self.env)
        if upgraded.status:
            self._log_file.write_text(upgraded.output, "utf-8")
            raise StartError(f"`alembic upgrade head` failed:\n{tail(upgraded.output)}")
        self.start_as_it_is()

    def start_as_it_is(self) -> None:
        """Start on the database as it stands, and wait for an answer. Raises StartError."""
        arguments = {
            "uvicorn": ["uvicorn", "app.main:app", "--workers", str(self.workers)],
            "fastapi dev": ["fastapi", "dev", "--no-reload"],
        }[self.command]
        for _ in range(PORTS_TO_TRY):
            self.port = free_port()
            self._log_file.write_text("", "utf-8")
            self._program = Program(
                self.python, [*arguments, f"--host={HOST}", f"--port={self.port}"],
                self.folder, self.env, self._log_file, fresh=self._fresh,
            )  # fmt: skip
            try:
                if self._answers_in_time(self._program):
                    return
            except BaseException:  # Ctrl+C, too: nobody else knows of this server yet
                self.stop()
                raise
        raise StartError(f"{PORTS_TO_TRY} free ports were taken before the server had them")

    def refusal(self) -> str:
        """The log of a server that stops instead of starting; empty when it starts after all."""
        try:
            self.start()
        except StartError:
            return self.log
        self.stop()
        return ""

    def ask_to_end(self) -> None:
        """Ask the server to end, as a system does (SIGTERM), and do not wait."""
        assert self._program
        self._program.ask_to_end()

    def exit_status(self, within: float) -> int | None:
        """How it ended; None if it still runs after `within` seconds."""
        return self._program.wait(within) if self._program else self._status

    def stop(self) -> None:
        """Ask the server to end, wait, and kill what is left."""
        program, self._program = self._program, None
        if program:
            program.stop()
            self._status = program.status

    def _answers_in_time(self, program: Program) -> bool:
        """False when another process was quicker to take the port. Raises StartError."""
        deadline = time.monotonic() + ANSWERS_WITHIN
        while time.monotonic() < deadline:
            if program.status is not None:
                if TAKEN.search(self.log):
                    return False
                raise StartError(f"the server stopped with {program.status}:\n{tail(self.log)}")
            if self._is_up():
                return True
            time.sleep(0.02)
        raise StartError(
            f"the server did not answer within {ANSWERS_WITHIN:.0f} s:\n{tail(self.log)}"
        )

    def _is_up(self) -> bool:
        up = self.workers == 1 or self.log.count("startup complete") >= self.workers
        return up and _answers(self.port)


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
