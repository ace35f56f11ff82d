"""The smallest middleware: an app around an app."""

from fastapi import FastAPI
from fastapi.middleware import Middleware
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send


class Layer:
    def __init__(self, app: ASGIApp, name: str) -> None:
        self.app = app
        self.name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            print("the request passes", self.name)
        await self.app(scope, receive, send)
        if scope["type"] == "http":
            print("the response has passed", self.name)


app = FastAPI(middleware=[Middleware(Layer, name="A"), Middleware(Layer, name="B")])


@app.get("/")
def read_root() -> None:
    print("the route")


TestClient(app).get("/")
