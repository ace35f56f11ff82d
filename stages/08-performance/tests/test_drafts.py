from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.dependencies import get_current_user
from app.main import app
from app.models import User

DRAFT = {"title": "Not yet", "content": "Soon", "published": False}


@pytest.fixture
def draft(client: TestClient) -> dict[str, Any]:
    """Ann's draft, the post with the id 1."""
    draft: dict[str, Any] = client.post("/posts", json=DRAFT).json()
    return draft


def test_a_post_is_published_unless_it_says_otherwise(
    post: dict[str, Any], draft: dict[str, Any]
) -> None:
    assert post["published"] is True
    assert draft["published"] is False


def test_a_draft_is_visible_to_its_author_and_to_admins(
    client: TestClient, admin: TestClient, draft: dict[str, Any]
) -> None:
    assert client.get("/posts/1").json() == draft
    assert admin.get("/posts/1").json() == draft


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_draft_does_not_exist_for_others(
    bob: TestClient, draft: dict[str, Any], method: str
) -> None:
    response = bob.request(method, "/posts/1", json=DRAFT)

    assert response.status_code == 404


def test_a_draft_is_its_authors_and_not_of_who_has_its_number(
    client: TestClient, bob: TestClient
) -> None:
    bobs = bob.post("/posts", json=DRAFT).json()

    assert (bobs["id"], bobs["author_id"]) == (1, 2)
    assert bob.get("/posts/1").json() == bobs
    assert client.get("/posts/1").status_code == 404


def test_a_draft_does_not_exist_for_visitors(visitor: TestClient, draft: dict[str, Any]) -> None:
    assert visitor.get("/posts/1").status_code == 404


def test_admins_delete_drafts_and_do_not_change_them(
    admin: TestClient, draft: dict[str, Any]
) -> None:
    assert admin.patch("/posts/1", json={"title": "Mine"}).status_code == 403
    assert admin.delete("/posts/1").status_code == 204


def test_drafts_are_in_no_list_but_ones_own(
    client: TestClient, bob: TestClient, draft: dict[str, Any]
) -> None:
    assert client.get("/posts").json()["items"] == []
    assert bob.get("/users/me/posts").json()["items"] == []
    assert client.get("/users/me/posts").json()["items"] == [draft]


def test_ones_own_list_has_no_posts_of_others(
    client: TestClient, bob: TestClient, post: dict[str, Any]
) -> None:
    assert bob.get("/users/me/posts").json()["items"] == []
    assert client.get("/users/me/posts").json()["items"] == [post]


def test_a_draft_is_published_by_a_change(
    client: TestClient, visitor: TestClient, draft: dict[str, Any]
) -> None:
    published = client.patch("/posts/1", json={"published": True}).json()

    assert published == draft | {"published": True, "updated_at": published["updated_at"]}
    assert visitor.get("/posts").json()["items"] == [published]


def test_put_without_it_publishes(client: TestClient, draft: dict[str, Any]) -> None:
    replaced = client.put("/posts/1", json={"title": "Now", "content": "Here"})

    assert replaced.json()["published"] is True


def test_ones_own_posts_need_a_token(visitor: TestClient) -> None:
    assert visitor.get("/users/me/posts").status_code == 401


def test_who_may_write_a_draft_may_read_it_also_by_an_override(
    client: TestClient, visitor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.dependency_overrides, get_current_user, lambda: User(id=1))

    draft = visitor.post("/posts", json=DRAFT).json()

    assert visitor.get("/posts/1").json() == draft
