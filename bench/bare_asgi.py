"""The least: an ASGI app that sends as many bytes as a page of 20 posts has."""

from typing import Any

BODY = {"type": "http.response.body", "body": b"x" * 14_000}
START = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"14000")]}


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send(START)
    await send(BODY)
