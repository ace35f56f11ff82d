from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app import main
from app.database import new_session
from app.models import Post


@pytest.mark.parametrize("path", ["/posts/9"])
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

    assert response.json() == {
        "detail": [
            {
                "loc": ["body", "x"],
                "msg": "Extra inputs are not permitted",
                "type": "extra_forbidden",
            }
        ]
    }


def test_a_post_that_is_deleted_while_it_is_changed_is_404(
    client: TestClient, post: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    find_post = main.find_post

    def find_and_lose(session: Session, post_id: int) -> Post:
        post = find_post(session, post_id)
        with new_session() as another:
            another.execute(delete(Post))
            another.commit()
        return post

    monkeypatch.setattr(main, "find_post", find_and_lose)

    response = client.patch("/posts/1", json={"title": "Bye"})

    assert response.status_code == 404
