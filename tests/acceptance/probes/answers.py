"""What has been done by the moment at which an answer begins: commits, connections given back."""

import importlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

if TYPE_CHECKING:
    from .run import App, Message

pool = importlib.import_module("pool")
commits: list[object] = []
event.listen(Engine, "commit", commits.append)


async def probe(
    app: "App", prefix: str, person: dict[str, str], requests: list[dict[str, Any]]
) -> dict[str, dict[str, object]]:
    """For each request of a person who signs up: status, commits, connections in use."""
    token = await app.sign_up(prefix, person)
    return {
        f"{request['method']} {request['path']}": await _seen(app, request | {"token": token})
        for request in requests
    }


async def _seen(app: "App", request: dict[str, Any]) -> dict[str, object]:
    found: dict[str, object] = {}

    def watch(message: "Message") -> None:
        if message["type"] == "http.response.start":
            found.update(committed=bool(commits), held=pool.held, status=message["status"])

    commits.clear()
    await app.request(**request, watch=watch)
    return found
