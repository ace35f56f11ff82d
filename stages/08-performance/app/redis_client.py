"""Redis: what all processes of the app share. It can be slow or gone, and the app goes on."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

from fakeredis import FakeAsyncRedis
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from app.settings import MEMORY, settings

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# Seconds. Nobody waits longer for an answer. After a failure nobody asks Redis for a while. So a
# request that asks several times in this time waits once.
PATIENCE = 0.2
PAUSE = 1.0

# More questions at once would wait for each other, and each needs a connection.
AT_ONCE = 20


class Unavailable(Exception):
    """Redis gives no answer, or not in time, or has no room."""


class CircuitBreaker:
    """Asks Redis, but not for a second after a failure: nobody waits for the same silence again.

    After M. Nygard, Release It!, chapter 5, without his half-open state: then all ask again.
    """

    def __init__(self) -> None:
        self.turns = asyncio.Semaphore(AT_ONCE)
        self.closed_from = 0.0
        self.silent_until = 0.0

    async def call(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer of Redis. Raises Unavailable."""
        async with self.turns:
            if time.monotonic() < self.closed_from:
                raise Unavailable
            try:
                return await in_time(ask(), PATIENCE)
            except (RedisError, OSError) as error:  # TimeoutError is an OSError
                self.report(error)
                raise Unavailable from None

    def report(self, error: Exception) -> None:
        """Leave Redis alone for a while. The log says so once a minute at most."""
        now = time.monotonic()
        if not isinstance(error, ResponseError):  # it answers, so nobody has to wait for it
            self.closed_from = now + PAUSE
        if now > self.silent_until:
            logger.warning("We go on without Redis: %s", error)
            self.silent_until = now + 60


async def in_time(asked: Awaitable[Answer], seconds: float) -> Answer:
    """The answer, if it comes in time. Raises TimeoutError.

    The question goes on when we stop waiting: that Redis hears it late is better than never.
    """
    task = asyncio.ensure_future(asked)
    task.add_done_callback(forget_error)
    begin = time.monotonic()
    await asyncio.wait([task], timeout=seconds)
    if not task.done():
        # If our own loop was late, the answer may be here already. It gets that time, too.
        late = time.monotonic() - begin - seconds
        await asyncio.wait([task], timeout=late)
    if not task.done():
        raise TimeoutError(f"no answer in {PATIENCE} seconds")
    return task.result()


def forget_error(task: asyncio.Future[Any]) -> None:
    """Whoever still waits for the task gets its error. If nobody does, asyncio would log it."""
    if not task.cancelled():
        task.exception()


def new_client(address: str) -> Redis:
    """A client for the Redis at an address, or for one in the memory of this process.

    It tries twice: an old connection may be dead, and a new one works.
    """
    if address == MEMORY:
        logger.warning("REDIS_URL is not set. This process has a Redis of its own, in memory")
        return FakeAsyncRedis()
    return Redis.from_url(address, retry=Retry(NoBackoff(), 1), socket_timeout=1)


async def warm_up() -> None:
    """Open the connections before the first request. Without Redis, the app starts all the same."""
    with suppress(RedisError, OSError):
        async with asyncio.timeout(1):
            await asyncio.gather(*(client.ping() for _ in range(AT_ONCE)))


client = new_client(settings.redis_url)
breaker = CircuitBreaker()
