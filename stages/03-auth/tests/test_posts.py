from typing import Any

import pytest
from fastapi.testclient import TestClient


def test_a_new_post_is_answered_with_its_address(ann: TestClient) -> None:
    response = ann.post("/posts", json={"title": "Hello", "content": "World"})

    assert response.status_code == 201
    assert response.headers["Location"] == "/api/v1/posts/1"
    assert ann.get("/posts/1").json() == response.json()


def test_texts_are_trimmed(ann: TestClient) -> None:
    response = ann.post("/posts", json={"title": "  Hello ", "content": "\tWorld\n"})

    assert response.json()["title"] == "Hello"
    assert response.json()["content"] == "World"


@pytest.mark.parametrize("title", ["abc", "a" * 200, "  abc  "])
def test_a_title_of_3_to_200_characters_is_accepted(ann: TestClient, title: str) -> None:
    response = ann.post("/posts", json={"title": title, "content": "World"})

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
    ],
)
def test_an_invalid_post_is_refused(ann: TestClient, body: dict[str, object]) -> None:
    response = ann.post("/posts", json=body)

    assert response.status_code == 422
    assert ann.get("/posts").json() == []


def test_posts_are_listed_by_id(ann: TestClient) -> None:
    first = ann.post("/posts", json={"title": "First", "content": "1"}).json()
    second = ann.post("/posts", json={"title": "Second", "content": "2"}).json()

    assert ann.get("/posts").json() == [first, second]


def test_put_replaces_a_post(ann: TestClient, post: dict[str, Any]) -> None:
    response = ann.put("/posts/1", json={"title": "Bye", "content": "Moon"})

    assert response.status_code == 200
    assert response.json()["title"] == "Bye"
    assert ann.get("/posts/1").json() == response.json()


def test_put_needs_every_field(ann: TestClient, post: dict[str, Any]) -> None:
    response = ann.put("/posts/1", json={"title": "Bye"})

    assert response.status_code == 422
    assert ann.get("/posts/1").json() == post


def test_patch_changes_the_fields_it_names(ann: TestClient, post: dict[str, Any]) -> None:
    response = ann.patch("/posts/1", json={"content": "Moon"})

    assert response.status_code == 200
    assert response.json()["title"] == "Hello"
    assert response.json()["content"] == "Moon"


def test_patch_refuses_null(ann: TestClient, post: dict[str, Any]) -> None:
    response = ann.patch("/posts/1", json={"title": None})

    assert response.status_code == 422
    assert ann.get("/posts/1").json() == post


def test_a_change_moves_updated_at(ann: TestClient, post: dict[str, Any]) -> None:
    changed = ann.patch("/posts/1", json={"title": "Bye"}).json()

    assert post["updated_at"] == post["created_at"]
    assert changed["updated_at"] > post["updated_at"]
    assert changed["created_at"] == post["created_at"]


@pytest.mark.parametrize("body", [{}, {"title": "Hello"}, {"title": " Hello "}])
def test_a_patch_that_changes_nothing_leaves_updated_at(
    ann: TestClient, post: dict[str, Any], body: dict[str, str]
) -> None:
    response = ann.patch("/posts/1", json=body)

    assert response.json() == post


def test_a_deleted_post_is_gone(ann: TestClient, post: dict[str, Any]) -> None:
    response = ann.delete("/posts/1")

    assert response.status_code == 204
    assert response.content == b""
    assert ann.get("/posts/1").status_code == 404


def test_the_id_of_a_deleted_post_is_not_used_again(ann: TestClient, post: dict[str, Any]) -> None:
    ann.delete("/posts/1")

    response = ann.post("/posts", json={"title": "Hello", "content": "World"})

    assert response.json()["id"] == 2
