"""The OpenAPI document tells the truth: every status that a route gives is in its entry."""

import pytest

from .blog import Blog, Json, expect
from .rules import rule

pytestmark = pytest.mark.no_rows

POST = {"title": "A title", "content": "Some content."}
JSON = {"Content-Type": "application/json"}
UNREADABLE = {"content": b'{"title": "\xff"}', "headers": JSON}
BAD_TOKEN = {"headers": {"Authorization": "Bearer nonsense"}}
SUCCESS, ERROR = rule(1, "status-codes"), rule(1, "error-handling")
NO_TOKEN, NO_RIGHT = rule(3, "oauth2-jwt"), rule(3, "ownership-checks")
QUERY, PAGE = rule(4, "post-queries"), rule(5, "documented-errors")


@pytest.fixture
def places(blog: Blog, alice: Blog, bob: Blog) -> dict[str, int]:
    """Ids to put into paths: Alice's post, Bob's, and those of nobody and nothing."""
    return {
        "mine": alice.create_post()["id"],
        "bobs": bob.create_post()["id"],
        "gone": alice.missing_post(),
        "bob": bob.account.id,
        "nobody": 2**31 - 1,
    }


@pytest.mark.parametrize(
    ("route", "request_", "statuses"),
    [
        pytest.param("GET /posts", {}, {200}, marks=SUCCESS),
        pytest.param("POST /posts", {"json_body": POST}, {201}, marks=SUCCESS),
        pytest.param("GET /posts/{mine}", {}, {200}, marks=SUCCESS),
        pytest.param("PUT /posts/{mine}", {"json_body": POST}, {200}, marks=SUCCESS),
        pytest.param("PATCH /posts/{mine}", {"json_body": {}}, {200}, marks=SUCCESS),
        pytest.param("DELETE /posts/{mine}", {}, {204}, marks=SUCCESS),
        pytest.param("GET /users", {}, {200}, marks=SUCCESS),
        pytest.param("GET /users/{bob}", {}, {200}, marks=SUCCESS),
        pytest.param("GET /posts/{gone}", {}, {404}, marks=ERROR),
        pytest.param("PUT /posts/{gone}", {"json_body": POST}, {404}, marks=ERROR),
        pytest.param("PATCH /posts/{gone}", {"json_body": {}}, {404}, marks=ERROR),
        pytest.param("DELETE /posts/{gone}", {}, {404}, marks=ERROR),
        pytest.param("GET /users/{nobody}", {}, {404}, marks=ERROR),
        pytest.param("GET /posts/0", {}, {422}, marks=ERROR),
        pytest.param("DELETE /posts/0", {}, {422}, marks=ERROR),
        pytest.param("GET /users/0", {}, {422}, marks=ERROR),
        pytest.param("POST /posts", {"json_body": {}}, {422}, marks=ERROR),
        pytest.param("PUT /posts/{mine}", {"json_body": {}}, {422}, marks=ERROR),
        pytest.param("PATCH /posts/{mine}", {"json_body": {"x": 1}}, {422}, marks=ERROR),
        pytest.param("POST /users", {"json_body": {}}, {422}, marks=ERROR),
        pytest.param("POST /posts", UNREADABLE, {400, 422}, marks=ERROR),
        pytest.param("PUT /posts/{mine}", UNREADABLE, {400, 422}, marks=ERROR),
        pytest.param("PATCH /posts/{mine}", UNREADABLE, {400, 422}, marks=ERROR),
        pytest.param("POST /users", UNREADABLE, {400, 422}, marks=ERROR),
        pytest.param("GET /users/me", {}, {200}, marks=rule(2, "current-user-stub")),
        pytest.param("GET /posts", BAD_TOKEN, {401}, marks=NO_TOKEN),
        pytest.param("GET /posts/{mine}", BAD_TOKEN, {401}, marks=NO_TOKEN),
        pytest.param("GET /users", BAD_TOKEN, {401}, marks=NO_TOKEN),
        pytest.param("GET /users/{bob}", BAD_TOKEN, {401}, marks=NO_TOKEN),
        pytest.param("GET /users/me", BAD_TOKEN, {401}, marks=NO_TOKEN),
        pytest.param("POST /posts", BAD_TOKEN | {"json_body": POST}, {401}, marks=NO_TOKEN),
        pytest.param("PUT /posts/{mine}", BAD_TOKEN | {"json_body": POST}, {401}, marks=NO_TOKEN),
        pytest.param("PATCH /posts/{mine}", BAD_TOKEN | {"json_body": {}}, {401}, marks=NO_TOKEN),
        pytest.param("DELETE /posts/{mine}", BAD_TOKEN, {401}, marks=NO_TOKEN),
        pytest.param("PUT /posts/{bobs}", {"json_body": POST}, {403}, marks=NO_RIGHT),
        pytest.param("PATCH /posts/{bobs}", {"json_body": {}}, {403}, marks=NO_RIGHT),
        pytest.param("DELETE /posts/{bobs}", {}, {403}, marks=NO_RIGHT),
        pytest.param(
            "POST /auth/token",
            {"form": {"username": "nobody", "password": "wrong"}},
            {401},
            marks=NO_TOKEN,
        ),
        pytest.param("POST /auth/token", {"form": {}}, {422}, marks=NO_TOKEN),
        pytest.param(
            "POST /auth/token",
            {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
            {400, 422},
            marks=NO_TOKEN,
        ),
        pytest.param("GET /posts?size=0", {}, {422}, marks=QUERY),
        pytest.param("GET /users/me/posts", {}, {200}, marks=QUERY),
        pytest.param("GET /users/me/posts", BAD_TOKEN, {401}, marks=QUERY),
        pytest.param("GET /users/me/posts?size=0", {}, {422}, marks=QUERY),
        pytest.param("GET /users?size=0", {}, {422}, marks=PAGE),
    ],
)
def test_the_schema_has_every_status_that_a_route_gives(
    alice: Blog, places: dict[str, int], route: str, request_: Json, statuses: set[int]
) -> None:
    method, path = route.format(**places).split()

    response = expect(alice.request(method, path, **request_), *statuses)

    assert str(response.status_code) in alice.operation(method, path)["responses"]


@rule(1, "error-handling")
def test_the_schema_has_the_conflict_of_a_sign_up(blog: Blog) -> None:
    taken = blog.create_user()["username"]

    expect(blog.sign_up(username=taken), 409)

    assert "409" in blog.operation("POST", "/users")["responses"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/posts", "200"),
        ("POST", "/posts", "201"),
        ("GET", "/posts/1", "200"),
        ("PUT", "/posts/1", "200"),
        ("PATCH", "/posts/1", "200"),
        ("GET", "/users", "200"),
        ("POST", "/users", "201"),
        ("GET", "/users/1", "200"),
    ],
)
@rule(1, "response-model")
def test_the_schema_says_what_a_route_answers(
    blog: Blog, method: str, path: str, status: str
) -> None:
    answer = blog.operation(method, path)["responses"][status]

    assert answer["content"]["application/json"]["schema"]
