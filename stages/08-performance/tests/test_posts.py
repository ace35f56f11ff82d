import time
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import schemas
from app.main import app


def test_a_new_post_is_answered_with_its_address(client: TestClient) -> None:
    response = client.post("/posts", json={"title": "Hello", "content": "World"})

    assert response.status_code == 201
    assert response.headers["Location"] == "/api/v1/posts/1"
    assert client.get("/posts/1").json() == response.json()


def test_each_post_has_an_address_of_its_own(client: TestClient, post: dict[str, Any]) -> None:
    response = client.post("/posts", json={"title": "Hello", "content": "Moon"})

    assert response.headers["Location"] == "/api/v1/posts/2"
    assert client.get("/posts/2").json()["content"] == "Moon"


def test_texts_are_trimmed(client: TestClient) -> None:
    response = client.post("/posts", json={"title": "  Hello ", "content": "\tWorld\n"})

    assert response.json()["title"] == "Hello"
    assert response.json()["content"] == "World"


@pytest.mark.parametrize("title", ["abc", "a" * 200, "  abc  "])
def test_a_title_of_3_to_200_characters_is_accepted(client: TestClient, title: str) -> None:
    response = client.post("/posts", json={"title": title, "content": "World"})

    assert response.status_code == 201


def test_a_content_of_100_000_characters_is_accepted(client: TestClient) -> None:
    response = client.post("/posts", json={"title": "Hello", "content": "a" * 100_000})

    assert response.status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": "Hello"},
        {"title": "ab", "content": "World"},
        {"title": "  ab  ", "content": "World"},
        {"title": "a" * 201, "content": "World"},
        {"title": "Hello", "content": "   "},
        {"title": "Hello", "content": "a" * 100_001},
        {"title": "Hello", "content": 1},
        {"title": "Hello", "content": "World", "id": 7},
        {"title": "Hello", "content": "World", "slug": "mine"},
        {"title": "Hello", "content": "World", "published": "true"},
        {"title": "Hello", "content": "World", "published": None},
    ],
)
def test_an_invalid_post_is_refused(client: TestClient, body: dict[str, object]) -> None:
    response = client.post("/posts", json=body)

    assert response.status_code == 422
    assert client.get("/posts").json()["items"] == []


def test_put_replaces_a_post(client: TestClient, post: dict[str, Any]) -> None:
    response = client.put("/posts/1", json={"title": "Bye", "content": "Moon"})

    assert response.status_code == 200
    assert response.json()["title"] == "Bye"
    assert client.get("/posts/1").json() == response.json()


def test_put_needs_every_field(client: TestClient, post: dict[str, Any]) -> None:
    response = client.put("/posts/1", json={"title": "Bye"})

    assert response.status_code == 422
    assert client.get("/posts/1").json() == post


def test_patch_changes_the_fields_it_names(client: TestClient, post: dict[str, Any]) -> None:
    response = client.patch("/posts/1", json={"content": "Moon"})

    assert response.status_code == 200
    assert response.json()["title"] == "Hello"
    assert response.json()["content"] == "Moon"


@pytest.mark.parametrize("body", [{"published": "true"}, {"x": 1}])
def test_patch_is_as_strict_as_post(
    client: TestClient, post: dict[str, Any], body: dict[str, object]
) -> None:
    response = client.patch("/posts/1", json=body)

    assert response.status_code == 422
    assert client.get("/posts/1").json() == post


@pytest.mark.parametrize("field", ["title", "content", "published", "tags"])
def test_patch_refuses_null(client: TestClient, post: dict[str, Any], field: str) -> None:
    response = client.patch("/posts/1", json={field: None})

    assert response.status_code == 422
    assert client.get("/posts/1").json() == post


def test_a_change_moves_updated_at(client: TestClient, post: dict[str, Any]) -> None:
    time.sleep(0.02)  # longer than a tick of any system's clock

    changed = client.patch("/posts/1", json={"title": "Bye"}).json()

    assert changed["updated_at"] > post["updated_at"]
    assert changed["created_at"] == post["created_at"]


@pytest.mark.parametrize("body", [{}, {"title": "Hello"}, {"title": " Hello "}])
def test_a_patch_that_changes_nothing_leaves_updated_at(
    client: TestClient, post: dict[str, Any], body: dict[str, str]
) -> None:
    response = client.patch("/posts/1", json=body)

    assert response.json() == post


def test_a_deleted_post_is_gone(client: TestClient, post: dict[str, Any]) -> None:
    response = client.delete("/posts/1")

    assert response.status_code == 204
    assert response.content == b""
    assert client.get("/posts/1").status_code == 404


def test_the_id_of_a_deleted_post_is_not_used_again(
    client: TestClient, post: dict[str, Any]
) -> None:
    client.delete("/posts/1")

    response = client.post("/posts", json={"title": "Hello", "content": "World"})

    assert response.json()["id"] == 2


def test_a_client_can_read_an_answer_with_the_schema(client: TestClient) -> None:
    body = {"title": "Hello", "content": "World", "tags": ["web", "python"]}

    answer = client.post("/posts", json=body)

    assert schemas.Post.model_validate(answer.json()).tags == ["python", "web"]


def test_posts_survive_a_restart(client: TestClient, post: dict[str, Any]) -> None:
    with TestClient(app, base_url=str(client.base_url)) as restarted:
        assert restarted.get("/posts/1").json() == post
