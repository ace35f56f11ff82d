"""The cache: finished answers in Redis. A change makes them stale by their tags."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from typing import Any

from app import redis_client
from app.redis_client import Unavailable, breaker, client

# Seconds. Without jitter, entries that were stored together would also expire together.
SHORTEST = 30
LONGEST = 45
VERSION_LIFETIME = 3600

# Bytes. A larger answer is not stored.
LARGEST = 1_000_000

# The tag that every entry has.
ALL = "all"

Load = Callable[[bytes], Awaitable[bytes]]


class Outcome(StrEnum):
    """Where an answer came from: the header `X-Cache`."""

    HIT = "HIT"
    MISS = "MISS"
    BYPASS = "BYPASS"


class Cache:
    """Each tag has a version in Redis, and each entry begins with the versions of its tags.

    A change takes the versions of its tags away. The next reader makes new ones. Entries with the
    old ones are never used again.
    """

    def __init__(self) -> None:
        self.loads: dict[tuple[str, bytes], asyncio.Task[bytes]] = {}
        self.unheard = 0  # changes that Redis has not heard of
        self.catching_up: asyncio.Task[None] | None = None

    async def get(self, key: str, tags: Sequence[str], load: Load) -> tuple[bytes, Outcome]:
        """The entry with this key, or what `load` gives. Without Redis, it gets no versions."""
        try:
            versions, entry = await self.read(key, [*tags, ALL])
        except Unavailable:
            return await load(b""), Outcome.BYPASS
        if entry and entry.startswith(versions):
            return entry[len(versions) :], Outcome.HIT
        place = key, versions
        if place not in self.loads:  # requests that miss at the same time make one query
            self.loads[place] = asyncio.create_task(self.load(*place, load))
        return await asyncio.shield(self.loads[place]), Outcome.MISS

    async def read(self, key: str, tags: Sequence[str]) -> tuple[bytes, bytes | None]:
        """The versions of the tags in a row, and the entry. Raises Unavailable."""
        if self.unheard:
            raise Unavailable
        found: list[Any] = await breaker.call(lambda: client.mget([*map(version_key, tags), key]))
        *versions, entry = found
        if None in versions:
            versions = await self.new_versions(tags)
        if None in versions:  # something else has their keys
            raise Unavailable
        return b"".join(versions), entry

    async def load(self, key: str, versions: bytes, load: Load) -> bytes:
        """Load an answer, and store it under the versions from **before** the query."""
        try:
            answer = await load(versions)
            if len(answer) <= LARGEST:
                pipeline = client.pipeline(transaction=False)
                pipeline.set(key, versions + answer, ex=random.randint(SHORTEST, LONGEST))
                pipeline.dbsize()  # the Redis in memory removes what has expired when it counts
                with suppress(Unavailable):
                    await breaker.call(pipeline.execute)
            return answer
        finally:
            del self.loads[key, versions]

    @asynccontextmanager
    async def changing(self, *tags: str) -> AsyncIterator[None]:
        """Goes around a commit that changes what has these tags."""
        await self.forget(tags)  # in case that this process ends in the middle
        try:
            yield
        finally:
            await self.forget(tags)  # somebody may have stored the old rows meanwhile

    async def forget(self, tags: Sequence[str]) -> None:
        """Take the versions away. If Redis does not hear it, a task goes on trying."""
        try:
            await breaker.call(lambda: client.delete(*map(version_key, tags)))
        except Unavailable:
            self.unheard += 1
            if self.catching_up is None or self.catching_up.done():
                self.catching_up = asyncio.create_task(self.catch_up())

    async def catch_up(self) -> None:
        """Make all entries stale, as soon as Redis hears it. Until then, this process uses none."""
        while self.unheard:
            await asyncio.sleep(redis_client.PAUSE)
            missed = self.unheard
            with suppress(Unavailable):
                await breaker.call(lambda: client.delete(version_key(ALL)))
                self.unheard -= missed

    async def new_versions(self, tags: Sequence[str]) -> list[bytes]:
        """Give the tags that have no version a random one: return those that all readers see.

        Random, because nobody knows the last number after Redis has lost it. Raises Unavailable.
        """
        pipeline = client.pipeline(transaction=False)
        for tag in tags:
            pipeline.set(version_key(tag), secrets.token_bytes(16), ex=VERSION_LIFETIME, nx=True)
        pipeline.mget(map(version_key, tags))
        *_, versions = await breaker.call(pipeline.execute)
        return list(versions)


def version_key(tag: str) -> str:
    return f"version:{tag}"


cache = Cache()
