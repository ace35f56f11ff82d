from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jose import jwt

from app import security
from app.database import new_session
from app.models import User
from app.settings import settings

NOW = datetime.now(UTC)
SECRET = settings.jwt_secret.get_secret_value()
GOOD = {"sub": "1", "iat": NOW, "exp": NOW + timedelta(minutes=1)}


def encode(claims: dict[str, Any], key: str = SECRET, algorithm: str = settings.algorithm) -> str:
    return jwt.encode(claims, key, algorithm)


def test_a_token_names_its_user_and_expires(client: TestClient, ann: TestClient) -> None:
    response = client.post("/auth/token", data={"username": " ANN ", "password": "correct horse"})
    claims = jwt.get_unverified_claims(response.json()["access_token"])

    assert response.status_code == 200
    assert response.json()["token_type"] == "bearer"
    assert response.headers["Cache-Control"] == "no-store"
    assert claims["sub"] == "1"
    assert claims["exp"] - claims["iat"] == response.json()["expires_in"]


@pytest.mark.parametrize(
    "form",
    [
        {"username": "ann", "password": "wrong horse"},
        {"username": "nobody", "password": "correct horse"},
        {"username": "ann", "password": "a" * 73},
        {"username": "ann", "password": "correct\0horse"},
    ],
)
def test_a_failed_login_does_not_tell_why(
    client: TestClient, ann: TestClient, form: dict[str, str]
) -> None:
    response = client.post("/auth/token", data=form)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json() == {"detail": "Wrong username or password"}


def test_a_good_token_is_read() -> None:
    assert security.read_token(encode(GOOD)) == 1


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        encode(GOOD)[:-4] + "AAAA",
        encode(GOOD, key="another key"),
        encode(GOOD, algorithm="HS512"),
        encode({"sub": "1", "iat": NOW}),
        encode({"sub": "1", "exp": NOW + timedelta(minutes=1)}),
        encode({"iat": NOW, "exp": NOW + timedelta(minutes=1)}),
        encode(GOOD | {"exp": NOW}),
        encode(GOOD | {"exp": float("inf")}),
        encode(GOOD | {"sub": "0"}),
        encode(GOOD | {"sub": "ann"}),
        encode(GOOD | {"sub": "9" * 99}),
    ],
)
def test_a_bad_token_is_refused(token: str) -> None:
    assert security.read_token(token) is None


def test_a_token_without_a_signature_is_refused() -> None:
    # {"alg":"none"} . {"sub":"1","iat":0,"exp":9999999999} .
    token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIiwiaWF0IjowLCJleHAiOjk5OTk5OTk5OTl9."

    assert security.read_token(token) is None


@pytest.mark.parametrize("path", ["/posts", "/users/me"])
def test_a_bad_token_is_401_everywhere(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"Authorization": "Bearer nonsense"})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_the_token_of_a_deleted_user_is_refused(ann: TestClient) -> None:
    with new_session() as session:
        session.delete(session.get_one(User, 1))
        session.commit()

    response = ann.get("/users/me")

    assert response.status_code == 401
