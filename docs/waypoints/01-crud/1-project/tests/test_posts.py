from fastapi.testclient import TestClient

from app.main import app

client = TestClient(app)


def test_posts_are_listed() -> None:
    response = client.get("/posts")

    assert response.status_code == 200
    assert {"id": 1, "title": "Hello", "content": "World"} in response.json()


def test_a_new_post_is_in_the_list() -> None:
    response = client.post("/posts", json={"title": "Good morning", "content": "World"})

    assert response.status_code == 201
    assert response.json() in client.get("/posts").json()
