"""Two middlewares look at a context variable that the route sets."""

from contextvars import ContextVar

from fastapi import FastAPI, Request, Response
from fastapi.middleware import Middleware
from fastapi.testclient import TestClient
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.types import ASGIApp, Receive, Scope, Send

user: ContextVar[str] = ContextVar("user", default="nobody")


class Plain:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
        print("a plain class sees:", user.get())


class Convenient(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        print("BaseHTTPMiddleware sees:", user.get())
        return response


async def read_root() -> None:
    user.set("ann")


for middleware in (Convenient, Plain):
    app = FastAPI(middleware=[Middleware(middleware)])
    app.get("/")(read_root)
    TestClient(app).get("/")
