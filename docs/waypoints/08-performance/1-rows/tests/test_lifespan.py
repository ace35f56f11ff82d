import asyncio
import re
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import Mock

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import Message
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from app import database, main
from app.database import CannotStart, new_session
from tests.images import PNG
from tests.live import wait_until
from tests.program import Program

HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
BODY = HEAD + PNG + b"\r\n--x--\r\n"
ANN = {"username": "ann", "password": "correct horse"}
POST = {"title": "Hello", "content": "World"}


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.fixture
def opened(migrated: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """The connections that the app opens, in a pool of its own as on a real server."""
    monkeypatch.setitem(new_session.kw, "bind", database.engine)
    connections: list[object] = []

    def note(connection: object, _record: object) -> None:
        connections.append(connection)

    event.listen(database.engine.sync_engine, "connect", note)
    yield connections
    event.remove(database.engine.sync_engine, "connect", note)


# The start


def test_connections_are_open_before_the_first_request(opened: list[object]) -> None:
    with TestClient(main.app):
        assert len(opened) == database.WARM_CONNECTIONS
        assert database.engine.pool.checkedin() == len(opened)  # type: ignore[attr-defined]


def test_the_lifespan_does_not_run_without_a_with(opened: list[object]) -> None:
    TestClient(main.app).get("/docs")

    assert opened == []


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("sqlite:///{folder}/new.db", "run `alembic upgrade head`"),
        ("sqlite:///{folder}", "unable to open database file"),
        ("sqlite:///{folder}/text.db", "file is not a database"),
        ("postgresql://ann:horse@127.0.0.1:1/blog", "gives no connection"),
    ],
)
def test_a_server_that_cannot_start_says_why_in_one_line(
    tmp_path: Path, address: str, reason: str
) -> None:
    (tmp_path / "text.db").write_text("This is no database. " * 100)
    program = Program(tmp_path, DATABASE_URL=address.format(folder=tmp_path))

    with program.running() as process:
        status = process.wait(60)

    log = program.log.read_text()
    reasons = [line for line in log.splitlines() if line.startswith("ERROR")]
    assert status == 3
    assert reason in reasons[0]
    assert reasons[1:] == ["ERROR:     [-] Application startup failed. Exiting."]
    assert "Traceback" not in log
    assert "horse" not in log


def test_a_bug_at_the_start_has_its_traceback(
    migrated: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "current_revision", Mock(side_effect=NotImplementedError))
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        sent.append(message)

    with pytest.raises(NotImplementedError):
        asyncio.run(main.app({"type": "lifespan", "state": {}}, receive, send))

    assert "Traceback" in sent[0]["message"]


def test_a_reason_of_several_lines_becomes_one() -> None:
    assert (
        str(CannotStart("wrong password\n  HINT: another one"))
        == "wrong password HINT: another one"
    )


def test_connections_are_closed_when_the_start_fails(
    migrated: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = database.engine.pool
    monkeypatch.setattr(main, "create_first_admin", None)

    with pytest.raises(TypeError), TestClient(main.app):
        pass

    assert database.engine.pool is not pool


# The end


class Uploads:
    """Uploads that the app has begun to read. Their bodies come later."""

    def __init__(self, program: Program, token: str, count: int) -> None:
        self.clients = [socket.create_connection(("127.0.0.1", program.port)) for _ in range(count)]
        self.answers = [client.makefile("rb") for client in self.clients]
        for client in self.clients:
            client.sendall(
                f"POST /api/v1/posts/1/image HTTP/1.1\r\nHost: {program.address}\r\n"
                f"Authorization: Bearer {token}\r\nContent-Length: {len(BODY)}\r\n"
                "Content-Type: multipart/form-data; boundary=x\r\n"
                "Expect: 100-continue\r\n\r\n".encode()
            )
        self.begun = [[answer.readline(), answer.readline()][0] for answer in self.answers]

    def finish(self) -> list[bytes]:
        """Send the bodies. Returns the first line of each answer."""
        for client in self.clients:
            client.sendall(BODY)
        statuses = [answer.readline() for answer in self.answers]
        for client in self.clients:
            client.close()
        return statuses


def close_code(listener: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed):
        listener.recv(timeout=60)
    return listener.close_code


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
@pytest.mark.parametrize(("workers", "status"), [("1", -signal.SIGTERM), ("2", 0)])
def test_what_was_begun_is_finished(program: Program, workers: str, status: int) -> None:
    program.migrate()
    with program.running("--workers", workers) as process, ExitStack() as stack:
        client = stack.enter_context(program.client())
        client.post("/users", json=ANN | {"email": "ann@example.com"})
        token = client.post("/auth/token", data=ANN).json()["access_token"]
        client.post("/posts", json=POST, headers={"Authorization": f"Bearer {token}"})
        address = f"ws://{program.address}/ws"
        named = {"X-Request-ID": "listener"}
        listeners = [
            stack.enter_context(connect(address, additional_headers=named)) for _ in range(5)
        ]
        uploads = Uploads(program, token, 20)
        assert uploads.begun == [b"HTTP/1.1 100 Continue\r\n"] * 20

        process.terminate()
        wait_until(lambda: "Shutting down" in program.log.read_text())

        assert uploads.finish() == [b"HTTP/1.1 200 OK\r\n"] * 20
        assert {close_code(listener) for listener in listeners} == {1012}
        client.close()
        assert process.wait(60) == status
    log = program.log.read_text()
    assert "Welcome e-mail to ann" in log
    assert "Traceback" not in log
    assert log.count("[listener] ") >= 5
    assert re.search(r"\[[0-9a-f-]{36}\] 127\.0\.0\.1:\d+ - \"POST /api/v1/posts HTTP", log)
