"""The OpenAPI document: what FastAPI cannot know about the routes."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from app import schemas
from app.errors import MEANINGS, PROBLEM_JSON, members

TAGS = [
    {"name": "auth", "description": "Log in."},
    {"name": "posts", "description": "Read posts. Write, change and delete your own."},
    {"name": "users", "description": "Sign up, and see who else has signed up."},
]
DESCRIPTION = """\
A blog: posts and their authors.

Reading needs no token. To write, sign up, log in, and send the token with each request. Every error
is a problem detail (RFC 9457).

Each response has an `X-Request-ID`: yours, if you send one (1 to 64 of `A-Za-z0-9._-`), or a new
one. Name it when you report an error. `X-Process-Time` is the time up to the first byte of the
response, in seconds.

To hear of each new post, open a WebSocket at `/ws`. It sends
`{"type": "post.created", "post": {…}}` and ignores what you send.
"""


def operation_id(route: APIRoute) -> str:
    """The name of an operation in a generated client: the name of its function, nothing else."""
    return route.name


def complete_openapi(app: FastAPI) -> None:
    """Let the app add its problems to the document when somebody first asks for it."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document_problems(generate())
        return generate()

    app.openapi = openapi  # type: ignore[method-assign]


def document_problems(openapi: dict[str, Any]) -> None:
    """Show each error of each operation as a problem, with an example."""
    for operations in openapi["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status == "422":
                    response["description"] = MEANINGS[422]
                if int(status) >= 400:
                    problem = described(int(status), response["description"])
                    response["content"] = {PROBLEM_JSON: problem}
    _, defined = models_json_schema(
        [(schemas.Problem, "serialization"), (schemas.ValidationProblem, "serialization")],
        ref_template="#/components/schemas/{model}",
    )
    components = openapi["components"]["schemas"]
    components |= defined["$defs"]
    components.pop("HTTPValidationError", None)
    components.pop("ValidationError", None)


def described(status: int, detail: str) -> dict[str, Any]:
    """The schema of a problem with this status, and an example of it."""
    name, example = "Problem", members(status, detail)
    if status == 422:
        name, example = "ValidationProblem", example | {"errors": [schemas.FIELD_ERROR]}
    return {"schema": {"$ref": f"#/components/schemas/{name}"}, "example": example}
