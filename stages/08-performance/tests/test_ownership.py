from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import security
from app.dependencies import get_current_user
from app.main import app
from app.models import User


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/posts"),
        ("PUT", "/posts/1"),
        ("PATCH", "/posts/1"),
        ("DELETE", "/posts/1"),
        ("GET", "/users/me"),
    ],
)
def test_a_protected_route_needs_a_token(visitor: TestClient, method: str, path: str) -> None:
    response = visitor.request(method, path, json={"nonsense": True})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_post_belongs_to_its_author(post: dict[str, Any]) -> None:
    assert post["author_id"] == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_strangers_are_refused(bob: TestClient, post: dict[str, Any], method: str) -> None:
    response = bob.request(method, "/posts/1", json={"nonsense": True})

    assert response.status_code == 403
    assert bob.get("/posts/1").json() == post


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_admins_change_no_posts_of_others(
    admin: TestClient, post: dict[str, Any], method: str
) -> None:
    response = admin.request(method, "/posts/1", json={"title": "Bye", "content": "Moon"})

    assert response.status_code == 403
    assert admin.get("/posts/1").json() == post


def test_admins_delete_any_post(admin: TestClient, post: dict[str, Any]) -> None:
    response = admin.delete("/posts/1")

    assert response.status_code == 204
    assert admin.get("/posts/1").status_code == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_what_is_not_there_is_404_before_anything_is_said_of_the_body(
    client: TestClient, method: str
) -> None:
    response = client.request(method, "/posts/1", json={"nonsense": True})

    assert response.status_code == 404


def test_a_request_reads_its_token_once(
    client: TestClient, post: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = []

    def read_token(token: str) -> int:
        tokens.append(token)
        return 1

    monkeypatch.setattr(security, "read_token", read_token)

    response = client.patch("/posts/1", json={"title": "Bye"})

    assert response.status_code == 200
    assert len(tokens) == 1


def test_an_override_of_the_current_user_counts_on_every_route(
    client: TestClient, visitor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = User(
        id=1, username="ann", email="ann@example.com", role="user", created_at=datetime.now(UTC)
    )
    monkeypatch.setitem(app.dependency_overrides, get_current_user, lambda: ann)

    written = visitor.post("/posts", json={"title": "Hello", "content": "World"})
    read = visitor.get("/posts/1", headers={"Authorization": "Bearer nonsense"})

    assert written.json()["author_id"] == 1
    assert read.status_code == 200
    assert visitor.get("/users/me").json()["username"] == "ann"
