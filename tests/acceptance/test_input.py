"""What comes in: every route against everything that is not meant for it."""

from typing import Any

import pytest

from .blog import Blog, Json, expect, kind, parsed
from .rules import rule

POST = {"title": "A title", "content": "Some content."}

NO_IDS = [
    pytest.param("0", id="zero"),
    pytest.param("-1", id="negative"),
    pytest.param(str(2**31), id="2**31"),
    pytest.param(str(2**63), id="2**63"),
    pytest.param(str(10**30), id="10**30"),
    pytest.param("9" * 5000, id="5000 digits"),
    pytest.param("abc", id="letters"),
    pytest.param("1.5", id="a fraction"),
    pytest.param("NaN", id="not a number"),
    pytest.param("%20", id="a space"),
    pytest.param("%00", id="NUL"),
    pytest.param("%ED%A0%80", id="a surrogate"),
    pytest.param("%FF", id="not UTF-8"),
]

ROUTES_WITH_AN_ID = [
    ("GET", "/posts/{}"),
    ("PUT", "/posts/{}"),
    ("PATCH", "/posts/{}"),
    ("DELETE", "/posts/{}"),
    ("GET", "/users/{}"),
]


@pytest.mark.parametrize("value", NO_IDS)
@pytest.mark.parametrize(("method", "path"), ROUTES_WITH_AN_ID)
@rule(1, "validation")
def test_what_is_no_id_is_refused(alice: Blog, method: str, path: str, value: str) -> None:
    parsed(expect(alice.request(method, path.format(value), json_body=POST), 422))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/posts"),
        ("PATCH", "/posts"),
        ("DELETE", "/posts"),
        ("POST", "/posts/1"),
        ("PUT", "/users"),
        ("PATCH", "/users"),
        ("DELETE", "/users"),
        ("POST", "/users/1"),
        ("PUT", "/users/1"),
        ("PATCH", "/users/1"),
        ("DELETE", "/users/1"),
    ],
)
@rule(1, "error-handling")
def test_a_wrong_method_is_405(alice: Blog, method: str, path: str) -> None:
    expect(alice.request(method, path), 405)


@rule(1, "error-handling")
def test_a_path_that_is_nothing_is_404(alice: Blog) -> None:
    expect(alice.request("GET", "/posts"), 200)
    expect(alice.request("GET", "/nothing"), 404)


@rule(1, "error-handling")
def test_a_query_that_nobody_asked_for_does_no_harm(alice: Blog) -> None:
    expect(alice.request("GET", "/posts?%ED%A0%80=%00&x=%FF"), 200)


@rule(1, "error-handling", until=4)
def test_errors_have_the_shape_of_fastapi(alice: Blog) -> None:
    taken = alice.account.username
    missing = parsed(expect(alice.request("GET", f"/posts/{alice.missing_post()}"), 404))
    conflict = parsed(expect(alice.sign_up(username=taken), 409))
    invalid = parsed(expect(alice.request("POST", "/posts", json_body={"title": "A title"}), 422))

    assert isinstance(missing["detail"], str)
    assert isinstance(conflict["detail"], str)
    assert [error["loc"] for error in invalid["detail"]] == [["body", "content"]]
    assert invalid["detail"][0]["type"] == "missing"


# Bodies

ROUTES_WITH_A_BODY = ["POST /posts", "PUT /posts/{}", "PATCH /posts/{}", "POST /users"]


def send(alice: Blog, route: str, **body: Json) -> int:
    """Send `body` to the route, about a post of Alice's; the answer is JSON. Returns the status."""
    method, path = route.split()
    path = path.format(alice.create_post()["id"] if "{}" in path else "")
    response = alice.request(method, path, **body)
    parsed(response)
    return response.status_code


def whole(alice: Blog, route: str) -> dict[str, Any]:
    """A body that the route takes."""
    return alice.sign_up_body() if route == "POST /users" else POST


@pytest.mark.parametrize("route", ROUTES_WITH_A_BODY)
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"title": ', id="half an object"),
        pytest.param(b"title=A+title", id="no JSON"),
        pytest.param(b"[]", id="an array"),
        pytest.param(b"null", id="null"),
        pytest.param(b"1", id="a number"),
        pytest.param(b'"title"', id="a string"),
        pytest.param(b"NaN", id="not a number"),
        pytest.param(b'{"title": NaN, "username": NaN}', id="NaN"),
        pytest.param(b'{"title": -Infinity, "username": Infinity}', id="Infinity"),
        pytest.param(b'{"title": {"a": NaN}, "username": [NaN]}', id="NaN inside"),
    ],
)
@rule(1, "validation")
def test_a_body_that_is_no_proper_object_is_422(alice: Blog, route: str, body: bytes) -> None:
    json = {"Content-Type": "application/json"}

    assert send(alice, route, content=body, headers=json) == 422


@pytest.mark.parametrize("route", ROUTES_WITH_A_BODY)
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"title": "\xff\xfe"}', id="not UTF-8"),
        pytest.param(b'{"title": "\xed\xa0\x80"}', id="a surrogate in UTF-8"),
        pytest.param(b"[" * 100_000, id="very deep"),
        pytest.param(b'{"title":' * 50_000 + b"1" + b"}" * 50_000, id="very deep objects"),
        pytest.param(b'{"title": ' + b"9" * 5000 + b"}", id="a number of 5000 digits"),
    ],
)
@rule(1, "error-handling")
def test_a_body_that_cannot_be_read_is_400_or_422(alice: Blog, route: str, body: bytes) -> None:
    json = {"Content-Type": "application/json"}

    assert send(alice, route, content=body, headers=json) in {400, 422}


@pytest.mark.parametrize("route", ROUTES_WITH_A_BODY)
@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data"},
        {"Content-Type": "nonsense"},
        pytest.param({"Content-Type": ""}, id="empty"),
    ],
)
@rule(1, "validation")
def test_a_body_that_is_not_called_json_is_422(
    alice: Blog, route: str, headers: dict[str, str]
) -> None:
    assert send(alice, route, json_body=whole(alice, route), headers=headers) == 422


@pytest.mark.parametrize("route", ROUTES_WITH_A_BODY)
@pytest.mark.parametrize(
    "unknown",
    [
        {"unknown": "x"},
        {"unknown": None},
        {"": "x"},
        {"__class__": "x"},
        pytest.param({"\ud800": "x"}, id="a high surrogate as name"),
        pytest.param({"ab\udfff": "x"}, id="a low surrogate as name"),
        pytest.param({"\x00": "x"}, id="NUL as name"),
        pytest.param({"unknown": {"a\ud800": ["\ud800"]}}, id="surrogates inside"),
    ],
)
@rule(1, "validation")
def test_an_unknown_field_is_422(alice: Blog, route: str, unknown: dict[str, object]) -> None:
    assert send(alice, route, json_body=whole(alice, route) | unknown) == 422


FIELDS_OF_POSTS = [
    ("POST /posts", "title"),
    ("POST /posts", "content"),
    ("PUT /posts/{}", "title"),
    ("PUT /posts/{}", "content"),
    ("PATCH /posts/{}", "title"),
    ("PATCH /posts/{}", "content"),
]
FIELDS = [*FIELDS_OF_POSTS, ("POST /users", "username"), ("POST /users", "email")]


@pytest.mark.parametrize(("route", "field"), FIELDS)
@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="null"),
        pytest.param(1, id="an integer"),
        pytest.param(2**80, id="a huge integer"),
        pytest.param(1.5, id="a fraction"),
        pytest.param(float("nan"), id="NaN"),
        pytest.param(True, id="a boolean"),
        pytest.param([], id="an array"),
        pytest.param(["a text"], id="an array of text"),
        pytest.param({}, id="an object"),
        pytest.param("abc\ud800", id="a high surrogate"),
        pytest.param("\udc00abc@example.com", id="a low surrogate"),
        pytest.param("\udc00\ud800 abc", id="a pair the wrong way round"),
    ],
)
@rule(1, "validation")
def test_what_is_no_proper_text_is_422(alice: Blog, route: str, field: str, value: object) -> None:
    body = whole(alice, route) | {field: value}

    assert send(alice, route, json_body=body) == 422


@rule(1, "validation")
def test_letters_of_every_plane_are_kept(alice: Blog) -> None:
    text = "\u00e4 \u4e2d \U0001f600 \u202e \ufffe"

    post = alice.create_post(title=text, content=text)

    assert (post["title"], post["content"]) == (text, text)


@pytest.mark.parametrize("field", ["title", "content"])
@rule(1, "error-handling", until=3)
def test_nul_is_kept_or_refused(alice: Blog, field: str) -> None:
    response = alice.request("POST", "/posts", json_body=POST | {field: "abc\x00def"})

    assert kind(response.status_code) in {200, 422}
    kept = parsed(response).get(field, "abc\x00def")
    assert kept == "abc\x00def"


@pytest.mark.parametrize(("route", "field"), FIELDS_OF_POSTS)
@rule(4, "async-database")
def test_nul_in_a_post_is_422(alice: Blog, route: str, field: str) -> None:
    assert send(alice, route, json_body=POST | {field: "abc\x00def"}) == 422


@rule(4, "async-database")
def test_nul_is_refused_wherever_else_a_text_comes_in(alice: Blog) -> None:
    nul = "abc\x00def"

    expect(alice.sign_up(username=nul), 422)
    expect(alice.sign_up(email=f"{nul}@example.com"), 422)
    expect(alice.sign_up(password=f"{nul}ghi"), 422)
    expect(alice.log_in(nul, "12345678"), 401)
    expect(alice.request("GET", "/posts?tag=%00"), 422)


# Lengths

ROUTES_OF_POSTS = ["POST /posts", "PUT /posts/{}", "PATCH /posts/{}"]


@pytest.mark.parametrize("route", ROUTES_OF_POSTS)
@pytest.mark.parametrize(
    "title",
    [
        pytest.param("abc", id="3"),
        pytest.param("x" * 200, id="200"),
        pytest.param("\U0001f600" * 3, id="3 outside the first plane"),
        pytest.param("\U0001f600" * 200, id="200 outside the first plane"),
        pytest.param(" " + "x" * 200 + "\n", id="200 and white space"),
    ],
)
@rule(1, "title-length")
def test_a_title_of_3_to_200_characters_is_taken(alice: Blog, route: str, title: str) -> None:
    assert send(alice, route, json_body=POST | {"title": title}) in {200, 201}


@pytest.mark.parametrize("route", ROUTES_OF_POSTS)
@pytest.mark.parametrize(
    "title",
    [
        pytest.param("", id="empty"),
        pytest.param("ab", id="2"),
        pytest.param("  ab  ", id="2 and white space"),
        pytest.param("\U0001f600" * 2, id="2 outside the first plane"),
        pytest.param("x" * 201, id="201"),
        pytest.param("x" * 1_000_000, id="a million"),
    ],
)
@rule(1, "title-length")
def test_a_shorter_or_longer_title_is_refused(alice: Blog, route: str, title: str) -> None:
    assert send(alice, route, json_body=POST | {"title": title}) == 422


@pytest.mark.parametrize("route", ROUTES_OF_POSTS)
@pytest.mark.parametrize(
    "content",
    [
        pytest.param("x", id="1"),
        pytest.param("x" * 100_000, id="100 000"),
        pytest.param("\n" + "x" * 100_000 + "  ", id="100 000 and white space"),
    ],
)
@rule(1, "content-not-empty")
def test_content_of_1_to_100_000_characters_is_taken(alice: Blog, route: str, content: str) -> None:
    assert send(alice, route, json_body=POST | {"content": content}) in {200, 201}


@pytest.mark.parametrize("route", ROUTES_OF_POSTS)
@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="empty"),
        pytest.param(" \t\r\n ", id="white space"),
        pytest.param("x" * 100_001, id="100 001"),
    ],
)
@rule(1, "content-not-empty")
def test_empty_or_longer_content_is_refused(alice: Blog, route: str, content: str) -> None:
    assert send(alice, route, json_body=POST | {"content": content}) == 422


@rule(1, "trim-strings")
def test_title_and_content_are_trimmed(alice: Blog) -> None:
    padded = {"title": " \tA  title\n", "content": "\n  Some\n\ncontent. "}
    trimmed = {"title": "A  title", "content": "Some\n\ncontent."}

    created = alice.create_post(**padded)
    replaced = alice.replace_post(alice.create_post()["id"], **padded)
    changed = alice.change_post(alice.create_post()["id"], **padded)

    assert [trimmed.items() <= post.items() for post in (created, replaced, changed)] == [True] * 3
