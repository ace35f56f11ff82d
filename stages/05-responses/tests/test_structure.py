from fastapi.testclient import TestClient

from app.main import app


def test_the_paths_without_a_version_are_gone(client: TestClient) -> None:
    response = client.get("http://testserver/posts")

    assert response.status_code == 404


def test_every_route_has_the_tag_of_its_router() -> None:
    paths = app.openapi()["paths"]

    assert paths["/api/v1/posts/{post_id}"]["get"]["tags"] == ["posts"]
    assert paths["/api/v1/users/me"]["get"]["tags"] == ["users"]
