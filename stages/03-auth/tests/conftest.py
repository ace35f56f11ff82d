import os
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

FOLDER = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)

# The app reads its settings when it is imported. So the tests choose theirs first: a database of
# their own, and hashes that take a hundredth of the usual time.
os.environ["DATABASE_URL"] = f"sqlite:///{FOLDER.name}/test.db"
os.environ["BCRYPT_ROUNDS"] = "4"

from app.database import engine, new_session
from app.main import app
from app.models import Base, Role, User
from app.settings import settings

API = "http://testserver/api/v1"
PASSWORD = "correct horse"


def sign_up(visitor: TestClient, username: str) -> TestClient:
    """A client with the token of a new user."""
    body = {"username": username, "email": f"{username}@example.com", "password": PASSWORD}
    visitor.post("/users", json=body)
    form = {"username": username, "password": PASSWORD}
    token = visitor.post("/auth/token", data=form).json()["access_token"]
    return TestClient(app, base_url=API, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client of the app at `/api/v1` without a token, started on an empty database."""
    Base.metadata.drop_all(engine)
    monkeypatch.setattr(settings, "admin_username", None)
    with TestClient(app, base_url=API) as visitor:
        yield visitor


@pytest.fixture
def client(visitor: TestClient) -> TestClient:
    """The client of Ann, the user with the id 1."""
    return sign_up(visitor, "ann")


@pytest.fixture
def bob(visitor: TestClient, client: TestClient) -> TestClient:
    """The client of Bob, the user with the id 2."""
    return sign_up(visitor, "bob")


@pytest.fixture
def admin(visitor: TestClient, bob: TestClient) -> TestClient:
    """The client of the user with the id 3, an admin."""
    admin = sign_up(visitor, "admin")
    with new_session() as session:
        session.get_one(User, 3).role = Role.ADMIN
        session.commit()
    return admin


@pytest.fixture
def post(client: TestClient) -> dict[str, Any]:
    """The post with the id 1."""
    post: dict[str, Any] = client.post("/posts", json={"title": "Hello", "content": "World"}).json()
    return post
