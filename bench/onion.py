"""What middleware costs: one route with none, with three of each kind, and with this stage's own.

Runs in the folder of a stage. The app is called without a server, so nothing hides the cost.
"""

import asyncio
import importlib
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from fastapi import FastAPI, Request, Response
from fastapi.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BYTES = b"x" * 8_000
ROUNDS = 31
CALLS = 200


class Plain:
    """Adds a header, as a plain ASGI class."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"].append((b"x-kind", b"plain"))
            await send(message)

        await self.app(scope, receive, send_with_header)


class Base(BaseHTTPMiddleware):
    """Adds a header, with Starlette's convenient class."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        response.headers["x-kind"] = "base"
        return response


def app_with(middleware: Iterable[Middleware]) -> FastAPI:
    """One route that answers with fixed bytes."""
    app = FastAPI(middleware=[*middleware])

    @app.get("/")
    async def answer() -> Response:
        return Response(BYTES)

    return app


async def seconds_a_call(app: ASGIApp) -> float:
    """The mean of so many calls."""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        pass

    begin = time.perf_counter()
    for _ in range(CALLS):
        scope: Scope = {
            "type": "http", "asgi": {"spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "server": ("127.0.0.1", 80), "root_path": "", "path": "/",
            "raw_path": b"/", "query_string": b"", "headers": [(b"host", b"blog")], "state": {},
        }  # fmt: skip
        await app(scope, receive, send)
    return (time.perf_counter() - begin) / CALLS


async def main() -> None:
    """Print the medians and their ratios to none."""
    sys.path.insert(0, str(Path.cwd()))
    own = getattr(importlib.import_module("app.main"), "middleware", [])
    kinds = {
        "none": [],
        "three plain": [Middleware(Plain)] * 3,
        "three base": [Middleware(Base)] * 3,
        f"the {len(own)} of this stage": own,
    }
    apps = {name: app_with(chosen) for name, chosen in kinds.items()}
    took: dict[str, list[float]] = {name: [] for name in apps}
    for _ in range(ROUNDS):
        for name, app in apps.items():
            took[name].append(await seconds_a_call(app))
    least = median(took["none"])
    for name, times in took.items():
        middle = median(times)
        print(f"middleware, {name}: {middle * 1e6:.0f} us a request, {middle / least:.2f} x none")


if __name__ == "__main__":
    asyncio.run(main())
