"""Middleware: what happens to every request and every response, whatever the route."""

import re
import time
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.logging import request_id

# What a client may choose as an id: it goes into the log, so it holds no spaces and no line ends.
CHOSEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestId:
    """Gives each request an id: the client's, or a new one. The log and the response name it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        chosen = Headers(scope=scope).get("X-Request-ID", "")
        name = chosen if CHOSEN_ID.fullmatch(chosen) else str(uuid4())
        request_id.set(name)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                MutableHeaders(scope=message)["X-Request-ID"] = name
            await send(message)

        await self.app(scope, receive, send_with_id)


class ProcessTime:
    """Says how many seconds the app took, up to the first byte of the response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begin = time.perf_counter()

        async def send_with_time(message: Message) -> None:
            if message["type"] == "http.response.start":
                seconds = time.perf_counter() - begin
                message.setdefault("headers", [])
                MutableHeaders(scope=message)["X-Process-Time"] = f"{seconds:.6f}"
            await send(message)

        await self.app(scope, receive, send_with_time)
