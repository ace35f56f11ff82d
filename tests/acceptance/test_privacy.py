"""What no answer shows: passwords, hashes, the addresses of others, the inside of the server."""

import re
from collections.abc import Iterator

import httpx2
import pytest

from roadmap.server import Server

from .blog import PASSWORD, Blog, Json, expect, parsed, succeeded, unique
from .rules import rule

POST = {"title": "A title", "content": "Some content."}
PRIVATE_FIELDS = re.compile(r"password|passwd|hash|secret|email|e_mail|address", re.IGNORECASE)
INSIDE = re.compile(r"sqlalchemy|sqlite|traceback|insert into|constraint|\.py\b", re.IGNORECASE)
BCRYPT = re.compile(r"\$2[aby]\$\d\d\$")


def fields(value: Json) -> Iterator[tuple[str, Json]]:
    """Every field of a JSON value with what it holds, however deep."""
    if isinstance(value, dict):
        yield from value.items()
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from fields(inner)


def assert_private(response: httpx2.Response, *accounts: Blog) -> None:
    """The answer shows neither a private field, nor what these people keep to themselves."""
    names = {name for name, _ in fields(parsed(response)) if PRIVATE_FIELDS.search(name)}
    kept = [text for blog in accounts for text in (blog.account.email, blog.account.password)]
    assert names == set()
    assert [text for text in kept if text in response.text] == []
    assert not BCRYPT.search(response.text)
    assert not INSIDE.search(response.text)


@pytest.mark.parametrize("path", ["/posts", "/posts/{post}", "/users", "/users/{user}"])
@rule(1, "users-crud")
def test_reading_shows_nothing_private(blog: Blog, alice: Blog, path: str) -> None:
    path = path.format(post=alice.create_post()["id"], user=alice.account.id)

    assert_private(expect(blog.request("GET", path), 200), alice)


@pytest.mark.parametrize("path", ["/posts", "/posts/{post}", "/users/me/posts"])
@rule(5, "hide-user-fields")
def test_reading_shows_authors_and_nothing_private_of_them(
    alice: Blog, bob: Blog, path: str
) -> None:
    path = path.format(post=bob.create_post()["id"])
    alice.create_post()

    shown = expect(alice.request("GET", path), 200)

    assert "author" in {name for name, _ in fields(parsed(shown))}
    assert_private(shown, alice, bob)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@rule(5, "hide-user-fields")
def test_writing_shows_the_author_and_nothing_private_of_them(alice: Blog, method: str) -> None:
    path = {"POST": "/posts"}.get(method, f"/posts/{alice.create_post()['id']}")

    shown = succeeded(alice.request(method, path, json_body=POST))

    assert "author" in {name for name, _ in fields(parsed(shown))}
    assert_private(shown, alice)


@rule(1, "users-crud")
def test_signing_up_shows_nothing_private(blog: Blog) -> None:
    body = blog.sign_up_body()

    created = succeeded(blog.request("POST", "/users", json_body=body))
    conflict = expect(blog.request("POST", "/users", json_body=body), 409)

    assert body["email"] not in created.text + conflict.text
    assert PASSWORD not in created.text + conflict.text
    assert_private(created)
    assert_private(conflict)


@rule(1, "error-handling")
def test_errors_show_nothing_of_the_inside(alice: Blog) -> None:
    missing = expect(alice.request("GET", f"/posts/{alice.missing_post()}"), 404)
    invalid = expect(alice.request("POST", "/posts", json_body={"title": 1, "x": None}), 422)
    huge = expect(alice.request("GET", f"/posts/{10**30}"), 422)

    assert_private(missing, alice)
    assert_private(invalid, alice)
    assert_private(huge, alice)


@rule(3, "hash-and-verify")
def test_refusals_show_nothing_private(blog: Blog, alice: Blog, bob: Blog) -> None:
    path = f"/posts/{alice.create_post()['id']}"

    wrong = expect(blog.log_in(alice.account.username, "not the password"), 401)
    nobody = expect(blog.request("DELETE", path), 401)
    other = expect(bob.request("DELETE", path), 403)

    assert_private(wrong, alice)
    assert_private(nobody, alice)
    assert_private(other, alice, bob)


@rule(3, "protect-users-me")
def test_me_shows_ones_own_address_and_nothing_else_that_is_private(alice: Blog) -> None:
    me = expect(alice.request("GET", "/users/me"), 200)

    assert {name for name, _ in fields(parsed(me)) if PRIVATE_FIELDS.search(name)} == {"email"}
    assert alice.account.password not in me.text
    assert not BCRYPT.search(me.text)


# The password of a form that is sent back: it would end up in logs and on screens.


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"password": "tell-no"}, id="too short"),
        pytest.param({"password": "tell-nobody" * 10}, id="too long"),
        pytest.param({"password": ["tell-nobody"]}, id="in an array"),
        pytest.param({"password": {"tell-nobody": "tell-nobody"}}, id="in an object"),
        pytest.param({"password": "tell-nobody\ud800"}, id="with a surrogate"),
        pytest.param({"password": "tell-nobody", "username": "-"}, id="with a bad name"),
        pytest.param({"password": "tell-nobody", "email": None}, id="with a bad address"),
        pytest.param({"password": "tell-nobody", "unknown": 1}, id="with an unknown field"),
        pytest.param({"password": "tell-nobody", "Password": "tell-nobody"}, id="twice"),
    ],
)
@rule(3, "hash-and-verify")
def test_a_refused_sign_up_does_not_repeat_the_password(
    alice: Blog, body: dict[str, object]
) -> None:
    refused = expect(alice.sign_up(**body), 422)

    assert "tell-no" not in refused.text


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'{"password": "tell-nobody"}', id="nothing else"),
        pytest.param(b'{"username": "abc", "password": "tell-nobody"}', id="no address"),
        pytest.param(b'[{"username": "abc", "password": "tell-nobody"}]', id="an array"),
        pytest.param(b'"password: tell-nobody"', id="a string"),
        pytest.param(b'{"username": "abc", "password": "tell-nobody", ', id="half an object"),
        pytest.param(b'{"password": "tell-nobody", "password": 1}', id="twice"),
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
@rule(3, "hash-and-verify")
def test_a_broken_sign_up_does_not_repeat_the_password(
    alice: Blog, content: bytes, content_type: str
) -> None:
    headers = {"Content-Type": content_type}

    refused = expect(alice.request("POST", "/users", content=content, headers=headers), 400, 422)

    assert "tell-no" not in refused.text


@pytest.mark.parametrize(
    "form",
    [
        {"password": "tell-nobody"},
        {"username": "a", "password": "tell-nobody", "grant_type": "none"},
    ],
)
@rule(3, "hash-and-verify")
def test_a_refused_login_does_not_repeat_the_password(blog: Blog, form: dict[str, str]) -> None:
    refused = expect(blog.request("POST", "/auth/token", form=form), 422)

    assert "tell-no" not in refused.text


@rule(3, "hash-and-verify")
def test_the_log_has_neither_passwords_nor_hashes(blog: Blog, server: Server) -> None:
    password = unique("tell-nobody")
    user = blog.create_user(password=password)

    assert blog.token_of(user["username"], password)
    expect(blog.log_in(user["username"], f"{password}!"), 401)

    assert password not in server.log
    assert not BCRYPT.search(server.log)
