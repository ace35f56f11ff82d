"""Every error is a problem detail (RFC 9457), whoever raises it."""

import re

import httpx2
import pytest

from .blog import Blog, Json
from .probing import Probe
from .problems import PROBLEM_JSON, media_type, problem
from .rules import rule, slow

POST = {"title": "A title", "content": "Some content."}
JSON = {"Content-Type": "application/json"}
UNREADABLE = {"content": b'{"title": "\xff"}', "headers": JSON}
NO_BOUNDARY = {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}
BAD_TOKEN = {"headers": {"Authorization": "Bearer nonsense"}}
INSIDE = re.compile(r"inside of the server|RuntimeError|Traceback|\.py\b", re.IGNORECASE)

SHAPES, STATUSES = rule(5, "response-envelopes"), rule(5, "documented-errors")


@pytest.fixture
def places(alice: Blog, bob: Blog) -> dict[str, int]:
    """Ids to put into paths: a post of Alice's, one of Bob's, and one that is gone."""
    return {
        "mine": alice.create_post()["id"],
        "bobs": bob.create_post()["id"],
        "gone": alice.missing_post(),
    }


@pytest.mark.parametrize(
    ("route", "request_", "statuses"),
    [
        pytest.param("POST /posts", UNREADABLE, {400, 422}, id="a body that is not UTF-8"),
        pytest.param("PUT /posts/{mine}", UNREADABLE, {400, 422}, id="the same to change"),
        pytest.param("POST /auth/token", NO_BOUNDARY, {400, 422}, id="a form without boundary"),
        pytest.param("PUT /posts/{bobs}", {"json_body": POST}, {403}, id="to replace Bob's"),
        pytest.param("PATCH /posts/{bobs}", {"json_body": {}}, {403}, id="to change Bob's"),
        pytest.param("DELETE /posts/{bobs}", {}, {403}, id="to delete Bob's"),
        pytest.param("GET /posts/{gone}", {}, {404}, id="to read what is gone"),
        pytest.param("PUT /posts/{gone}", {"json_body": POST}, {404}, id="to replace it"),
        pytest.param("PATCH /posts/{gone}", {"json_body": {}}, {404}, id="to change it"),
        pytest.param("DELETE /posts/{gone}", {}, {404}, id="to delete it"),
        pytest.param(f"GET /users/{2**31 - 1}", {}, {404}, id="nobody"),
    ],
)
@rule(5, "documented-errors")
def test_a_refusal_is_a_problem(
    alice: Blog, places: dict[str, int], route: str, request_: Json, statuses: set[int]
) -> None:
    method, path = route.format(**places).split()

    problem(alice.request(method, path, **request_), *statuses)


@pytest.mark.parametrize(
    ("route", "request_", "place"),
    [
        pytest.param("POST /posts", {"json_body": {}}, "body", id="nothing"),
        pytest.param("POST /posts", {"json_body": []}, "body", id="an array"),
        pytest.param("POST /posts", {"content": b""}, "body", id="no body"),
        pytest.param("POST /posts", {"content": b"{", "headers": JSON}, "body", id="half a body"),
        pytest.param("PUT /posts/{mine}", {"json_body": POST | {"x": 1}}, "body", id="one more"),
        pytest.param("PATCH /posts/{mine}", {"json_body": {"tags": ["", "a"]}}, "body", id="a tag"),
        pytest.param("POST /users", {"json_body": {"username": "\ud800"}}, "body", id="surrogates"),
        pytest.param("GET /posts?page=0", {}, "query", id="a page"),
        pytest.param("GET /posts?sort=x&tag=_&size=x", {}, "query", id="a whole query"),
        pytest.param("GET /users?size=101", {}, "query", id="too many users"),
        pytest.param("GET /users/me/posts?sort=", {}, "query", id="an order of one's own"),
        pytest.param("GET /posts/x", {}, "path", id="no id"),
        pytest.param("DELETE /posts/%FF", {}, "path", id="not UTF-8"),
        pytest.param("GET /users/0", {}, "path", id="zero"),
        pytest.param("POST /auth/token", {"form": {"username": "a"}}, "body", id="half a form"),
    ],
)
@rule(5, "documented-errors")
def test_a_422_says_where_what_does_not_fit_is(
    alice: Blog, places: dict[str, int], route: str, request_: Json, place: str
) -> None:
    method, path = route.format(**places).split()

    refused = problem(alice.request(method, path, **request_), 422)

    assert {error["loc"][0] for error in refused["errors"]} == {place}


@rule(5, "documented-errors")
def test_every_field_that_does_not_fit_is_an_error_of_its_own(alice: Blog) -> None:
    body = {"title": "", "published": 1, "unknown": None}

    refused = problem(alice.request("POST", "/posts", json_body=body), 422)

    wrong = [["body", name] for name in ("content", "published", "title", "unknown")]
    assert sorted(error["loc"] for error in refused["errors"]) == wrong


@rule(5, "documented-errors")
def test_a_conflict_is_a_problem(alice: Blog) -> None:
    problem(alice.sign_up(username=alice.account.username), 409)
    problem(alice.sign_up(email=alice.account.email), 409)


@pytest.mark.parametrize(
    ("route", "request_"),
    [
        pytest.param("GET /users/me", {}, id="no token"),
        pytest.param("POST /posts", {"json_body": POST}, id="no token to write with"),
        pytest.param("DELETE /posts/1", {}, id="no token to delete with"),
        pytest.param("GET /posts", BAD_TOKEN, id="a bad token"),
        pytest.param("GET /users/me/posts", BAD_TOKEN, id="a bad token for one's own"),
        pytest.param(
            "POST /auth/token", {"form": {"username": "nobody", "password": "x"}}, id="a login"
        ),
    ],
)
@rule(5, "documented-errors")
def test_a_401_is_a_problem_that_says_how_to_be_let_in(
    blog: Blog, route: str, request_: Json
) -> None:
    method, path = route.split()

    refused = blog.request(method, path, **request_)

    problem(refused, 401)
    assert refused.headers.get("www-authenticate") == "Bearer"


# What no route of the API answers


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/", marks=rule(5, "response-envelopes", until=5)),
        pytest.param("/nothing", marks=SHAPES),
        pytest.param("/posts", marks=SHAPES),
        pytest.param("/api", marks=SHAPES),
        pytest.param("/api/v1", marks=SHAPES),
        pytest.param("/api/v1/nothing", marks=SHAPES),
        pytest.param("/api/v1/posts/1/nothing", marks=SHAPES),
        pytest.param("/api/v2/posts", marks=SHAPES),
        pytest.param("/docs/nothing", marks=SHAPES),
        pytest.param("/nothing/%00", marks=SHAPES),
        pytest.param("/nothing/%FF", marks=SHAPES),
        pytest.param("/nothing/%ED%A0%80", marks=SHAPES),
        pytest.param("/nothing?page=0", marks=SHAPES),
    ],
)
def test_a_path_that_is_nothing_is_a_problem(blog: Blog, path: str) -> None:
    problem(blog.http.get(path), 404)


def allowed(response: httpx2.Response) -> set[str]:
    """The methods that a 405 says are right; HEAD and OPTIONS may be among them."""
    problem(response, 405)
    methods = {method.strip() for method in response.headers.get("allow", "").split(",")}
    return methods - {"HEAD", "OPTIONS"}


def documented(blog: Blog) -> dict[str, set[str]]:
    """The methods that the schema has for each path; every id in a path is 1."""
    methods: dict[str, set[str]] = {}
    for method, path in blog.operations():
        methods.setdefault(re.sub(r"\{[^}]+\}", "1", path), set()).add(method)
    return methods


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PROPFIND", "PURGE", "LINK"])
@rule(5, "response-envelopes")
def test_a_wrong_method_is_told_all_that_are_right(blog: Blog, method: str) -> None:
    right = documented(blog)

    assert {path: allowed(blog.request(method, path)) for path in right} == right


@pytest.mark.parametrize(
    ("method", "path", "right"),
    [
        ("PUT", "/posts", {"GET", "POST"}),
        ("DELETE", "/posts", {"GET", "POST"}),
        ("POST", "/posts/1", {"GET", "PUT", "PATCH", "DELETE"}),
        ("POST", "/posts/x", {"GET", "PUT", "PATCH", "DELETE"}),
        ("PATCH", "/users", {"GET", "POST"}),
        ("DELETE", "/users/1", {"GET"}),
        ("PUT", "/users/me", {"GET"}),
        ("POST", "/users/me/posts", {"GET"}),
        ("GET", "/auth/token", {"POST"}),
    ],
)
@rule(5, "response-envelopes")
def test_a_method_of_other_paths_is_told_those_of_this_one(
    alice: Blog, method: str, path: str, right: set[str]
) -> None:
    assert allowed(alice.request(method, path)) == right


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
@rule(5, "response-envelopes")
def test_the_documentation_can_only_be_read(blog: Blog, path: str) -> None:
    assert allowed(blog.http.post(path)) == {"GET"}


@pytest.mark.parametrize("path", ["/posts", "/users", "/users/1"])
@rule(5, "response-envelopes")
def test_head_is_answered_without_a_body_or_is_a_problem_without_one(blog: Blog, path: str) -> None:
    answer = blog.request("HEAD", path)

    assert answer.content == b""
    assert (answer.status_code, media_type(answer)) in {
        (200, "application/json"),
        (405, PROBLEM_JSON),
    }


# What nobody thought of


@slow
@rule(5, "response-envelopes")
def test_a_failure_of_the_server_is_a_problem_that_tells_nothing_of_it(
    blog: Blog, probe: Probe
) -> None:
    found = probe("failure", path=f"{blog.prefix}/users")

    answer = httpx2.Response(
        found["status"],
        headers=found["headers"],
        text=found["text"],
        request=httpx2.Request("GET", "http://testserver/users"),
    )
    problem(answer, 500)
    assert not INSIDE.search(answer.text)
