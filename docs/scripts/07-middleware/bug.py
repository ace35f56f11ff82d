"""Your app with a bug: no route gets a session."""

from fastapi.testclient import TestClient

from app.dependencies import get_db
from app.main import app


def fail() -> None:
    raise RuntimeError("the inside")


app.dependency_overrides[get_db] = fail
client = TestClient(app, raise_server_exceptions=False)

answer = client.get("/api/v1/posts")

print(answer.status_code, "with an id:", "X-Request-ID" in answer.headers)
