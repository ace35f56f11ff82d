import pytest
from fastapi import Request
from fastapi.testclient import TestClient

from app.addresses import path_to
from app.main import app


def test_the_paths_without_a_version_are_gone(client: TestClient) -> None:
    response = client.get("http://testserver/posts")

    assert response.status_code == 404


@pytest.mark.parametrize("path", ["/posts/", "/users/", "/users/me/"])
def test_a_path_with_a_slash_at_its_end_is_another_path(client: TestClient, path: str) -> None:
    response = client.get(path, follow_redirects=False)

    assert response.status_code == 404


def test_every_route_has_the_tag_of_its_router() -> None:
    paths = app.openapi()["paths"]

    assert paths["/api/v1/posts/{post_id}"]["get"]["tags"] == ["posts"]
    assert paths["/api/v1/users/me"]["get"]["tags"] == ["users"]


@pytest.mark.parametrize(
    ("root_path", "prefix"), [("", ""), ("/", ""), ("/blog", "/blog"), ("/blog/", "/blog")]
)
def test_an_address_depends_on_the_prefix_of_a_proxy_and_on_nothing_else(
    root_path: str, prefix: str
) -> None:
    server = ("/run/blog.sock", None)  # a Unix socket
    request = Request({"type": "http", "app": app, "root_path": root_path, "server": server})

    assert path_to("read_user", request, user_id=7) == f"{prefix}/api/v1/users/7"


def test_the_documentation_finds_the_login_behind_a_prefix_too() -> None:
    (scheme,) = app.openapi()["components"]["securitySchemes"].values()

    assert scheme["flows"]["password"]["tokenUrl"] == "api/v1/auth/token"
