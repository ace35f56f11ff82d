from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine

from app import main
from app.database import new_session


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client of the app, started on an empty database of its own."""
    engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
    monkeypatch.setattr(main, "engine", engine)
    new_session.configure(bind=engine)
    with TestClient(main.app) as client:
        yield client
    engine.dispose()


@pytest.fixture
def post(client: TestClient) -> dict[str, Any]:
    """The post with the id 1."""
    post: dict[str, Any] = client.post("/posts", json={"title": "Hello", "content": "World"}).json()
    return post
