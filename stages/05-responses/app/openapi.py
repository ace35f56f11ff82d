"""The OpenAPI document: what FastAPI cannot know of the routes."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from app.errors import document_problems

TAGS = [
    {"name": "auth", "description": "Log in."},
    {"name": "posts", "description": "Read posts; write, change and delete one's own."},
    {"name": "users", "description": "Sign up, and see who else has."},
]
DESCRIPTION = """\
A blog: posts and their authors.

Reading needs no token. To write, sign up, log in, and send the token with each request. Every error
is a problem detail (RFC 9457).
"""


def operation_id(route: APIRoute) -> str:
    """What a generated client calls an operation: the name of its function, and nothing else."""
    return route.name


def complete_openapi(app: FastAPI) -> None:
    """Add to the document of the app, when it is first asked for."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        is_new = app.openapi_schema is None
        document = generate()
        if is_new:
            document_problems(document)
            document_optional_tokens(document)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def document_optional_tokens(openapi: dict[str, Any]) -> None:
    """Where no token is needed, one is still read: a bad one is refused, an author sees drafts."""
    for operations in openapi["paths"].values():
        for operation in operations.values():
            operation.setdefault("security", [{}, {"OAuth2PasswordBearer": []}])
