from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine

from app import main, security
from app.database import new_session
from app.models import Role, User
from app.settings import settings

API = "http://testserver/api/v1"
PASSWORD = "correct horse"


def sign_up(visitor: TestClient, username: str) -> TestClient:
    """A client with the token of a new user."""
    body = {"username": username, "email": f"{username}@example.com", "password": PASSWORD}
    visitor.post("/users", json=body)
    form = {"username": username, "password": PASSWORD}
    token = visitor.post("/auth/token", data=form).json()["access_token"]
    return TestClient(main.app, base_url=API, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def visitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client of the app at `/api/v1`, started on an empty database of its own.

    It has no token. There is no first admin, and hashing takes a hundredth of its usual time.
    """
    engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
    monkeypatch.setattr(main, "engine", engine)
    new_session.configure(bind=engine)
    monkeypatch.setattr(settings, "admin_username", None)
    security.passwords.update(bcrypt__rounds=4)
    with TestClient(main.app, base_url=API) as visitor:
        yield visitor
    engine.dispose()


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
