"""A real server for WebSockets, in a thread of its own."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from app.main import app


class Server:
    """The app at `address`. A test that sets `ws_ping_interval` makes it ping its clients.

    A client that does not answer a ping within 0.2 seconds loses its connection.
    """

    def __init__(self) -> None:
        self.uvicorn = uvicorn.Server(
            uvicorn.Config(
                app,
                port=0,
                lifespan="off",  # the test client has started the app already
                ws_ping_interval=None,
                ws_ping_timeout=0.2,
                log_level="warning",
            )
        )
        self.loop = asyncio.new_event_loop()
        self.address = ""

    def run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.uvicorn.serve())
        self.loop.close()

    @contextmanager
    def running(self) -> Iterator["Server"]:
        thread = threading.Thread(target=self.run)
        thread.start()
        wait_until(lambda: self.uvicorn.started)
        host, port = self.uvicorn.servers[0].sockets[0].getsockname()
        self.address = f"{host}:{port}"
        try:
            yield self
        finally:
            self.uvicorn.should_exit = True
            thread.join()

    def tasks(self) -> int:
        """How many tasks the server has."""
        return len(asyncio.all_tasks(self.loop))


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Return as soon as it holds. AssertionError if that takes too long."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "this takes too long"
        time.sleep(0.01)
