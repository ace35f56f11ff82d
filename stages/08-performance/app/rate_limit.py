"""Rate limits: how many writes and logins a client may make (RFC 6585, section 4)."""

import time
from math import ceil

from fastapi import HTTPException, Request
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from slowapi.util import get_remote_address

from app.dependencies import CurrentUser
from app.errors import MEANINGS
from app.redis_client import Unavailable, breaker, client
from app.settings import settings

# All processes count together in Redis. Without Redis, each process counts alone.
shared = FixedWindowRateLimiter(
    RedisStorage(
        "async+redis://",
        implementation="redispy",
        connection_pool=client.connection_pool,  # type: ignore[arg-type]
    )
)
alone = FixedWindowRateLimiter(MemoryStorage())


async def limit_writes(user: CurrentUser) -> None:
    await count(settings.rate_limit_writes, "writes", f"user {user.id}")


async def limit_sign_ups(request: Request) -> None:
    """Whoever signs up is no user yet, so the address counts. A sign-up is a write, too."""
    await count(settings.rate_limit_writes, "writes", get_remote_address(request))


async def limit_logins(request: Request) -> None:
    """Per address: with a limit per name, anybody could lock the others out."""
    await count(settings.rate_limit_login, "logins", get_remote_address(request))


async def count(limit: str, what: str, who: str) -> None:
    """Count a request. Raises 429 above the limit."""
    item = parse(limit)
    try:
        seconds = await breaker.call(lambda: seconds_to_wait(shared, item, what, who))
    except Unavailable:
        seconds = await seconds_to_wait(alone, item, what, who)
    if seconds:
        raise HTTPException(429, MEANINGS[429], {"Retry-After": str(seconds)})


async def seconds_to_wait(
    limiter: FixedWindowRateLimiter, limit: RateLimitItem, what: str, who: str
) -> int:
    """Count a request: 0, or the whole seconds until the next window begins."""
    if await limiter.hit(limit, what, who):
        return 0
    window = await limiter.get_window_stats(limit, what, who)
    # Redis rounds the rest of a window. A client that comes half a second too early is refused.
    return max(1, ceil(window.reset_time - time.time() + 0.5))
