"""A real server in a process of its own, as a person starts it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from httpx2 import Client, HTTPTransport

STAGE = Path(__file__).parents[1]


class Program:
    """The server with a database and settings of its own. Its log is in a file."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.log = folder / "log"
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/blog.db",
            "MEDIA_DIR": f"{folder}/media",
            "JWT_SECRET": "the same one in every process",
            **settings,
        }

    def migrate(self) -> None:
        command = [sys.executable, "-m", "alembic", "upgrade", "head"]
        subprocess.run(command, cwd=STAGE, env=self.environment, capture_output=True, check=True)

    @contextmanager
    def running(self, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(self.port)]
        with (
            self.log.open("wb") as log,
            subprocess.Popen(
                [*command, *options], cwd=STAGE, env=self.environment, stdout=log, stderr=log
            ) as process,
        ):
            try:
                yield process
            finally:
                process.kill()

    def client(self) -> Client:
        """A client that waits until the server has started."""
        transport = HTTPTransport(retries=10)
        return Client(base_url=f"http://{self.address}/api/v1", transport=transport, timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
