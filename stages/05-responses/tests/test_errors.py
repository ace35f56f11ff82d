from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Post
from tests.conftest import in_session


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
    assert "NUL" in response.json()["errors"][0]["msg"]


def test_foreign_keys_are_enforced(client: TestClient, post: dict[str, Any]) -> None:
    async def give_to_nobody(session: AsyncSession) -> None:
        await session.execute(update(Post).values(author_id=9))

    with pytest.raises(IntegrityError):
        in_session(give_to_nobody)
