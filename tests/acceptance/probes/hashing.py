"""Where and when passwords are hashed: threads, how many at a time, connections held meanwhile."""

import asyncio
import importlib
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import bcrypt

if TYPE_CHECKING:
    from .run import App

pool = importlib.import_module("pool")
lock = threading.Lock()
running = 0
seen: list[dict[str, int]] = []


def watched(hash_: Callable[..., Any]) -> Callable[..., Any]:
    """The hash function, slower, and telling what goes on while it runs."""

    def watch(*arguments: Any, **options: Any) -> Any:
        global running
        with lock:
            running += 1
            seen.append({"at_once": running, "held": pool.held, "thread": threading.get_ident()})
        try:
            time.sleep(0.03)
            return hash_(*arguments, **options)
        finally:
            with lock:
                running -= 1

    return watch


bcrypt.hashpw = watched(bcrypt.hashpw)
bcrypt.checkpw = watched(bcrypt.checkpw)


async def probe(app: "App", prefix: str, people: list[dict[str, str]]) -> object:
    """What was seen at each step; the first person comes alone, the others all at once."""
    sign_ups = [{"path": f"{prefix}/users", "body": person} for person in people]
    logins = [
        {
            "path": f"{prefix}/auth/token",
            "form": {"username": person["username"], "password": person["password"]},
        }
        for person in people
    ]
    return {
        "a sign-up": await _step(app, sign_ups[:1]),
        "sign-ups": await _step(app, sign_ups[1:]),
        "a login": await _step(app, logins[:1]),
        "logins": await _step(app, logins),
    }


async def _step(app: "App", requests: list[dict[str, Any]]) -> dict[str, object]:
    seen.clear()
    answers = await asyncio.gather(*(app.request("POST", **request) for request in requests))
    return {
        "statuses": [status for status, _ in answers],
        "hashes": len(seen),
        "at_once": max((hash_["at_once"] for hash_ in seen), default=0),
        "held": max((hash_["held"] for hash_ in seen), default=0),
        "on_the_loop": sum(hash_["thread"] == threading.get_ident() for hash_ in seen),
    }
