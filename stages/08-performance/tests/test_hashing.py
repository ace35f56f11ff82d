import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from app import security

ANN = {"username": "ann", "email": "ann@example.com", "password": "correct horse"}


class Hasher:
    """Stands in for bcrypt, and remembers how it was called."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.threads: set[str] = set()
        self.calls = 0
        self.running = 0
        self.most_running = 0
        self.connections = 0
        self.most_connections = 0

    def hash(self, password: str) -> str:
        with self.lock:
            self.threads.add(threading.current_thread().name.partition("_")[0])
            self.calls += 1
            self.running += 1
            self.most_running = max(self.most_running, self.running)
            self.most_connections = max(self.most_connections, self.connections)
        time.sleep(0.01)
        with self.lock:
            self.running -= 1
        return password

    def note_checkout(self, *_call: object) -> None:
        self.connections += 1

    def note_checkin(self, *_call: object) -> None:
        self.connections -= 1

    def verify(self, password: str, hashed: str) -> bool:
        return self.hash(password) == hashed


@pytest.fixture
def hasher(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hasher]:
    hasher = Hasher()
    monkeypatch.setattr(security, "passwords", hasher)
    event.listen(engine.sync_engine, "checkout", hasher.note_checkout)
    event.listen(engine.sync_engine, "checkin", hasher.note_checkin)
    yield hasher
    event.remove(engine.sync_engine, "checkout", hasher.note_checkout)
    event.remove(engine.sync_engine, "checkin", hasher.note_checkin)


def test_hashes_run_in_threads_of_their_own(
    hasher: Hasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security, "hashing", ThreadPoolExecutor(2, "hashing"))

    async def hash_and_check() -> None:
        hashes = [security.hash_password("correct horse") for _ in range(8)]
        checks = [security.verify_password("correct horse", "hashed") for _ in range(8)]
        await asyncio.gather(*hashes, *checks)

    asyncio.run(hash_and_check())

    assert hasher.calls == 16
    assert hasher.threads == {"hashing"}
    assert hasher.most_running == 2


def test_without_a_hash_a_password_is_checked_all_the_same(hasher: Hasher) -> None:
    matches = asyncio.run(security.verify_password("correct horse", None))

    assert matches is False
    assert hasher.calls == 1


def test_no_connection_is_out_while_a_password_is_hashed(
    visitor: TestClient, hasher: Hasher
) -> None:
    visitor.post("/users", json=ANN)
    visitor.post("/auth/token", data={"username": "ann", "password": "correct horse"})

    assert hasher.calls == 2
    assert hasher.threads == {"hashing"}
    assert hasher.most_connections == 0


@pytest.mark.parametrize("change", [{"username": "ann"}, {"email": "ann@example.com"}])
def test_a_sign_up_in_vain_hashes_nothing(
    visitor: TestClient, hasher: Hasher, change: dict[str, str]
) -> None:
    visitor.post("/users", json=ANN)
    hasher.calls = 0

    response = visitor.post(
        "/users", json=ANN | {"username": "bob", "email": "bob@example.com"} | change
    )

    assert response.status_code == 409
    assert hasher.calls == 0
