"""How the app is put together: version, routers, dependencies. Seen from outside, or by running."""

import time

import pytest

from roadmap.course import FIRST_WITH_REDIS

from .blog import Blog, expect, kind
from .forge import token
from .probing import Probe
from .rules import rule, slow
from .settings import SECRET


@pytest.mark.parametrize("path", ["/posts", "/posts/1", "/users", "/users/1", "/users/me"])
@rule(2, "api-version")
def test_the_paths_without_a_version_are_404(blog: Blog, alice: Blog, path: str) -> None:
    alice.create_post()

    expect(blog.http.get(path), 404)


@pytest.mark.parametrize("path", ["/posts/", "/posts/1/", "/users/", "/users/me/"])
@rule(2, "routers")
def test_a_path_with_a_slash_at_its_end_is_another_path(alice: Blog, path: str) -> None:
    expect(alice.request("GET", path), 404)


@rule(2, "api-version")
def test_every_path_of_the_schema_names_the_version(blog: Blog) -> None:
    paths = list(blog.schema()["paths"])

    assert len(paths) >= 5
    assert [path for path in paths if not path.startswith("/api/v1/")] == []


@rule(2, "api-version")
def test_locations_name_the_version(blog: Blog, alice: Blog) -> None:
    body = {"title": "A title", "content": "Some content."}

    post = blog.location(alice.request("POST", "/posts", json_body=body))
    user = blog.location(blog.sign_up())

    assert post.startswith("/api/v1/posts/")
    assert user.startswith("/api/v1/users/")
    assert [blog.http.get(path).status_code for path in (post, user)] == [200, 200]


@pytest.mark.parametrize("tag", ["posts", "users"])
@rule(2, "routers")
def test_every_operation_carries_the_tag_of_its_router(blog: Blog, tag: str) -> None:
    tags = {
        path: operation.get("tags")
        for (_, path), operation in blog.operations().items()
        if path.split("/")[1] == tag
    }

    assert tags == {path: [tag] for path in tags}
    assert set(tags) > {f"/{tag}"}


@rule(2, "current-user-stub", until=2)
def test_everybody_is_the_same_user_as_long_as_nobody_can_sign_in(blog: Blog, alice: Blog) -> None:
    placeholder = blog.me()

    assert set(placeholder) == {"id", "username", "created_at"}
    assert alice.me() == placeholder


# White box: what the roadmap names is found and run, in the environment of the folder.

LIST = ("GET", "/posts")
ROUTES_OF_POSTS = [
    ("GET", "/posts"),
    ("POST", "/posts"),
    ("GET", "/posts/1"),
    ("PUT", "/posts/1"),
    ("PATCH", "/posts/1"),
    ("DELETE", "/posts/1"),
]


def answered_without_a_session(blog: Blog, probe: Probe, routes: list[tuple[str, str]]) -> set[int]:
    """The statuses of these routes when get_db() itself answers 418."""
    now = int(time.time())
    claims = {"sub": "1", "iat": now, "exp": now + 600}
    full = [(method, blog.prefix + path) for method, path in routes]
    return set(probe("get_db", routes=full, token=token(claims, SECRET)).values())


@slow
@rule(2, "get-db")
def test_routes_of_posts_get_their_session_from_get_db(blog: Blog, probe: Probe) -> None:
    routes = [(method, path) for method, path in ROUTES_OF_POSTS if (method, path) != LIST]

    assert answered_without_a_session(blog, probe, routes) == {418}


@slow
@rule(2, "get-db", until=FIRST_WITH_REDIS - 1)
def test_the_list_of_posts_gets_its_session_from_get_db(blog: Blog, probe: Probe) -> None:
    """Later it can come from the cache, and needs none."""
    assert answered_without_a_session(blog, probe, [LIST]) == {418}


@slow
@rule(2, "db-dependency-pattern")
def test_a_session_gives_its_connection_back_whatever_the_answer(blog: Blog, probe: Probe) -> None:
    users, posts = f"{blog.prefix}/users", f"{blog.prefix}/posts"
    person = blog.sign_up_body()

    found = probe(
        "connections",
        requests=[
            {"method": "POST", "path": users, "body": person},
            {"method": "POST", "path": users, "body": person},
            {"method": "POST", "path": users, "body": {}},
            {"method": "GET", "path": users},
            {"method": "GET", "path": f"{users}/2147483647"},
            {"method": "GET", "path": posts},
            {"method": "GET", "path": f"{posts}/2147483647"},
        ],
    )

    statuses = [kind(status) for status in found["statuses"]]
    assert statuses == [200, 409, 422, 200, 404, 200, 404]
    assert found["connections"] == [0] * 7


@slow
@rule(3, "post-author")
def test_the_database_refuses_an_author_who_does_not_exist(blog: Blog, probe: Probe) -> None:
    found = probe("foreign_keys", prefix=blog.prefix, person=blog.sign_up_body())

    assert found == {"created": True, "refused": True}
