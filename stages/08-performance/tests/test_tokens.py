from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jose import jwt
from sqlalchemy.ext.asyncio import AsyncSession

from app import security
from app.models import User
from app.settings import settings
from tests.conftest import in_session

NOW = datetime.now(UTC)
SECRET = settings.jwt_secret.get_secret_value()
GOOD = {"sub": "1", "iat": NOW, "exp": NOW + timedelta(hours=1)}
OTHER_ALGORITHM = "HS512" if settings.algorithm != "HS512" else "HS256"


def encode(claims: dict[str, Any], key: str = SECRET, algorithm: str = settings.algorithm) -> str:
    return jwt.encode(claims, key, algorithm)


def test_a_token_names_its_user_and_expires(visitor: TestClient, client: TestClient) -> None:
    response = visitor.post("/auth/token", data={"username": " ANN ", "password": "correct horse"})
    claims = jwt.get_unverified_claims(response.json()["access_token"])

    assert response.status_code == 200
    assert response.json().keys() == {"access_token", "token_type", "expires_in"}
    assert response.json()["token_type"] == "bearer"
    assert response.headers["Cache-Control"] == "no-store"
    assert claims == {
        "sub": "1",
        "iat": claims["iat"],
        "exp": claims["iat"] + response.json()["expires_in"],
    }


@pytest.mark.parametrize(
    "form",
    [
        {"username": "ann", "password": "wrong horse"},
        {"username": "nobody", "password": "correct horse"},
        {"username": "Änn", "password": "correct horse"},
        {"username": "ann\0", "password": "correct horse"},
        {"username": "ann", "password": "a" * 73},
        {"username": "ann", "password": "correct\0horse"},
    ],
)
def test_a_failed_login_does_not_tell_why(
    visitor: TestClient, client: TestClient, form: dict[str, str]
) -> None:
    response = visitor.post("/auth/token", data=form)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json()["detail"] == "Wrong username or password"


def test_the_settings_say_how_long_a_token_is_valid(
    visitor: TestClient, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "access_token_minutes", 5)

    response = visitor.post("/auth/token", data={"username": "ann", "password": "correct horse"})
    claims = jwt.get_unverified_claims(response.json()["access_token"])

    assert response.json()["expires_in"] == 5 * 60
    assert claims["exp"] - claims["iat"] == 5 * 60


def test_a_good_token_is_read() -> None:
    assert security.read_token(encode(GOOD)) == 1


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        encode(GOOD)[:-4] + "AAAA",
        encode(GOOD, key=SECRET + "x"),
        encode(GOOD, algorithm=OTHER_ALGORITHM),
        encode({"sub": "1", "iat": NOW}),
        encode({"sub": "1", "exp": GOOD["exp"]}),
        encode({"iat": NOW, "exp": GOOD["exp"]}),
        encode(GOOD | {"exp": float("inf")}),
        encode(GOOD | {"sub": "0"}),
        encode(GOOD | {"sub": "ann"}),
        encode(GOOD | {"sub": "9" * 99}),
        b64encode(b'{"alg":' + b"[" * 9000).decode() + ".e30.e30",
    ],
)
def test_a_bad_token_is_refused(token: str) -> None:
    assert security.read_token(token) is None


def test_a_token_is_refused_from_the_second_of_its_expiry() -> None:
    token = encode(GOOD | {"exp": datetime.now(UTC)})

    assert security.read_token(token) is None


def test_a_token_without_a_signature_is_refused() -> None:
    # {"alg":"none"} . {"sub":"1","iat":0,"exp":9999999999} .
    token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIiwiaWF0IjowLCJleHAiOjk5OTk5OTk5OTl9."

    assert security.read_token(token) is None


def test_a_login_in_an_odd_encoding_is_refused(visitor: TestClient) -> None:
    part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    body = part.format("username", "+2AA-") + part.format("password", "correct horse") + "--x--"
    headers = {"Content-Type": "multipart/form-data; boundary=x; charset=utf-7"}

    response = visitor.post("/auth/token", content=body, headers=headers)

    assert response.status_code == 401


def test_a_login_that_lacks_a_field_says_so_once(visitor: TestClient) -> None:
    response = visitor.post("/auth/token", data={"username": "ann"})

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", "password"]]


@pytest.mark.parametrize("path", ["/posts", "/posts/1", "/users", "/users/1", "/users/me"])
@pytest.mark.parametrize("token", ["nonsense", ""])
def test_a_bad_token_is_401_on_public_routes_too(
    visitor: TestClient, path: str, token: str
) -> None:
    response = visitor.get(path, headers={"Authorization": f"Bearer {token}"})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_the_token_of_a_deleted_user_is_refused(visitor: TestClient, client: TestClient) -> None:
    async def delete(session: AsyncSession) -> None:
        await session.delete(await session.get_one(User, 1))

    in_session(delete)

    bob = {"username": "bob", "email": "bob@example.com", "password": "correct horse"}
    visitor.post("/users", json=bob)

    response = client.get("/users/me")

    assert response.status_code == 401


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic YW5uOmhvcnNl"}])
def test_without_a_token_nobody_writes(visitor: TestClient, headers: dict[str, str]) -> None:
    response = visitor.post("/posts", json={"title": "Hello", "content": "World"}, headers=headers)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_an_old_token_does_not_hinder_a_sign_up_or_a_login(visitor: TestClient) -> None:
    old = {"Authorization": "Bearer expired"}
    ann = {"username": "ann", "email": "ann@example.com", "password": "correct horse"}
    form = {"username": "ann", "password": "correct horse"}

    assert visitor.post("/users", json=ann, headers=old).status_code == 201
    assert visitor.post("/auth/token", data=form, headers=old).status_code == 200
