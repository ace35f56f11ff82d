"""Middleware: what happens to every request and every response, whatever the route."""

import logging
import re
import time
from contextlib import suppress
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import MEANINGS, problem
from app.logging import request_id

logger = logging.getLogger(__name__)

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


class StopStream(Exception):
    """Nobody reads the rest of this response."""


class Head:
    """Answers HEAD as GET, without the body (RFC 9110, section 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body"})
            elif message.get("more_body"):
                raise StopStream

        with suppress(StopStream):
            await self.app({**scope, "method": "GET"}, receive, send_head)


class AnswerErrors:
    """Answers an error that nobody expected: 500. The traceback goes to the log alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_begun = False

        async def send_and_remember(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_remember)
        except Exception:
            if has_begun:
                raise  # too late for an answer: the server closes the connection
            logger.exception("An error that nobody expected")
            await problem(500, MEANINGS[500])(scope, receive, send)


class ShortStartError:
    """Lets the log say in one line why the app does not start, if it is a CannotStart."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_short(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed":
                last = message["message"].rstrip().rpartition("\n")[2]
                if last.startswith("app.database.CannotStart: "):
                    message["message"] = last.partition(": ")[2]
            await send(message)

        await self.app(scope, receive, send_short)
