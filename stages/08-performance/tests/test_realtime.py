import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from unittest.mock import AsyncMock

import pytest
from fastapi.testclient import TestClient
from httpx2 import Client
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection, connect

from app import realtime
from app.main import app
from app.realtime import hub
from tests.live import Server, wait_until

POST = {"title": "Hello", "content": "World"}
DRAFT = POST | {"published": False}
HANDSHAKE = (
    "GET /ws HTTP/1.1\r\nHost: blog\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


@pytest.fixture
def server(visitor: TestClient) -> Iterator[Server]:
    """A server on the database of the tests."""
    with Server().running() as server:
        yield server


@pytest.fixture
def ann(server: Server, client: TestClient) -> Iterator[Client]:
    """Ann, at that server."""
    address = f"http://{server.address}/api/v1"
    token = {"Authorization": client.headers["Authorization"]}
    with Client(base_url=address, headers=token, timeout=60) as ann:
        yield ann


@pytest.fixture
def listener(server: Server) -> Iterator[ClientConnection]:
    """Somebody who listens at that server."""
    with connect(f"ws://{server.address}/ws") as listener:
        wait_until(lambda: len(hub.clients) == 1)
        yield listener


def next_post(listener: ClientConnection) -> dict[str, Any]:
    event = json.loads(listener.recv(timeout=60))
    assert event["type"] == "post.created"
    post: dict[str, Any] = event["post"]
    return post


def heard_until_the_end(listener: ClientConnection) -> list[str | bytes]:
    heard: list[str | bytes] = []
    with suppress(ConnectionClosedError):
        heard.extend(listener)
    return heard


def open_and_say_nothing(server: Server) -> socket.socket:
    """A client that opens a WebSocket, and then neither reads nor answers."""
    host, port = server.address.split(":")
    client = socket.create_connection((host, int(port)))
    client.sendall(HANDSHAKE.encode())
    return client


# What is told


def test_a_new_post_is_told_as_the_api_shows_it(ann: Client, listener: ClientConnection) -> None:
    post = ann.post("/posts", json=POST | {"tags": ["web"]}).json()

    assert next_post(listener) == post


def test_every_client_hears_each_post_once(ann: Client, server: Server) -> None:
    address = f"ws://{server.address}/ws"
    with connect(address) as one, connect(address) as other:
        wait_until(lambda: len(hub.clients) == 2)

        for title in ("First", "Second"):
            ann.post("/posts", json=POST | {"title": title})

        assert [next_post(one)["title"], next_post(one)["title"]] == ["First", "Second"]
        assert [next_post(other)["title"], next_post(other)["title"]] == ["First", "Second"]


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"published": True}), ("PUT", POST)])
def test_a_draft_is_told_when_it_becomes_public(
    ann: Client, listener: ClientConnection, method: str, body: dict[str, object]
) -> None:
    ann.post("/posts", json=DRAFT)
    ann.patch("/posts/1", json={"title": "Still a draft"})

    published = ann.request(method, "/posts/1", json=body).json()

    assert next_post(listener) == published


def test_other_changes_are_not_told(ann: Client, listener: ClientConnection) -> None:
    ann.post("/posts", json=POST)
    ann.patch("/posts/1", json={"title": "Changed", "published": True})
    ann.put("/posts/1", json=DRAFT)
    ann.delete("/posts/1")
    ann.post("/posts", json=POST)

    assert [next_post(listener)["id"], next_post(listener)["id"]] == [1, 2]


def test_a_post_that_is_rolled_back_is_not_told(
    ann: Client, listener: ClientConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = AsyncMock(side_effect=PoolTimeout("no commit"))
    with monkeypatch.context() as broken:
        broken.setattr(AsyncSession, "commit", busy)
        assert ann.post("/posts", json=POST).status_code == 503

    post = ann.post("/posts", json=POST).json()

    assert next_post(listener) == post


@pytest.mark.parametrize("message", ["{", "", b"\xff", "x" * 100_000])
def test_what_clients_send_is_ignored(
    ann: Client, listener: ClientConnection, message: str | bytes
) -> None:
    listener.send(message)

    post = ann.post("/posts", json=POST).json()

    assert next_post(listener) == post


# Who goes


def test_a_client_that_says_goodbye_leaves_nothing_behind(server: Server) -> None:
    before = server.tasks()
    with connect(f"ws://{server.address}/ws"):
        wait_until(lambda: len(hub.clients) == 1)

    wait_until(lambda: not hub.clients)
    wait_until(lambda: server.tasks() == before)


def test_a_client_whose_connection_breaks_leaves_nothing_behind(server: Server) -> None:
    before = server.tasks()
    client = open_and_say_nothing(server)
    wait_until(lambda: len(hub.clients) == 1)

    client.close()

    wait_until(lambda: not hub.clients)
    wait_until(lambda: server.tasks() == before)


def test_a_client_that_vanishes_leaves_nothing_behind(server: Server) -> None:
    server.uvicorn.config.ws_ping_interval = 0.2
    before = server.tasks()
    with open_and_say_nothing(server):
        wait_until(lambda: len(hub.clients) == 1)

        wait_until(lambda: not hub.clients)
        wait_until(lambda: server.tasks() == before)


def test_a_client_that_reads_nothing_delays_nobody_and_leaves_no_task(
    ann: Client, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(realtime, "MAX_WAITING", 3)
    monkeypatch.setattr(realtime, "PATIENCE", 0.5)
    before = server.tasks()
    with open_and_say_nothing(server):
        wait_until(lambda: len(hub.clients) == 1)
        with connect(f"ws://{server.address}/ws") as quick:
            wait_until(lambda: len(hub.clients) == 2)
            for number in range(100):
                ann.post("/posts", json=POST | {"content": f"{number} " + "x" * 99_000})
                assert next_post(quick)["content"].startswith(f"{number} ")
            wait_until(lambda: len(hub.clients) == 1)
        wait_until(lambda: not hub.clients)
        wait_until(lambda: server.tasks() <= before)


def test_a_client_that_is_too_slow_is_asked_to_come_back_later(
    server: Server, listener: ClientConnection
) -> None:
    for number in range(400):
        server.loop.call_soon_threadsafe(hub.broadcast, f"{number} " + "x" * 100_000)
    wait_until(lambda: not hub.clients)

    heard = heard_until_the_end(listener)

    assert 0 < len(heard) < 400
    assert listener.close_code == 1013


def test_a_message_that_nobody_takes_is_given_up(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(realtime, "PATIENCE", 0.2)
    with open_and_say_nothing(server):
        wait_until(lambda: len(hub.clients) == 1)

        for _ in range(2):
            server.loop.call_soon_threadsafe(hub.broadcast, "x" * 20_000_000)

        wait_until(lambda: not hub.clients)


# The page


@pytest.mark.parametrize(
    ("path", "media_type"),
    [("/", "text/html"), ("/live.js", "text/javascript"), ("/live.css", "text/css")],
)
def test_the_live_page_is_served_with_a_strict_policy(
    visitor: TestClient, path: str, media_type: str
) -> None:
    answer = visitor.get(f"http://testserver{path}")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_live_page_holds_no_code_of_its_own(visitor: TestClient) -> None:
    page = visitor.get("http://testserver/").text

    assert '<script src="live.js" defer></script>' in page
    assert page.count("<script") == 1
    assert "<style" not in page
    assert "style=" not in page
    assert "http" not in page


def test_the_live_page_is_no_part_of_the_api(visitor: TestClient) -> None:
    assert "/" not in app.openapi()["paths"]
    assert visitor.post("http://testserver/").headers["Allow"] == "GET, HEAD"
    assert visitor.get("http://testserver/live.txt").status_code == 404
    assert visitor.get("http://testserver/ws").status_code == 404
