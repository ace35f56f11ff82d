"""A middleware that reads the body before the route does."""

import asyncio

from fastapi import FastAPI
from fastapi.middleware import Middleware
from httpx2 import ASGITransport, AsyncClient
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send


class ReadBody:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await Request(scope, receive).body()
        await self.app(scope, receive, send)


app = FastAPI(middleware=[Middleware(ReadBody)])


@app.post("/")
async def create(post: dict[str, str]) -> dict[str, str]:
    return post


async def main() -> None:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://blog") as client:
        try:
            async with asyncio.timeout(3):
                answer = await client.post("/", json={"title": "Hello"})
                print(answer.status_code, answer.text)
        except TimeoutError:
            print("no answer after 3 seconds")


asyncio.run(main())
