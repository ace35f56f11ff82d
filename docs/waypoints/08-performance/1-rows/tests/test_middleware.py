import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import FileResponse, StreamingResponse
from fastapi.testclient import TestClient
from starlette.types import Message, Scope

from app import main
from app.dependencies import get_db
from app.logging import set_up_log

ROOT = "http://testserver"


def fail() -> None:
    raise RuntimeError("the inside")


@pytest.fixture
def broken(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Ann's client of an app that has a bug: no route gets a session."""
    monkeypatch.setitem(main.app.dependency_overrides, get_db, fail)
    return client


def test_an_unexpected_error_has_an_id_and_a_time(broken: TestClient) -> None:
    response = broken.get("/users", headers={"X-Request-ID": "ann-1"})

    assert response.status_code == 500
    assert response.headers["X-Request-ID"] == "ann-1"
    assert "X-Process-Time" in response.headers


def test_the_log_tells_of_an_unexpected_error(
    broken: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    set_up_log()

    broken.get("/users", headers={"X-Request-ID": "ann-1"})

    assert "ERROR:     [ann-1] An error that nobody expected\nTraceback" in caplog.text
    assert "RuntimeError: the inside" in caplog.text


# A small app


def small_app() -> FastAPI:
    app = FastAPI(middleware=main.middleware)

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def endless() -> AsyncIterator[str]:
            while True:
                yield "more"

        return StreamingResponse(endless(), headers={"X-Kind": "stream"})

    @app.get("/file")
    async def file() -> FileResponse:
        return FileResponse(__file__)

    @app.get("/breaks")
    async def breaks() -> StreamingResponse:
        async def pieces() -> AsyncIterator[str]:
            yield "one"
            raise RuntimeError("the inside")

        return StreamingResponse(pieces())

    @app.get("/breaks-first")
    async def breaks_first() -> StreamingResponse:
        async def pieces() -> AsyncIterator[str]:
            raise RuntimeError("the inside")
            yield ""

        return StreamingResponse(pieces())

    @app.get("/fails")
    async def fails() -> None:
        fail()

    @app.get("/task")
    async def task(tasks: BackgroundTasks) -> None:
        tasks.add_task(fail)

    return app


async def head_of(path: str, version: str) -> list[Message]:
    """What the small app sends, to a server of this version of ASGI whose client stays."""
    sent: list[Message] = []
    scope: Scope = {
        "type": "http", "asgi": {"spec_version": version}, "http_version": "1.1", "method": "HEAD",
        "scheme": "http", "server": ("testserver", 80), "root_path": "", "path": path,
        "query_string": b"", "headers": [],
    }  # fmt: skip

    async def receive() -> Message:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await small_app()(scope, receive, send)
    assert scope["method"] == "HEAD"
    return sent


def test_head_of_a_file_has_the_headers_of_get_and_no_body() -> None:
    with TestClient(small_app()) as client:
        get, head = client.get("/file"), client.head("/file")

    assert head.headers["Content-Length"] == get.headers["Content-Length"] == str(len(get.content))
    assert head.headers["ETag"] == get.headers["ETag"]
    assert head.content == b""


@pytest.mark.parametrize("version", ["2.0", "2.4"])
def test_head_of_a_stream_ends(version: str) -> None:
    start, body = asyncio.run(head_of("/stream", version))

    assert start["status"] == 200
    assert (b"x-kind", b"stream") in start["headers"]
    assert body == {"type": "http.response.body"}


def test_an_error_in_the_middle_of_a_response_ends_the_connection() -> None:
    client = TestClient(small_app())

    with pytest.raises(RuntimeError, match="the inside"):
        client.get("/breaks")


def test_a_task_that_fails_changes_no_response() -> None:
    client = TestClient(small_app(), raise_server_exceptions=False)

    assert client.get("/task").status_code == 200


@pytest.mark.parametrize("path", ["/posts", "/posts/1", "/users/me", f"{ROOT}/", f"{ROOT}/docs"])
def test_head_is_answered_wherever_get_is(
    client: TestClient, post: dict[str, Any], path: str
) -> None:
    get, head = client.get(path), client.head(path)

    assert head.status_code == get.status_code == 200
    assert head.content == b""
    own = {"x-request-id", "x-process-time"}
    assert {k: v for k, v in head.headers.items() if k not in own} == {
        k: v for k, v in get.headers.items() if k not in own
    }


def test_head_has_no_body_after_an_unexpected_error() -> None:
    start, body = asyncio.run(head_of("/fails", "2.4"))

    assert start["status"] == 500
    assert body == {"type": "http.response.body"}


def test_an_error_in_a_stream_reaches_the_server_after_head_too() -> None:
    with pytest.raises(RuntimeError, match="the inside"):
        asyncio.run(head_of("/breaks-first", "2.4"))


@pytest.mark.parametrize(("path", "status"), [("/posts/9", 404), ("/auth/token", 405)])
def test_head_has_the_errors_of_get(visitor: TestClient, path: str, status: int) -> None:
    get, head = visitor.get(path), visitor.head(path)

    assert head.status_code == get.status_code == status
    assert head.headers.get("Allow") == get.headers.get("Allow")
    assert head.content == b""
