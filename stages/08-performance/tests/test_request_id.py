import asyncio
import logging
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI, Response
from fastapi.middleware import Middleware
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send

from app import security
from app.logging import request_id, set_up_log
from app.middleware import RequestId
from app.settings import settings
from tests.images import PNG

ROOT = "http://testserver"
DAN = {"username": "dan", "email": "dan@example.com", "password": "correct horse"}
LONGEST = "aZ9._-" + "x" * 58


# On every response


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/posts", 200),
        ("GET", "/posts/9", 404),
        ("GET", f"{ROOT}/nowhere", 404),
        ("DELETE", "/posts", 405),
        ("GET", "/posts?page=0", 422),
        ("GET", "/users/me", 401),
        ("POST", "/posts/1/image", 401),
        ("GET", f"{ROOT}/docs", 200),
        ("GET", f"{ROOT}/openapi.json", 200),
        ("GET", f"{ROOT}/live.js", 200),
    ],
)
def test_every_response_has_an_id_and_a_time(
    visitor: TestClient, method: str, path: str, status: int
) -> None:
    begin = time.perf_counter()
    response = visitor.request(method, path)
    took = time.perf_counter() - begin

    assert response.status_code == status
    assert str(UUID(response.headers["X-Request-ID"])) == response.headers["X-Request-ID"]
    assert 0 < float(response.headers["X-Process-Time"]) < took


def test_a_preflight_has_them_too(visitor: TestClient) -> None:
    asks = {"Origin": "https://blog.example", "Access-Control-Request-Method": "PATCH"}

    response = visitor.options("/posts/1", headers=asks)

    assert "X-Request-ID" in response.headers
    assert "X-Process-Time" in response.headers


# The id


def test_a_websocket_has_an_id_too() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert request_id.get() == "news"

    async def never(*_: object) -> Any:
        raise AssertionError

    scope: Scope = {"type": "websocket", "headers": [(b"x-request-id", b"news")]}
    asyncio.run(RequestId(app)(scope, never, never))
    assert request_id.get() == "-"


def test_a_route_cannot_set_another_id() -> None:
    app = FastAPI(middleware=[Middleware(RequestId)])
    app.get("/")(lambda: Response(headers={"X-Request-ID": "another"}))

    response = TestClient(app).get("/", headers={"X-Request-ID": "ann-1"})

    assert response.headers.get_list("X-Request-ID") == ["ann-1"]


@pytest.mark.parametrize("chosen", ["a", LONGEST, "2f1c-7.9_Z"])
def test_a_client_may_choose_the_id(visitor: TestClient, chosen: str) -> None:
    response = visitor.get("/posts", headers={"X-Request-ID": chosen})

    assert response.headers.get_list("X-Request-ID") == [chosen]


@pytest.mark.parametrize(
    "chosen",
    [b"", f"{LONGEST}x".encode(), b"a b", b"a/b", b"a\tb", b"a\n", "é".encode(), b"a\xff", b"<b>"],
)
def test_an_id_that_does_not_fit_is_replaced(visitor: TestClient, chosen: bytes) -> None:
    one, other = (
        visitor.get("/posts", headers={b"X-Request-ID": chosen}).headers["X-Request-ID"]
        for _ in range(2)
    )

    assert UUID(one) != UUID(other)


# The log


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The lines of the log, as a terminal shows them."""
    set_up_log()
    return caplog


def test_the_line_of_a_background_task_names_the_request(
    visitor: TestClient, lines: pytest.LogCaptureFixture
) -> None:
    body = {"username": "cat", "email": "cat@example.com", "password": "correct horse"}

    visitor.post("/users", json=body, headers={"X-Request-ID": "sign-up-1"})

    assert "INFO:     [sign-up-1] Welcome e-mail to cat\n" in lines.text


def test_a_line_outside_of_requests_has_a_dash(lines: pytest.LogCaptureFixture) -> None:
    logging.getLogger("app").warning("nobody asks")

    assert lines.text == "WARNING:     [-] nobody asks\n"


def test_worker_threads_know_the_id(
    visitor: TestClient,
    client: TestClient,
    post: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []

    def matches(_password: str, _hashed: str) -> bool:
        seen.append(request_id.get())
        return True

    def hash_of(_password: str) -> str:
        seen.append(request_id.get())
        return "a hash"

    def suffix_of(_content: bytes) -> str:
        seen.append(request_id.get())
        return "png"

    monkeypatch.setattr(settings, "media_dir", tmp_path)
    monkeypatch.setattr(security, "matches", matches)
    monkeypatch.setattr("app.uploads.suffix_of", suffix_of)
    monkeypatch.setattr(security.passwords, "hash", hash_of)
    form = {"username": "ann", "password": "correct horse"}
    visitor.post("/auth/token", data=form, headers={"X-Request-ID": "log-in"})
    client.post("/posts/1/image", files={"file": PNG}, headers={"X-Request-ID": "upload"})
    visitor.post("/users", json=DAN, headers={"X-Request-ID": "sign-up"})

    assert seen == ["log-in", "upload", "sign-up"]
