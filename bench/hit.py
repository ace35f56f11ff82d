"""Where the time of a page from the cache goes: one route after the other does a little more.

Runs in the folder of a stage with a cache. It counts the time of the processor, without a server.
"""

import asyncio
import importlib
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request, Response
from starlette.types import ASGIApp, Message, Scope

ROUNDS = 31
CALLS = 40

sys.path.insert(0, str(Path.cwd()))
whole: Any = importlib.import_module("app.main").app
cache: Any = importlib.import_module("app.cache").cache
client: Any = importlib.import_module("app.redis_client").client
rows: Any = importlib.import_module("app.rows")
lists: Any = importlib.import_module("app.lists")
path_to: Any = importlib.import_module("app.addresses").path_to
get_current_user: Any = importlib.import_module("app.dependencies").get_current_user

Asked = Annotated[lists.PostQuery, Query()]
FIRST = lists.PostQuery()
BYTES = b"x" * 14_000
app = FastAPI()


async def page(query: Any) -> Response:
    found, _ = await cache.get(query.key, query.cache_tags, partial(rows.read_page, query))
    return Response(found, media_type="application/json")


async def page_with_links(query: Any) -> Response:
    response = await page(query)
    response.headers["Link"] = lists.links("/api/v1/posts", query, 50)
    return response


async def fixed() -> Response:
    return Response(BYTES)


async def one_get() -> Response:
    await client.get("nothing")
    return Response(BYTES)


async def cached() -> Response:
    return await page(FIRST)


async def linked() -> Response:
    return await page_with_links(FIRST)


async def asked(query: Asked) -> Response:
    return await page_with_links(query)


async def list_posts(query: Asked, request: Request) -> Response:
    path_to("list_posts", request)
    return await page_with_links(query)


PARTS: dict[str, tuple[Callable[..., Awaitable[Response]], list[Any]]] = {
    "plain FastAPI, the same bytes": (fixed, []),
    "and one GET": (one_get, []),
    "the cache in place of the GET": (cached, []),
    "and the header Link": (linked, []),
    "and the query as a model": (asked, []),
    "and the token": (asked, [Depends(get_current_user)]),
    "and the address of the route": (list_posts, [Depends(get_current_user)]),
}
for number, (route, dependencies) in enumerate(PARTS.values()):
    app.add_api_route(f"/{number}", route, dependencies=dependencies)


async def seconds_a_call(called: ASGIApp, path: str) -> float:
    """The mean of so many calls."""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        pass

    begin = time.process_time()
    for _ in range(CALLS):
        scope: Scope = {
            "type": "http", "asgi": {"spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "server": ("127.0.0.1", 80), "root_path": "", "path": path,
            "raw_path": path.encode(), "query_string": b"", "headers": [(b"host", b"blog")],
            "state": {},
        }  # fmt: skip
        await called(scope, receive, send)
    return (time.process_time() - begin) / CALLS


async def main() -> None:
    """Print the medians, and the part of each that one GET is."""
    called: dict[str, tuple[ASGIApp, str]] = {
        name: (app, f"/{number}") for number, name in enumerate(PARTS)
    }
    called["the whole app"] = (whole, "/api/v1/posts")
    took: dict[str, list[float]] = {name: [] for name in called}
    for _ in range(ROUNDS):
        for name, (one, path) in called.items():
            took[name].append(await seconds_a_call(one, path))
    least = median(took["and one GET"])
    for name, times in took.items():
        middle = median(times)
        print(f"a hit, {name}: {middle * 1e6:.0f} us, ratio {least / middle:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
