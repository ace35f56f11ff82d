import pytest
from fastapi.testclient import TestClient

ANN = {"username": "ann", "email": "ann@example.com"}


def test_a_new_user_is_answered_without_the_address(client: TestClient) -> None:
    response = client.post("/users", json=ANN)

    assert response.status_code == 201
    assert response.headers["Location"] == "/api/v1/users/1"
    assert response.json().keys() == {"id", "username", "created_at"}
    assert client.get("/users/1").json() == response.json()


def test_users_are_listed_by_id(client: TestClient) -> None:
    bob = client.post("/users", json={"username": "bob", "email": "bob@example.com"}).json()
    ann = client.post("/users", json=ANN).json()

    assert client.get("/users").json() == [bob, ann]
    assert client.get("/users/2").json() == ann


@pytest.mark.parametrize("username", ["ann", "a" * 50])
def test_a_username_of_3_to_50_characters_is_accepted(client: TestClient, username: str) -> None:
    response = client.post("/users", json=ANN | {"username": username})

    assert response.status_code == 201


def test_usernames_are_lower_cased(client: TestClient) -> None:
    response = client.post("/users", json=ANN | {"username": " Ann_2-B "})

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
    ],
)
def test_an_invalid_user_is_refused(client: TestClient, change: dict[str, str]) -> None:
    response = client.post("/users", json=ANN | change)

    assert response.status_code == 422
    assert client.get("/users").json() == []


@pytest.mark.parametrize("change", [{"username": "Ann"}, {"email": " Ann@Example.com\n"}])
def test_a_taken_name_or_address_is_a_conflict(client: TestClient, change: dict[str, str]) -> None:
    client.post("/users", json=ANN)
    other = {"username": "bob", "email": "bob@example.com"}

    response = client.post("/users", json=other | change)

    assert response.status_code == 409
    assert "detail" in response.json()


def test_without_tokens_everyone_is_the_placeholder(client: TestClient) -> None:
    response = client.get("/users/me")

    assert response.status_code == 200
    assert response.json() == client.get("/users/me").json()
    assert response.json()["username"] == "placeholder"
