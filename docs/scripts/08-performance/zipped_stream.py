"""A stream through GZipMiddleware: when does the client get the first line?"""

import asyncio
import zlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import StreamingResponse

app = FastAPI()
app.add_middleware(GZipMiddleware)


async def lines() -> AsyncIterator[str]:
    for number in range(3):
        yield f"line {number}\n"
        await asyncio.sleep(0.2)


@app.get("/")
async def export() -> StreamingResponse:
    return StreamingResponse(lines(), media_type="text/plain")


async def main() -> None:
    unzip = zlib.decompressobj(wbits=31)

    async def receive() -> Any:
        return await asyncio.Event().wait()

    async def send(message: Any) -> None:
        if text := unzip.decompress(message.get("body", b"")):
            print("the client can read", text)

    headers = [(b"accept-encoding", b"gzip")]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}
    await app(scope, receive, send)


asyncio.run(main())
