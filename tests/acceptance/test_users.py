"""Users: sign up, list, read; names and addresses are unique, addresses are private."""

from datetime import UTC, datetime, timedelta

import pytest

from .blog import Blog, expect, parsed, succeeded, unique
from .rules import rule
from .times import utc


@rule(1, "users-crud")
def test_a_new_user_can_be_read_back(blog: Blog) -> None:
    name = unique("carol")

    user = blog.create_user(username=name)

    assert user["username"] == name
    assert blog.read_user(user["id"]) == user


@rule(1, "users-crud")
def test_the_list_holds_every_user(blog: Blog) -> None:
    first, second = blog.create_user(), blog.create_user()

    listed = blog.users()

    assert first in listed
    assert second in listed


@rule(1, "users-crud")
def test_a_user_is_created_with_201_and_a_location(blog: Blog) -> None:
    response = blog.sign_up()

    user = parsed(expect(response, 201))
    assert blog.location(response) == f"{blog.prefix}/users/{user['id']}"


@rule(1, "users-crud")
def test_a_user_shows_id_name_and_age_and_no_address(blog: Blog) -> None:
    user = blog.create_user()

    assert set(user) == {"id", "username", "created_at"}
    assert set(blog.read_user(user["id"])) == {"id", "username", "created_at"}
    assert {frozenset(listed) for listed in blog.users()} == {frozenset(user)}


@rule(1, "users-crud")
def test_a_user_says_since_when_in_utc(blog: Blog) -> None:
    user = blog.create_user()

    assert abs(datetime.now(UTC) - utc(user["created_at"])) < timedelta(minutes=1)


@rule(1, "not-found")
def test_a_missing_user_is_404(blog: Blog) -> None:
    there = blog.create_user()["id"]

    expect(blog.request("GET", f"/users/{there}"), 200)
    expect(blog.request("GET", f"/users/{2**31 - 1}"), 404)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("abc", id="3 characters"),
        pytest.param("x" * 50, id="50 characters"),
        pytest.param("a_b-c_9", id="all kinds of characters"),
        pytest.param("012", id="digits"),
    ],
)
@rule(1, "validation")
def test_a_proper_username_is_taken(blog: Blog, name: str) -> None:
    assert blog.create_user(username=name)["username"] == name


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("ab", id="2 characters"),
        pytest.param("x" * 51, id="51 characters"),
        pytest.param("  ab  ", id="2 characters and spaces"),
        pytest.param("", id="empty"),
        pytest.param("   ", id="spaces"),
        "two words",
        "with.dot",
        "a@b",
        "ann\u0000",
        pytest.param("\u212aelvin", id="the sign for Kelvin"),
        pytest.param("\u00e4nn", id="an umlaut"),
        pytest.param("\u0430nna", id="a Cyrillic a"),
        pytest.param("\u0661\u0662\u0663", id="Arabic digits"),
        pytest.param("\u0130stanbul", id="a dotted capital I"),
        pytest.param("\ufb01sh", id="a ligature"),
        pytest.param("\uff41\uff42\uff43", id="wide letters"),
    ],
)
@rule(1, "validation")
def test_an_improper_username_is_refused(blog: Blog, name: str) -> None:
    expect(blog.sign_up(username=name), 422)


@rule(1, "trim-strings")
def test_a_username_is_trimmed_and_lower_cased(blog: Blog) -> None:
    name = unique("dora")

    user = blog.create_user(username=f" \t{name.upper()}\n")

    assert user["username"] == name


@rule(1, "trim-strings")
def test_an_address_is_trimmed(blog: Blog) -> None:
    address = f"{unique('emil')}@example.com"
    blog.create_user(email=f"  {address}\n")

    expect(blog.sign_up(email=address), 409)


@pytest.mark.parametrize(
    "address",
    ["", "   ", "nobody", "@example.com", "a@", "a b@example.com", "a\x00b@example.com"],
)
@rule(1, "validation")
def test_what_is_no_address_is_refused(blog: Blog, address: str) -> None:
    expect(blog.sign_up(email=address), 422)


@pytest.mark.parametrize("missing", ["username", "email"])
@rule(1, "validation")
def test_a_sign_up_names_user_and_address(blog: Blog, missing: str) -> None:
    body = blog.sign_up_body()
    del body[missing]

    expect(blog.request("POST", "/users", json_body=body), 422)


@rule(1, "users-crud", until=2)
def test_there_is_no_password_as_long_as_none_can_be_kept(blog: Blog) -> None:
    body = blog.sign_up_body()

    expect(blog.request("POST", "/users", json_body=body | {"password": "correct horse"}), 422)

    succeeded(blog.request("POST", "/users", json_body=body))


@rule(1, "integrity-conflict")
def test_a_taken_username_is_409(blog: Blog) -> None:
    name = unique("fay")
    blog.create_user(username=name)

    expect(blog.sign_up(username=name), 409)
    expect(blog.sign_up(username=name.upper()), 409)


@rule(1, "integrity-conflict")
def test_a_taken_address_is_409_however_it_is_written(blog: Blog) -> None:
    name = unique("gil")
    blog.create_user(email=f"{name}@example.com")

    expect(blog.sign_up(email=f"{name}@example.com"), 409)
    expect(blog.sign_up(email=f"{name.upper()}@Example.COM"), 409)


@rule(1, "integrity-conflict")
def test_a_conflict_shows_no_sql_and_leaves_no_user(blog: Blog) -> None:
    name, other = unique("hal"), unique("ida")
    blog.create_user(username=name)

    conflict = expect(blog.sign_up(username=name, email=f"{other}@example.com"), 409)

    assert_nothing_of_the_database(conflict.text)
    succeeded(blog.sign_up(username=other, email=f"{other}@example.com"))


def assert_nothing_of_the_database(text: str) -> None:
    """The text speaks neither of SQL nor of where the code failed."""
    words = ["sql", "insert into", "unique constraint", "integrityerror", "traceback", "users."]
    assert [word for word in words if word in text.lower()] == []


@rule(1, "integrity-conflict")
def test_after_a_conflict_the_next_request_works(blog: Blog) -> None:
    name = unique("jon")
    blog.create_user(username=name)

    expect(blog.sign_up(username=name), 409)

    assert name in [user["username"] for user in blog.users()]
    blog.create_user()
