"""Which functions answer, and with what kind of session."""

import inspect
from typing import TYPE_CHECKING

from fastapi.routing import iter_route_contexts
from sqlalchemy.ext.asyncio import AsyncSession

if TYPE_CHECKING:
    from .run import App


async def probe(app: "App") -> dict[str, object]:
    """Whether each operation is a coroutine function, and whether get_db() is asynchronous."""
    endpoints = {
        f"{method} {route.path_format}": inspect.iscoroutinefunction(route.endpoint)
        for route in iter_route_contexts(app.asgi.routes)
        for method in route.methods or ()
    }
    sessions = app.function("get_db")()
    session = await anext(sessions)
    await sessions.aclose()
    return {"endpoints": endpoints, "async_session": isinstance(session, AsyncSession)}
