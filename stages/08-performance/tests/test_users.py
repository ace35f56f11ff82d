import pytest
from fastapi.testclient import TestClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import User
from app.schemas import UserCreate
from tests.conftest import in_session

ANN = {"username": "ann", "email": "ann@example.com", "password": "correct horse"}


def test_a_new_user_is_answered_without_the_address(visitor: TestClient) -> None:
    response = visitor.post("/users", json=ANN)

    assert response.status_code == 201
    assert response.headers["Location"] == "/api/v1/users/1"
    assert response.json().keys() == {"id", "username", "created_at"}
    assert visitor.get("/users/1").json() == response.json()


def test_users_are_listed_by_id(visitor: TestClient) -> None:
    bob = visitor.post("/users", json=ANN | {"username": "bob", "email": "bob@example.com"}).json()
    ann = visitor.post("/users", json=ANN).json()

    assert visitor.get("/users").json()["items"] == [bob, ann]
    assert visitor.get("/users/2").json() == ann


@pytest.mark.parametrize("username", ["ann", "a" * 50])
def test_a_username_of_3_to_50_characters_is_accepted(visitor: TestClient, username: str) -> None:
    response = visitor.post("/users", json=ANN | {"username": username})

    assert response.status_code == 201


def test_usernames_are_lower_cased(visitor: TestClient) -> None:
    response = visitor.post("/users", json=ANN | {"username": " Ann_2-B "})

    assert response.json()["username"] == "ann_2-b"


@pytest.mark.parametrize(
    "change",
    [
        {"username": "an"},
        {"username": "a" * 51},
        {"username": "änn"},
        {"username": "ann smith"},
        {"username": "ann.smith"},
        {"email": "ann"},
        {"password": "secret"},
        {"password": "ä" * 37},
        {"password": "correct\0horse"},
        {"role": "admin"},
    ],
)
def test_an_invalid_user_is_refused(visitor: TestClient, change: dict[str, str]) -> None:
    response = visitor.post("/users", json=ANN | change)

    assert response.status_code == 422
    assert visitor.get("/users").json()["items"] == []


@pytest.mark.parametrize("change", [{"username": "Ann"}, {"email": " Ann@Example.com\n"}])
def test_a_taken_name_or_address_is_a_conflict(visitor: TestClient, change: dict[str, str]) -> None:
    visitor.post("/users", json=ANN)
    other = ANN | {"username": "bob", "email": "bob@example.com"}

    response = visitor.post("/users", json=other | change)

    assert response.status_code == 409
    assert "detail" in response.json()


def test_users_see_what_nobody_else_sees_of_them(client: TestClient) -> None:
    response = client.get("/users/me")

    assert response.status_code == 200
    assert response.json().keys() == {"id", "username", "email", "role", "created_at"}
    assert response.json()["email"] == "ann@example.com"
    assert response.json()["role"] == "user"


def test_an_error_does_not_repeat_the_password(visitor: TestClient) -> None:
    response = visitor.post("/users", json=ANN | {"password": "tiny-pw"})

    assert response.status_code == 422
    assert "tiny-pw" not in response.text


def test_a_password_is_stored_as_a_bcrypt_hash(client: TestClient) -> None:
    async def stored(session: AsyncSession) -> str:
        return (await session.get_one(User, 1)).hashed_password

    assert in_session(stored).startswith("$2b$")


@pytest.mark.parametrize("password", ["12345678", " 2345678 ", "a" * 72, "ä" * 36])
def test_a_password_of_8_characters_to_72_bytes_logs_in(visitor: TestClient, password: str) -> None:
    visitor.post("/users", json=ANN | {"password": password})

    response = visitor.post("/auth/token", data={"username": "ann", "password": password})

    assert response.status_code == 200


def test_a_password_is_not_shown_with_its_sign_up() -> None:
    assert "correct horse" not in repr(UserCreate(**ANN))
