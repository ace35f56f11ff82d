"""A session lasts as long as its request: whatever the answer, its connection goes back."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .run import App

pool = importlib.import_module("pool")


async def probe(app: "App", requests: list[dict[str, Any]]) -> dict[str, list[int]]:
    """The status of each request, and the connections in use once it has been answered."""
    app.function("get_db")
    statuses, connections = [], []
    for request in requests:
        statuses.append((await app.request(**request))[0])
        connections.append(pool.held)
    return {"statuses": statuses, "connections": connections}
