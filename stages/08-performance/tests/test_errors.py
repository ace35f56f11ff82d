import asyncio
import re
from typing import Any
from unittest.mock import Mock

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import NullPool, event, select, text
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app import database, models
from app.database import new_engine, new_session
from app.dependencies import get_locked_post, require_user
from app.main import app
from app.models import Post, User
from app.schemas import PostUpdate
from app.settings import settings


@pytest.mark.parametrize("path", ["/posts/9", "/users/9"])
def test_what_is_not_there_is_404(client: TestClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 404
    assert "detail" in response.json()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/posts"),
        ("PUT", "/posts"),
        ("PATCH", "/posts"),
        ("DELETE", "/posts"),
        ("GET", "/users"),
    ],
)
@pytest.mark.parametrize("number", ["0", "-1", "+1", "1.0", "2147483648", "9" * 20, "one"])
def test_what_is_no_id_is_422(client: TestClient, method: str, path: str, number: str) -> None:
    response = client.request(method, f"{path}/{number}", json={"title": "Bye", "content": "Moon"})

    assert response.status_code == 422


def test_the_greatest_id_is_looked_for(client: TestClient) -> None:
    response = client.get("/posts/2147483647")

    assert response.status_code == 404


@pytest.mark.parametrize("body", [b"", b"{", b'{"title": "\\ud800abc"}', b'{"\\ud800": 1}'])
def test_an_unreadable_body_is_422(client: TestClient, body: bytes) -> None:
    response = client.post("/posts", content=body, headers={"Content-Type": "application/json"})

    assert response.status_code == 422


def test_an_error_does_not_repeat_the_input(client: TestClient) -> None:
    response = client.post("/posts", json={"title": "Hello", "content": "World", "x": "secret"})

    assert response.json()["errors"] == [
        {"loc": ["body", "x"], "msg": "Extra inputs are not permitted", "type": "extra_forbidden"}
    ]


@pytest.mark.parametrize("field", ["title", "content"])
def test_nul_is_refused(client: TestClient, field: str) -> None:
    body = {"title": "Hello", "content": "World"} | {field: "before\0after"}

    response = client.post("/posts", json=body)

    assert response.status_code == 422
    assert response.json()["errors"][0]["type"] == "string_pattern_mismatch"


def test_only_a_value_that_must_be_unique_is_a_conflict(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fields = {"title": None, "content": "World"}
    monkeypatch.setattr(PostUpdate, "model_dump", lambda _body: fields)
    client.post("/posts", json={"title": "Hello", "content": "World"})

    assert client.patch("/posts/1", json={"title": "Hello"}).status_code == 500
    assert re.search(r"posts\.title|NotNullViolation", caplog.text)


def test_a_missing_author_is_a_bug_and_no_conflict(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(app.dependency_overrides, require_user, lambda: User(id=7))

    body = {"title": "Hello", "content": "World"}
    assert client.post("/posts", json=body).status_code == 500
    assert re.search(r"FOREIGN KEY|ForeignKeyViolation", caplog.text)


def test_another_error_of_the_database_is_a_bug(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(models, "select_posts", lambda: select(Post).where(text("nonsense")))

    assert client.delete("/posts/1").status_code == 500
    assert "nonsense" in caplog.text


def test_who_waits_too_long_for_a_lock_is_told_to_come_back(
    client: TestClient, post: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOCK_TIMEOUT", 0.2)
    monkeypatch.setitem(
        new_session.kw, "bind", new_engine(settings.database_url, poolclass=NullPool)
    )

    async def change_while_locked() -> Response:
        async with new_session() as session:
            await get_locked_post(1, await session.get_one(User, 1), session)
            return await asyncio.to_thread(client.patch, "/posts/1", json={"title": "Bye"})

    response = asyncio.run(change_while_locked())

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "try again" in response.json()["detail"]
    assert client.patch("/posts/1", json={"title": "Bye"}).status_code == 200


def test_who_waits_too_long_for_a_connection_is_told_to_come_back(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = Mock(side_effect=PoolTimeout("QueuePool limit reached"))
    monkeypatch.setattr(AsyncConnection, "execute", busy)

    response = client.get("/posts")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"


def test_the_connection_is_back_before_the_response_goes_out(
    engine: AsyncEngine, client: TestClient, post: dict[str, Any]
) -> None:
    events = []

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def watch(message: Any) -> None:
            events.append(message["type"])
            await send(message)

        await app(scope, receive, watch)

    event.listen(engine.sync_engine, "checkin", lambda *_call: events.append("checkin"))

    TestClient(watched).get("http://testserver/api/v1/posts/1")

    assert events == ["checkin", "http.response.start", "http.response.body"]
