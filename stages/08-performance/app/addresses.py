"""The addresses of routes, for headers."""

from typing import Any

from fastapi import Request


def path_to(route: str, request: Request, **parameters: Any) -> str:
    """The path of a route, with the prefix under which a proxy serves the app."""
    path = request.app.url_path_for(route, **parameters)
    return f"{request.scope['root_path'].rstrip('/')}{path}"
