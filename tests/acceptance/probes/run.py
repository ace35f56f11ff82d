"""Runs one probe on the app of the working directory, and writes what it found to a file.

The command line names the probe, a module beside this one, its arguments as JSON, and the file. An
exception is found as `error`. What the app prints is its own affair.
"""

import asyncio
import importlib
import json
import sys
import traceback
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI

Message = MutableMapping[str, Any]


class App:
    """The app, asked inside this process and without a network."""

    def __init__(self) -> None:
        self.asgi: FastAPI = importlib.import_module("app.main").app

    def function(self, name: str) -> Callable[..., Any]:
        """The app's function called `name`, in whatever module. Raises LookupError."""
        modules = [module for path, module in sys.modules.items() if path.split(".")[0] == "app"]
        found = {getattr(module, name) for module in modules if hasattr(module, name)}
        if len(found) != 1:
            raise LookupError(f"the app has {len(found)} functions {name}() instead of one")
        function: Callable[..., Any] = found.pop()
        return function

    async def sign_up(self, prefix: str, person: dict[str, str]) -> str:
        """The token of somebody who signs up here."""
        login = {"username": person["username"], "password": person["password"]}
        await self.request("POST", f"{prefix}/users", body=person)
        _, answer = await self.request("POST", f"{prefix}/auth/token", form=login)
        return str(answer["access_token"])

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        body: object = None,
        form: dict[str, str] | None = None,
        token: str | None = None,
        watch: Callable[[Message], None] = lambda _: None,
    ) -> tuple[int, Any]:
        """Status and JSON of one answer; `watch` is called with each message as it is sent."""
        content = b"" if body is None else json.dumps(body).encode()
        content_type = b"application/json"
        if form is not None:
            content, content_type = urlencode(form).encode(), b"application/x-www-form-urlencoded"
        headers = [(b"host", b"testserver"), (b"content-type", content_type)]
        headers += [(b"content-length", str(len(content)).encode())]
        headers += [(b"authorization", f"Bearer {token}".encode())] if token else []
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "http", "path": path, "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "", "headers": headers, "client": ("127.0.0.1", 1),
            "server": ("testserver", 80), "state": {},
        }  # fmt: skip
        incoming = [{"type": "http.request", "body": content, "more_body": False}]
        sent: list[Message] = []

        async def receive() -> Message:
            if not incoming:
                await asyncio.Event().wait()
            return incoming.pop()

        async def send(message: Message) -> None:
            watch(message)
            sent.append(message)

        await self.asgi(scope, receive, send)
        answer = b"".join(message.get("body", b"") for message in sent)
        return sent[0]["status"], json.loads(answer) if answer else None


async def run(name: str, arguments: dict[str, object]) -> object:
    """What the probe finds while the app is started."""
    probe = importlib.import_module(name).probe
    app = App()
    async with app.asgi.router.lifespan_context(app.asgi):
        return await probe(app, **arguments)


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    try:
        found = asyncio.run(run(sys.argv[1], json.loads(sys.argv[2])))
    except Exception:
        found = {"error": traceback.format_exc()}
    Path(sys.argv[3]).write_text(json.dumps(found), "utf-8")
