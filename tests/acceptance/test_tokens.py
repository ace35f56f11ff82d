"""Tokens: who logs in gets one, and nothing but a real one opens anything."""

import math
import time
from collections.abc import Callable

import pytest

from . import forge
from .blog import PASSWORD, Blog, Body, expect, parsed, unique
from .database import Database
from .rules import rule
from .settings import SECRET


@rule(3, "token-endpoint")
def test_a_login_gives_a_bearer_token_and_says_how_long_it_lasts(alice: Blog) -> None:
    answer = parsed(expect(alice.log_in(alice.account.username, alice.account.password), 200))

    claims = forge.claims_of(answer["access_token"])
    assert set(answer) >= {"access_token", "token_type", "expires_in"}
    assert answer["token_type"] == "bearer"
    assert answer["expires_in"] == claims["exp"] - claims["iat"] > 0


@rule(3, "token-endpoint")
def test_a_token_names_the_user_and_when_it_was_made(alice: Blog) -> None:
    token = alice.token_of(alice.account.username, alice.account.password)

    claims = forge.claims_of(token)
    assert claims["sub"] == str(alice.account.id)
    assert abs(claims["iat"] - time.time()) < 60
    assert forge.header_of(token)["alg"] == "HS256"
    assert forge.is_signed_with(token, SECRET, "HS256")


@rule(3, "token-endpoint")
def test_the_name_is_trimmed_and_lower_cased_at_login_too(alice: Blog) -> None:
    name = f" {alice.account.username.upper()}\n"

    assert alice.token_of(name, alice.account.password)


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"username": "alice"}, id="no password"),
        pytest.param({"password": "correct horse battery"}, id="no name"),
        pytest.param(
            {"username": "a", "password": "b", "grant_type": "implicit"}, id="another grant"
        ),
    ],
)
@rule(3, "token-endpoint")
def test_a_form_that_lacks_something_is_422(blog: Blog, form: dict[str, str]) -> None:
    parsed(expect(blog.request("POST", "/auth/token", form=form), 422))


@rule(3, "token-endpoint")
def test_the_login_is_a_form_and_no_json(alice: Blog) -> None:
    body = {"username": alice.account.username, "password": alice.account.password}

    parsed(expect(alice.request("POST", "/auth/token", json_body=body), 422))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"username=%ED%A0%80&password=12345678", id="a surrogate as name"),
        pytest.param(b"username=\xff\xfe&password=12345678", id="a name that is not UTF-8"),
        pytest.param(b"username=a%00b&password=12345678", id="NUL in the name"),
        pytest.param(b"username=&password=12345678", id="an empty name"),
        pytest.param(b"username=" + b"x" * 100_000 + b"&password=12345678", id="a long name"),
        pytest.param(b"username=nobody&password=%ED%A0%80", id="a surrogate as password"),
        pytest.param(b"username=nobody&password=", id="an empty password"),
        pytest.param(b"username=nobody&password=12345678%00", id="NUL in the password"),
        pytest.param(b"username=a&username=b&password=12345678", id="two names"),
        pytest.param(b"&&&=%&username=%zz&password=%", id="bad escapes"),
    ],
)
@rule(3, "token-endpoint")
def test_a_strange_form_is_refused(blog: Blog, content: bytes) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    parsed(expect(blog.request("POST", "/auth/token", content=content, headers=form), 401, 422))


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@rule(3, "token-endpoint")
def test_a_login_is_a_post(blog: Blog, method: str) -> None:
    expect(blog.request(method, "/auth/token"), 405)


@rule(3, "protect-users-me")
def test_me_is_the_owner_of_the_token(alice: Blog) -> None:
    me = alice.me()

    assert set(me) == {"id", "username", "email", "role", "created_at"}
    assert (me["id"], me["username"]) == (alice.account.id, alice.account.username)
    assert (me["email"], me["role"]) == (alice.account.email, "user")


@rule(3, "protect-users-me")
def test_me_shows_the_address_in_small_letters(blog: Blog) -> None:
    name = unique("ivy")
    blog.create_user(username=name, email=f"{name.upper()}@Example.COM", password=PASSWORD)

    me = blog.with_token(blog.token_of(name, PASSWORD)).me()

    assert me["email"] == f"{name}@example.com"


@rule(3, "protect-users-me")
def test_me_is_401_without_a_token(blog: Blog) -> None:
    refused = expect(blog.request("GET", "/users/me"), 401)

    assert refused.headers.get("www-authenticate") == "Bearer"


@rule(3, "oauth2-skeleton")
def test_the_password_flow_of_the_schema_leads_to_a_token_that_works(alice: Blog) -> None:
    schemes = alice.schema()["components"]["securitySchemes"]
    (flow,) = [one["flows"]["password"] for one in schemes.values() if one["type"] == "oauth2"]
    form = {"username": alice.account.username, "password": alice.account.password}

    answer = alice.http.post(alice.http.base_url.join(flow["tokenUrl"]), data=form)

    token = parsed(expect(answer, 200))["access_token"]
    assert alice.with_token(token).me()["id"] == alice.account.id


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users/me"),
        ("POST", "/posts"),
        ("PUT", "/posts/1"),
        ("PATCH", "/posts/1"),
        ("DELETE", "/posts/1"),
    ],
)
@rule(3, "oauth2-skeleton")
def test_the_schema_marks_what_needs_a_token(blog: Blog, method: str, path: str) -> None:
    operation = blog.operation(method, path)

    assert operation["security"]


# Forgery. First the control: a token made here by the rules is as good as a real one.


def claims_for(blog: Blog, **changes: object) -> Body:
    """What a token for this user says, with changes; a change to None takes a claim out."""
    now = int(time.time())
    claims = {"sub": str(blog.account.id), "iat": now, "exp": now + 600} | changes
    return Body({name: value for name, value in claims.items() if value is not None})


@rule(3, "oauth2-jwt")
def test_a_token_made_by_the_rules_is_accepted(alice: Blog) -> None:
    forged = forge.token(claims_for(alice), SECRET)

    assert alice.with_token(forged).me()["id"] == alice.account.id


FORGERIES: dict[str, Callable[[Blog], str]] = {
    "no exp": lambda user: forge.token(claims_for(user, exp=None), SECRET),
    "expired": lambda user: forge.token(claims_for(user, exp=int(time.time()) - 60), SECRET),
    "expired this second": lambda user: forge.token(claims_for(user, exp=int(time.time())), SECRET),
    "exp of long ago": lambda user: forge.token(claims_for(user, exp=0), SECRET),
    "exp below zero": lambda user: forge.token(claims_for(user, exp=-1), SECRET),
    "endless exp": lambda user: forge.token(claims_for(user, exp=math.inf), SECRET),
    "exp is no number": lambda user: forge.token(claims_for(user, exp=math.nan), SECRET),
    "exp is a word": lambda user: forge.token(claims_for(user, exp="tomorrow"), SECRET),
    "exp is an array": lambda user: forge.token(claims_for(user, exp=[2**40]), SECRET),
    "iat is a word": lambda user: forge.token(claims_for(user, iat="now"), SECRET),
    "endless iat": lambda user: forge.token(claims_for(user, iat=math.inf), SECRET),
    "alg none": lambda user: forge.unsigned(claims_for(user), "none"),
    "alg None": lambda user: forge.unsigned(claims_for(user), "None"),
    "alg NONE": lambda user: forge.unsigned(claims_for(user), "NONE"),
    "alg nOnE": lambda user: forge.unsigned(claims_for(user), "nOnE"),
    "alg empty": lambda user: forge.unsigned(claims_for(user), ""),
    "alg none, and signed": lambda user: forge.token(
        claims_for(user), SECRET, header={"alg": "none"}
    ),
    "no alg": lambda user: forge.token(claims_for(user), SECRET, header={"typ": "JWT"}),
    "alg is null": lambda user: forge.token(claims_for(user), SECRET, header={"alg": None}),
    "alg is an array": lambda user: forge.token(
        claims_for(user), SECRET, header={"alg": ["HS256"]}
    ),
    "HS384 for HS256": lambda user: forge.token(claims_for(user), SECRET, algorithm="HS384"),
    "HS512 for HS256": lambda user: forge.token(claims_for(user), SECRET, algorithm="HS512"),
    "another key": lambda user: forge.token(claims_for(user), SECRET[:-1]),
    "an empty key": lambda user: forge.token(claims_for(user), ""),
    "a famous key": lambda user: forge.token(claims_for(user), "secret"),
    "other claims": lambda user: forge.with_claims(str(user.token), claims_for(user, sub="1")),
    "a longer life": lambda user: forge.with_claims(
        str(user.token), claims_for(user, exp=int(time.time()) + 10**6)
    ),
    "a changed signature": lambda user: forge.with_broken_signature(str(user.token)),
    "a cut signature": lambda user: forge.without_signature(str(user.token)),
    "no sub": lambda user: forge.token(claims_for(user, sub=None), SECRET),
    "sub is an integer": lambda user: forge.token(claims_for(user, sub=user.account.id), SECRET),
    "sub is a name": lambda user: forge.token(claims_for(user, sub=user.account.username), SECRET),
    "sub is empty": lambda user: forge.token(claims_for(user, sub=""), SECRET),
    "sub is a fraction": lambda user: forge.token(claims_for(user, sub="1.5"), SECRET),
    "sub is an array": lambda user: forge.token(
        claims_for(user, sub=[str(user.account.id)]), SECRET
    ),
    "sub is an object": lambda user: forge.token(claims_for(user, sub={"id": 1}), SECRET),
    "sub is true": lambda user: forge.token(claims_for(user, sub=True), SECRET),
    "sub is zero": lambda user: forge.token(claims_for(user, sub="0"), SECRET),
    "sub is negative": lambda user: forge.token(claims_for(user, sub="-1"), SECRET),
    "sub is nobody": lambda user: forge.token(claims_for(user, sub=str(2**31 - 1)), SECRET),
    "sub is 2**63": lambda user: forge.token(claims_for(user, sub=str(2**63)), SECRET),
    "sub is 10**30": lambda user: forge.token(claims_for(user, sub=str(10**30)), SECRET),
    "sub has 5000 digits": lambda user: forge.token(claims_for(user, sub="9" * 5000), SECRET),
    "sub has a surrogate": lambda user: forge.token(claims_for(user, sub="\ud800"), SECRET),
    "sub has NUL": lambda user: forge.token(claims_for(user, sub="1\x00"), SECRET),
    "claims are an array": lambda _: forge.token(["sub", "1"], SECRET),
    "claims are a string": lambda _: forge.token("1", SECRET),
    "claims are null": lambda _: forge.token(None, SECRET),
    "garbage": lambda _: "garbage",
    "two dots": lambda _: "..",
    "four parts": lambda user: f"{user.token}.{user.token}",
    "letters outside base64": lambda _: "!!!.???.***",
    "a very long one": lambda _: "x" * 8000,
}


@pytest.mark.parametrize("kind", FORGERIES)
@rule(3, "oauth2-jwt")
def test_a_forged_token_is_401(alice: Blog, kind: str) -> None:
    forger = alice.with_token(FORGERIES[kind](alice))

    refused = expect(forger.request("GET", "/users/me"), 401)

    assert refused.headers.get("www-authenticate") == "Bearer"


BAD_HEADERS: dict[str, bytes] = {
    "garbage": b"Bearer garbage",
    "nothing after Bearer": b"Bearer",
    "in small letters": b"bearer garbage",
    "not ASCII": b"Bearer \xe4\xf6",
}
PUBLIC = ["/posts", "/posts/{post}", "/users", "/users/{user}"]


@pytest.mark.parametrize("kind", [*BAD_HEADERS, "expired", "another key"])
@pytest.mark.parametrize("path", PUBLIC)
@rule(3, "oauth2-jwt")
def test_a_bad_token_is_401_on_public_routes_too(alice: Blog, path: str, kind: str) -> None:
    path = path.format(post=alice.create_post()["id"], user=alice.account.id)
    header = BAD_HEADERS.get(kind) or b"Bearer " + FORGERIES[kind](alice).encode()

    refused = expect(alice.request("GET", path, headers={"Authorization": header}), 401)

    assert refused.headers.get("www-authenticate") == "Bearer"


@pytest.mark.parametrize("header", ["Basic YWxpY2U6c2VjcmV0", "Bearer", "nonsense", ""])
@rule(3, "protect-users-me")
def test_what_is_no_bearer_token_does_not_open_me(alice: Blog, header: str) -> None:
    expect(alice.request("GET", "/users/me", headers={"Authorization": header}), 401)


@rule(3, "oauth2-jwt")
def test_the_token_of_a_deleted_user_is_401(blog: Blog, database: Database) -> None:
    gone = blog.new_user("gone")
    expect(gone.request("GET", "/users/me"), 200)

    database.delete_user(gone.account.username)

    expect(gone.request("GET", "/users/me"), 401)
    expect(gone.request("GET", "/posts"), 401)
    expect(blog.log_in(gone.account.username, gone.account.password), 401)


@rule(3, "oauth2-jwt")
def test_the_token_of_a_deleted_user_is_never_that_of_the_next(
    blog: Blog, database: Database
) -> None:
    gone = blog.new_user("gone")
    database.delete_user(gone.account.username)

    heir = blog.new_user("heir")

    assert heir.account.id > gone.account.id
    expect(gone.request("GET", "/users/me"), 401)


@rule(3, "token-endpoint")
def test_an_old_token_does_not_hinder_a_sign_up_or_a_login(blog: Blog, alice: Blog) -> None:
    late = blog.with_token("expired.long.ago")

    expect(late.sign_up(), 201)
    expect(late.log_in(alice.account.username, alice.account.password), 200)


@rule(3, "oauth2-jwt")
def test_the_login_is_found_behind_the_prefix_of_a_proxy_too(blog: Blog) -> None:
    schemes = blog.schema()["components"]["securitySchemes"].values()
    addresses = [scheme["flows"]["password"]["tokenUrl"] for scheme in schemes]

    assert [address for address in addresses if address.startswith("/")] == []
    assert addresses
