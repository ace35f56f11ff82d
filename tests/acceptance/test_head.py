"""HEAD is GET without a body (RFC 9110, section 9.3.2)."""

import httpx2
import pytest

from .blog import Blog
from .images import FORM, form, part, png
from .rules import rule

VARIES = {"date", "x-request-id", "x-process-time", "x-cache"}


def both(blog: Blog, path: str) -> tuple[httpx2.Response, httpx2.Response]:
    """What GET and HEAD of a path answer."""
    get = blog.http.get(path, headers=blog.headers)
    return get, blog.http.head(path, headers=blog.headers)


def lasting(response: httpx2.Response) -> dict[str, str]:
    """The headers that are the same at the next request."""
    return {name: text for name, text in response.headers.items() if name.lower() not in VARIES}


def methods(response: httpx2.Response) -> set[str]:
    return {name.strip() for name in response.headers.get("Allow", "").split(",")}


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/posts", "/api/v1/posts?size=1", "/api/v1/users", "/api/v1/users/me",
        "/api/v1/users/me/posts", "/", "/docs", "/openapi.json", "/api/v1/posts/2147483647",
        "/api/v1/posts?page=0", "/nowhere", "/api/v1/auth/token",
    ],
)  # fmt: skip
@rule(7, "middleware")
def test_head_answers_as_get_without_a_body(alice: Blog, path: str) -> None:
    get, head = both(alice, path)

    assert head.status_code == get.status_code
    assert lasting(head) == lasting(get)
    assert head.content == b""
    assert "HEAD" in methods(alice.http.request("DELETE", "/api/v1/posts"))


@rule(7, "middleware")
def test_head_of_an_image_has_its_headers(alice: Blog) -> None:
    path = f"/posts/{alice.create_post()['id']}/image"
    alice.request("POST", path, content=form(part(png())), headers=FORM)

    get, head = both(alice, f"/api/v1{path}")

    assert head.status_code == get.status_code == 200
    assert lasting(head) == lasting(get)
    assert head.content == b""


@rule(7, "middleware")
def test_head_needs_the_token_that_get_needs(blog: Blog, alice: Blog) -> None:
    assert blog.http.head("/api/v1/users/me").status_code == 401
    assert alice.request("HEAD", "/users/me").status_code == 200


@rule(7, "middleware")
def test_allow_names_head_beside_get_and_only_there(blog: Blog) -> None:
    assert {"GET", "HEAD"} <= methods(blog.http.request("DELETE", "/api/v1/posts"))
    assert methods(blog.http.head("/api/v1/auth/token")) == {"POST"}
