import asyncio
import logging
from typing import Any
from unittest.mock import Mock

import pytest
from fastapi.testclient import TestClient

from app import background
from app.background import index_post, send_welcome_email
from app.database import new_session
from app.main import app
from tests.conftest import PASSWORD

ANN = {"username": "ann", "email": "ann@example.com", "password": PASSWORD}
POST = {"title": "Hello", "content": "World"}


def test_a_new_user_gets_a_welcome_email(
    visitor: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    visitor.post("/users", json=ANN)

    assert [text for text in caplog.messages if "e-mail" in text] == ["Welcome e-mail to ann"]
    assert "ann@example.com" not in caplog.text


def test_a_sign_up_that_is_refused_starts_no_task(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()

    assert client.post("/users", json=ANN).status_code == 409

    assert "e-mail" not in caplog.text


def test_a_new_post_is_indexed(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    client.post("/posts", json=POST)

    assert "Search index: post 1, hello" in caplog.messages


def test_a_task_runs_after_the_response(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = []

    async def index(_post_id: int) -> None:
        events.append("task")

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def watch(message: Any) -> None:
            await send(message)
            events.append(message["type"])

        await app(scope, receive, watch)

    monkeypatch.setattr(background, "index_post", index)

    TestClient(watched, headers=dict(client.headers)).post("/api/v1/posts", json=POST)

    assert events == ["http.response.start", "http.response.body", "task"]


def test_a_task_opens_a_session_of_its_own(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Mock(wraps=new_session)
    monkeypatch.setattr(background, "new_session", opened)

    client.post("/posts", json=POST)

    opened.assert_called_once_with()


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [("/users", ANN | {"username": "bea", "email": "b@example.com"}, "send_welcome_email"),
     ("/posts", POST, "index_post")],
)  # fmt: skip
def test_a_task_that_fails_changes_no_response_and_is_logged_by_its_name(
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    path: str,
    body: dict[str, str],
    name: str,
) -> None:
    monkeypatch.setattr(background, "new_session", Mock(side_effect=OSError("broken")))

    answer = client.post(path, json=body)

    assert answer.status_code == 201
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert name in record.getMessage()
    assert record.exc_info


@pytest.mark.parametrize("task", [send_welcome_email, index_post])
def test_a_task_whose_row_is_gone_has_nothing_to_do(
    visitor: TestClient, caplog: pytest.LogCaptureFixture, task: background.Task
) -> None:
    asyncio.run(task(7))

    assert caplog.messages == []
