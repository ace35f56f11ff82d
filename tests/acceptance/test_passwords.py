"""Passwords: which are taken, how they are kept, and that nothing tells them."""

import re

import pytest

from .blog import Blog, expect, kind, parsed, succeeded, unique
from .database import Database, database_of
from .rules import rule, slow
from .timing import login_seconds
from .visits import Restarted

TAKEN = {
    "8 characters": "abcdefgh",
    "8 characters of 4 bytes": "\U0001f600" * 8,
    "8 spaces": " " * 8,
    "spaces around": "  pass word ",
    "line ends around": "\npass word\t",
    "72 bytes": "x" * 72,
    "72 bytes of 3": "\u20ac" * 24,
    "72 bytes of 4": "\U0001f600" * 18,
    "letters that are not ASCII": "p\u00e4ssw\u00f6rd",
}
REFUSED = {
    "nothing": "",
    "7 characters": "abcdefg",
    "7 characters of 4 bytes": "\U0001f600" * 7,
    "73 bytes": "x" * 73,
    "74 bytes, 25 characters": "\u20ac" * 24 + "\u00e4",
    "76 bytes of 4": "\U0001f600" * 19,
    "a million": "x" * 1_000_000,
    "a surrogate": "abcdefgh\ud800",
}


@pytest.mark.parametrize("kind", TAKEN)
@rule(3, "hash-and-verify")
def test_a_password_of_8_characters_to_72_bytes_opens(blog: Blog, kind: str) -> None:
    user = blog.create_user(password=TAKEN[kind])

    assert blog.token_of(user["username"], TAKEN[kind])


@pytest.mark.parametrize("kind", REFUSED)
@rule(3, "hash-and-verify")
def test_a_shorter_or_longer_password_is_422(alice: Blog, kind: str) -> None:
    parsed(expect(alice.sign_up(password=REFUSED[kind]), 422))


@pytest.mark.parametrize("value", [None, 12345678, 1.5, True, [], ["abcdefgh"], {}])
@rule(3, "hash-and-verify")
def test_a_password_is_a_text(alice: Blog, value: object) -> None:
    expect(alice.sign_up(password=value), 422)


@rule(3, "hash-and-verify")
def test_a_sign_up_needs_a_password(blog: Blog) -> None:
    body = blog.sign_up_body()
    succeeded(blog.request("POST", "/users", json_body=body))
    del body["password"]

    expect(blog.request("POST", "/users", json_body=body), 422)


@pytest.mark.parametrize(
    ("password", "almost"),
    [
        pytest.param("  pass word ", "pass word", id="trimmed"),
        pytest.param("pass word", " pass word ", id="padded"),
        pytest.param("Pass Word", "pass word", id="in small letters"),
        pytest.param("x" * 72, "x" * 73, id="73 bytes for 72"),
        pytest.param("x" * 72, "x" * 71, id="71 bytes for 72"),
        pytest.param("\u20ac" * 24, "\u20ac" * 25, id="75 bytes for 72"),
        pytest.param("abcdefgh", "abcdefgh\x00", id="NUL at the end"),
        pytest.param("abcdefgh", "", id="nothing"),
    ],
)
@rule(3, "hash-and-verify")
def test_almost_the_password_does_not_open(blog: Blog, password: str, almost: str) -> None:
    user = blog.create_user(password=password)

    expect(blog.log_in(user["username"], almost), 401, 422)

    assert blog.token_of(user["username"], password)


@pytest.mark.parametrize("password", ["\x00abcdefgh", "abcd\x00efgh", "abcdefgh\x00"])
@rule(3, "hash-and-verify", until=3)
def test_a_password_with_nul_is_refused_or_counts_to_its_end(blog: Blog, password: str) -> None:
    body = blog.sign_up_body(password=password)

    signed_up = kind(blog.request("POST", "/users", json_body=body).status_code)

    login = blog.log_in(body["username"], password).status_code
    cut_off = blog.log_in(body["username"], password.split("\x00")[0]).status_code
    assert (signed_up, login) in {(200, 200), (422, 401), (422, 422)}
    assert cut_off in {401, 422}


# What a refusal tells


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("not the password", id="wrong"),
        pytest.param("x" * 73, id="73 bytes"),
        pytest.param("\u20ac" * 1000, id="3000 bytes"),
    ],
)
@rule(3, "hash-and-verify")
def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(
    blog: Blog, alice: Blog, password: str
) -> None:
    wrong = expect(blog.log_in(alice.account.username, password), 401)
    unknown = expect(blog.log_in(unique("nobody"), password), 401)

    assert wrong.content == unknown.content
    assert wrong.headers.get("www-authenticate") == "Bearer"
    assert unknown.headers.get("www-authenticate") == "Bearer"
    assert set(wrong.headers) == set(unknown.headers)


@rule(3, "hash-and-verify")
def test_a_password_that_is_too_long_gets_the_answer_of_a_wrong_one(
    blog: Blog, alice: Blog
) -> None:
    too_long = expect(blog.log_in(alice.account.username, "x" * 73), 401)

    wrong = expect(blog.log_in(alice.account.username, "not the password"), 401)
    assert too_long.content == wrong.content


@slow
@rule(3, "hash-and-verify")
def test_the_time_of_a_refusal_does_not_tell_whether_the_user_exists(bare: Restarted) -> None:
    wrong, unknown = login_seconds(bare.blog, bare.early.account.username, unique("nobody"))

    assert 0.8 < unknown / wrong < 1.25


# What is kept


@rule(3, "password-hashing")
def test_a_password_is_kept_as_a_bcrypt_hash_and_nothing_else(
    blog: Blog, database: Database
) -> None:
    name, password = unique("kept"), unique("a-password-like-no-other")
    blog.create_user(username=name, password=password)

    row = [str(value) for value in database.user_row(name)]

    hashes = [value for value in row if re.fullmatch(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}", value)]
    assert len(hashes) == 1
    assert password.encode() not in database.everything()


@rule(3, "password-hashing")
def test_equal_passwords_have_different_hashes(blog: Blog, database: Database) -> None:
    first, second = blog.create_user()["username"], blog.create_user()["username"]

    rows = [database.user_row(name) for name in (first, second)]

    hashes = [value for row in rows for value in row if str(value).startswith("$2")]
    assert len(set(hashes)) == 2


@slow
@rule(3, "password-hashing")
def test_without_a_setting_the_hash_is_slow(bare: Restarted) -> None:
    row = database_of(bare.server).user_row(bare.early.account.username)

    (cost,) = [int(str(value)[4:6]) for value in row if str(value).startswith("$2")]
    assert cost >= 10
