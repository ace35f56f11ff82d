import asyncio
import os
import threading
import time
from collections.abc import Coroutine

import pytest

from app import security


class Hasher:
    """Stands in for bcrypt, and remembers in which threads and how often at a time it ran."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.threads: set[int] = set()
        self.calls = 0
        self.running = 0
        self.most = 0

    def hash(self, password: str) -> str:
        with self.lock:
            self.threads.add(threading.get_ident())
            self.calls += 1
            self.running += 1
            self.most = max(self.most, self.running)
        time.sleep(0.01)
        with self.lock:
            self.running -= 1
        return password

    def verify(self, password: str, hashed: str) -> bool:
        return self.hash(password) == hashed


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> Hasher:
    hasher = Hasher()
    monkeypatch.setattr(security, "passwords", hasher)
    return hasher


async def all_at_once(*calls: Coroutine[None, None, object]) -> None:
    await asyncio.gather(*calls)


def test_hashing_stays_off_the_event_loop_and_leaves_a_core(hasher: Hasher) -> None:
    hashes = [security.hash_password("correct horse") for _ in range(8)]
    checks = [security.verify_password("correct horse", "hashed") for _ in range(8)]

    asyncio.run(all_at_once(*hashes, *checks))

    assert threading.get_ident() not in hasher.threads
    assert hasher.most == max(1, (os.cpu_count() or 1) - 1)


def test_without_a_hash_a_password_is_checked_all_the_same(hasher: Hasher) -> None:
    matches = asyncio.run(security.verify_password("correct horse", None))

    assert matches is False
    assert hasher.calls == 1
