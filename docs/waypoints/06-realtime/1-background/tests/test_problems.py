from http import HTTPStatus
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.dependencies import get_db
from app.main import app

ANN = {"username": "ann", "email": "ann@example.com", "password": "correct horse"}
POST = {"title": "Hello", "content": "World"}
LOGIN = {"username": "ann", "password": "wrong horse"}
UNREADABLE = {"content": b'{"title": "\xff', "headers": {"Content-Type": "application/json"}}


def assert_problem(response: Response, status: int) -> None:
    """The answer is a problem detail with this status, in its body too."""
    body = response.json()
    title = HTTPStatus(status).phrase if status != 422 else "Unprocessable Content"
    more = {"errors"} if status == 422 else set()
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert body.keys() == {"type", "title", "status", "detail"} | more
    assert (body["type"], body["title"], body["status"]) == ("about:blank", title, status)
    assert isinstance(body["detail"], str)


@pytest.mark.parametrize(
    ("method", "path", "request_", "status"),
    [
        ("POST", "/posts", UNREADABLE, 400),
        ("POST", "/auth/token", {"data": LOGIN}, 401),
        ("GET", "/posts", {"headers": {"Authorization": "Bearer nonsense"}}, 401),
        ("PATCH", "/posts/1", {"json": {}}, 403),
        ("DELETE", "/posts/1", {}, 403),
        ("GET", "/posts/9", {}, 404),
        ("GET", "/users/9", {}, 404),
        ("GET", "/nothing", {}, 404),
        ("GET", "http://testserver/", {}, 404),
        ("BREW", "/posts", {}, 405),
        ("POST", "http://testserver/docs", {}, 405),
        ("POST", "/users", {"json": ANN}, 409),
        ("POST", "/users", {"json": {}}, 422),
        ("GET", "/posts?page=0", {}, 422),
        ("GET", "/posts/x", {}, 422),
        ("POST", "/auth/token", {"data": {}}, 422),
    ],
)
def test_every_error_is_a_problem(
    bob: TestClient, post: dict[str, Any], method: str, path: str, request_: Any, status: int
) -> None:
    assert_problem(bob.request(method, path, **request_), status)


def test_an_unknown_address_is_told_in_words(visitor: TestClient) -> None:
    assert visitor.get("/nothing").json()["detail"] == "There is nothing at this address"


def test_who_is_not_known_is_told_how_to_be(visitor: TestClient) -> None:
    response = visitor.post("/posts", json=POST)

    assert_problem(response, 401)
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_bug_is_a_problem_that_tells_nothing(
    visitor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("the inside")

    monkeypatch.setitem(app.dependency_overrides, get_db, fail)
    client = TestClient(app, base_url=str(visitor.base_url), raise_server_exceptions=False)

    response = client.get("/users")

    assert_problem(response, 500)
    assert "inside" not in response.text


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/posts", "GET, POST"),
        ("/posts/1", "GET, PUT, PATCH, DELETE"),
        ("/posts/x", "GET, PUT, PATCH, DELETE"),
        ("/users", "GET, POST"),
        ("/users/me", "GET"),
        ("/users/me/posts", "GET"),
        ("/auth/token", "POST"),
        ("http://testserver/openapi.json", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_all_that_are_right(
    visitor: TestClient, path: str, allowed: str
) -> None:
    response = visitor.request("TRACE", path)

    assert response.status_code == 405
    assert response.headers["Allow"] == allowed


def test_every_field_that_does_not_fit_is_named(client: TestClient) -> None:
    response = client.post("/posts", json={"title": "Hi", "tags": ["ok", "not ok"]})

    assert [(error["loc"], error["type"]) for error in response.json()["errors"]] == [
        (["body", "title"], "string_too_short"),
        (["body", "content"], "missing"),
        (["body", "tags", 1], "string_pattern_mismatch"),
    ]
