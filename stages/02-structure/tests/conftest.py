import os
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

FOLDER = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)

# The app reads its settings when it is imported. So the tests name their own database first.
os.environ["DATABASE_URL"] = f"sqlite:///{FOLDER.name}/test.db"

from app.database import engine
from app.main import app
from app.models import Base


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A client of the app at `/api/v1`, started on an empty database."""
    Base.metadata.drop_all(engine)
    with TestClient(app, base_url="http://testserver/api/v1") as client:
        yield client


@pytest.fixture
def post(client: TestClient) -> dict[str, Any]:
    """The post with the id 1."""
    post: dict[str, Any] = client.post("/posts", json={"title": "Hello", "content": "World"}).json()
    return post
