"""The start and the stop of a server."""

import re
import socket
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from roadmap.copies import Copies
from roadmap.course import Stage
from roadmap.server import HOST, Server, StartError, free_port

from .blog import Blog
from .images import FORM, form, part, png
from .probing import Probe
from .rules import rule, slow
from .settings import settings_at
from .visits import visit

pytestmark = slow

UPLOADS, LISTENERS = 200, 50
WITHIN = 120.0
"""Seconds, far more than a slow and busy machine needs."""

GOODBYES = {1001, 1012}


# The start


def refusal(server: Server) -> tuple[str, int | None]:
    """The log and the exit status of a server that cannot start."""
    with pytest.raises(StartError):
        server.start_as_it_is()
    return server.log, server.exit_status(WITHIN)


@rule(7, "startup-shutdown")
def test_a_server_without_tables_says_what_to_do_and_ends(copies: Copies) -> None:
    log, status = refusal(copies.server())

    assert "alembic upgrade head" in log
    assert "Traceback" not in log
    assert status


@pytest.mark.parametrize(
    "address", ["sqlite:///{folder}", "postgresql://ann:quiet-horse@127.0.0.1:{port}/blog"]
)
@rule(7, "startup-shutdown")
def test_a_server_without_a_database_says_so_and_ends(
    copies: Copies, tmp_path: Path, address: str
) -> None:
    url = address.format(folder=tmp_path, port=free_port())

    log, status = refusal(copies.server(env={"DATABASE_URL": url}))

    assert "DATABASE_URL" in log
    assert "Traceback" not in log
    assert "quiet-horse" not in log
    assert status


@rule(7, "lifespan-pool")
def test_several_connections_are_open_from_the_start_to_the_end(probe: Probe) -> None:
    found = probe("warm_pool")

    assert found["started"] > 1, "the pool is not warm"
    assert found["stopped"] == 0, "connections are left open"


# The end


class Uploads:
    """Uploads that the app has begun to read. Their bodies come later."""

    def __init__(self, server: Server, author: Blog, stack: ExitStack) -> None:
        self.body = form(part(png()))
        self.clients = [
            stack.enter_context(socket.create_connection((HOST, server.port), WITHIN))
            for _ in range(UPLOADS)
        ]
        self.answers = [stack.enter_context(one.makefile("rb")) for one in self.clients]
        head = "\r\n".join(
            [
                f"POST /api/v1/posts/{author.create_post()['id']}/image HTTP/1.1",
                f"Host: {HOST}:{server.port}",
                f"Authorization: {author.headers['Authorization']}",
                f"Content-Length: {len(self.body)}",
                *(f"{name}: {value}" for name, value in FORM.items()),
                "Expect: 100-continue",
            ]
        )
        for client in self.clients:
            client.sendall(f"{head}\r\n\r\n".encode())
        self.begun = [(answer.readline(), answer.readline())[0] for answer in self.answers]

    def finish(self) -> list[bytes]:
        """Send the bodies. Returns the head of each answer."""
        for client in self.clients:
            client.sendall(self.body)
        return [b"".join(iter(answer.readline, b"\r\n")) for answer in self.answers]


def goodbye(listener: ClientConnection) -> int | None:
    """The code with which the server closes a WebSocket."""
    with suppress(ConnectionClosed):
        list(iter(lambda: listener.recv(timeout=WITHIN), None))
    return listener.close_code


@pytest.mark.parametrize("workers", [1, 2])
@rule(7, "startup-shutdown")
def test_what_was_begun_is_finished_and_listeners_are_told(
    copies: Copies, stage: Stage, workers: int
) -> None:
    server = copies.server(env=settings_at(stage.number), workers=workers)
    with server, ExitStack() as stack:
        with visit(server, stage) as blog:
            uploads = Uploads(server, blog.new_user("writer"), stack)
        address = f"ws://{HOST}:{server.port}/ws"
        listeners = [
            stack.enter_context(connect(address, open_timeout=WITHIN)) for _ in range(LISTENERS)
        ]
        assert {re.sub(rb"\s+", b" ", line) for line in uploads.begun} == {
            b"HTTP/1.1 100 Continue "
        }

        server.ask_to_end()

        assert {goodbye(listener) for listener in listeners} <= GOODBYES
        answers = uploads.finish()
        assert {answer.splitlines()[0] for answer in answers} == {b"HTTP/1.1 200 OK"}
        assert all(b"\r\nx-request-id: " in answer.lower() for answer in answers)
        stack.close()
        assert server.exit_status(WITHIN) is not None, "the server does not end"
        assert "Traceback" not in server.log
