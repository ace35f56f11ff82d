"""Real time: every client that listens at `/ws` hears of each new post. A page shows them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fastapi import (
    APIRouter,
    Depends,
    Response,
    WebSocket,
    WebSocketDisconnect,
    WebSocketException,
    status,
)

from app import models, schemas
from app.settings import settings

router = APIRouter(include_in_schema=False)

# How many messages wait for a client, and how many seconds one message may take. A client that is
# slower than that has to come back later.
MAX_WAITING = 100
PATIENCE = 10
TRY_AGAIN_LATER = 1013  # a close code, from IANA's WebSocket registry

PAGE = Path(__file__).with_name("page")

# The browser loads what this server sends, and nothing else. It runs no code in the page itself.
# `data:` is for the empty icon of the page: without it, browsers ask for /favicon.ico.
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


class Client:
    """A listener: its waiting messages, and whether it is too slow."""

    def __init__(self) -> None:
        self.messages = asyncio.Queue[str](MAX_WAITING)
        self.too_slow = asyncio.Event()


class Hub:
    """All clients of this process. Nobody waits here: a message is put into each queue."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()

    @contextmanager
    def client(self) -> Iterator[Client]:
        """A new client, who hears all messages until the block ends."""
        client = Client()
        self.clients.add(client)
        try:
            yield client
        finally:
            self.clients.remove(client)

    def broadcast(self, message: str) -> None:
        for client in self.clients:
            try:
                client.messages.put_nowait(message)
            except asyncio.QueueFull:
                client.too_slow.set()


hub = Hub()


def announce(post: models.Post) -> None:
    """Tell all clients of a post that has become public. Call it after the commit."""
    event = schemas.PostCreated(post=schemas.Post.model_validate(post, from_attributes=True))
    hub.broadcast(event.model_dump_json())


def require_known_origin(websocket: WebSocket) -> None:
    """Refuse the handshake (403) of a page from another origin. CORS does not cover WebSockets.

    Browsers send `Origin`. No page can set `X-Forwarded-Host`, so it tells which host the browser
    asked, if a proxy asks for another.
    """
    origin = websocket.headers.get("Origin")
    if origin is None or origin in settings.cors_origins or "*" in settings.cors_origins:
        return
    host = origin.partition("://")[2]
    own = {websocket.headers.get("Host"), websocket.headers.get("X-Forwarded-Host")}
    if not host or host not in own:
        raise WebSocketException(status.WS_1008_POLICY_VIOLATION)


@router.websocket("/ws", dependencies=[Depends(require_known_origin)])
async def follow_posts(websocket: WebSocket) -> None:
    """Send the messages of the hub until the client goes, or is too slow."""
    with hub.client() as client:
        await websocket.accept()
        jobs = {
            asyncio.create_task(wait_for_goodbye(websocket)),
            asyncio.create_task(send_messages(websocket, client)),
            asyncio.create_task(client.too_slow.wait()),
        }
        try:
            done, _ = await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
        for job in done:
            job.result()  # raises what the job raised
    if client.too_slow.is_set():
        # A client that reads nothing does not get this either. Uvicorn keeps its connection until
        # the client reads or goes.
        with suppress(TimeoutError, WebSocketDisconnect):
            async with asyncio.timeout(PATIENCE):
                await websocket.close(TRY_AGAIN_LATER)


async def wait_for_goodbye(websocket: WebSocket) -> None:
    """Read what the client sends, and ignore it: the end of the connection is read here too."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass


async def send_messages(websocket: WebSocket, client: Client) -> None:
    """Send each message as soon as the client takes it."""
    with suppress(WebSocketDisconnect):
        while True:
            message = await client.messages.get()
            try:
                async with asyncio.timeout(PATIENCE):
                    await websocket.send_text(message)
            except TimeoutError:
                client.too_slow.set()
                return


@router.get("/")
def read_page() -> Response:
    return answer_with("live.html", "text/html")


@router.get("/live.css")
def read_style() -> Response:
    return answer_with("live.css", "text/css")


@router.get("/live.js")
def read_script() -> Response:
    return answer_with("live.js", "text/javascript")


def answer_with(name: str, media_type: str) -> Response:
    return Response((PAGE / name).read_bytes(), media_type=media_type, headers=HEADERS)
