import asyncio
import os
import threading
import time

import pytest

from app import security


class Hasher:
    """Stands in for bcrypt, and remembers in which threads and how often at a time it ran."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.threads: set[int] = set()
        self.running = 0
        self.most = 0

    def hash(self, password: str) -> str:
        with self.lock:
            self.threads.add(threading.get_ident())
            self.running += 1
            self.most = max(self.most, self.running)
        time.sleep(0.01)
        with self.lock:
            self.running -= 1
        return password


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> Hasher:
    hasher = Hasher()
    monkeypatch.setattr(security, "passwords", hasher)
    return hasher


async def hash_many(count: int) -> None:
    await asyncio.gather(*(security.hash_password("correct horse") for _ in range(count)))


def test_hashing_stays_off_the_event_loop_and_leaves_a_core(hasher: Hasher) -> None:
    asyncio.run(hash_many(16))

    assert threading.get_ident() not in hasher.threads
    assert hasher.most == max(1, (os.cpu_count() or 1) - 1)
