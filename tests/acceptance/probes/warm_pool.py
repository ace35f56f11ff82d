"""The connections of all pools that are open when the app has started, and when it has stopped."""

from typing import TYPE_CHECKING

from sqlalchemy import event
from sqlalchemy.pool import Pool

if TYPE_CHECKING:
    from .run import App

opened: list[object] = []
closed: list[object] = []
event.listen(Pool, "connect", lambda connection, _: opened.append(connection))
event.listen(Pool, "close", lambda connection, _: closed.append(connection))


async def probe(app: "App") -> dict[str, int]:
    """How many are open now, and how many after another start and stop."""
    started = len(opened) - len(closed)
    async with app.asgi.router.lifespan_context(app.asgi):
        pass
    return {"started": started, "stopped": len(opened) - len(closed)}
