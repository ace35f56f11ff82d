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


def sign_up(client: TestClient, username: str) -> TestClient:
    """A client with the token of a new user."""
    body = {"username": username, "email": f"{username}@example.com", "password": PASSWORD}
    client.post("/users", json=body)
    form = {"username": username, "password": PASSWORD}
    token = client.post("/auth/token", data=form).json()["access_token"]
    return TestClient(main.app, base_url=API, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client of the app at `/api/v1`, started on an empty database of its own.

    It has no token. There is no first admin, and hashing takes a hundredth of its usual time.
    """
    engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
    monkeypatch.setattr(main, "engine", engine)
    new_session.configure(bind=engine)
    monkeypatch.setattr(settings, "admin_username", None)
    security.passwords.update(bcrypt__rounds=4)
    with TestClient(main.app, base_url=API) as client:
        yield client
    engine.dispose()


@pytest.fixture
def ann(client: TestClient) -> TestClient:
    """The user with the id 1."""
    return sign_up(client, "ann")


@pytest.fixture
def bob(client: TestClient, ann: TestClient) -> TestClient:
    """The user with the id 2."""
    return sign_up(client, "bob")


@pytest.fixture
def admin(client: TestClient, bob: TestClient) -> TestClient:
    """The user with the id 3, an admin."""
    admin = sign_up(client, "admin")
    with new_session() as session:
        session.get_one(User, 3).role = Role.ADMIN
        session.commit()
    return admin


@pytest.fixture
def post(ann: TestClient) -> dict[str, Any]:
    """The post with the id 1, by Ann."""
    post: dict[str, Any] = ann.post("/posts", json={"title": "Hello", "content": "World"}).json()
    return post
