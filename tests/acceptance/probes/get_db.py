"""Every route gets its session from get_db(): what replaces it is what answers."""

from typing import TYPE_CHECKING

from fastapi import HTTPException

if TYPE_CHECKING:
    from .run import App


def refuse() -> None:
    """A get_db() that nobody can mistake for another."""
    raise HTTPException(418)


async def probe(app: "App", routes: list[list[str]], token: str) -> dict[str, int]:
    """The status of each route while get_db() refuses."""
    app.asgi.dependency_overrides[app.function("get_db")] = refuse
    body = {"title": "A title", "content": "Some content."}
    return {
        f"{method} {path}": (await app.request(method, path, body=body, token=token))[0]
        for method, path in routes
    }
