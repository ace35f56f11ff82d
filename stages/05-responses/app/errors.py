"""The errors that the API answers with: made here, and documented here."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic.json_schema import models_json_schema
from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.routing import Match

from app import schemas

PROBLEM_JSON = "application/problem+json"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# What a status means here: what is said of it in the documentation, and where nobody knows more.
MEANINGS = {
    400: "The body cannot be read",
    401: "This needs a token that is valid: log in for one",
    403: "Only its author may do this, or an admin",
    404: "There is nothing at this address",
    405: "Nothing at this address takes this method: see the header Allow",
    409: "Already taken: choose another value",
    422: "The request does not fit: the errors say what and where",
    500: "Something is wrong on this side: try again later",
}


def problem(
    status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """The answer to an error of whatever kind: a problem detail (RFC 9457)."""
    return JSONResponse(members(status, detail) | more, status, headers, PROBLEM_JSON)


def members(status: int, detail: str) -> dict[str, Any]:
    """What every problem has. `about:blank` says that the status tells enough of its type."""
    return {"type": "about:blank", "title": title(status), "status": status, "detail": detail}


def title(status: int) -> str:
    """The status in the words of RFC 9110; Python knows older ones for 422 before 3.13."""
    return "Unprocessable Content" if status == 422 else HTTPStatus(status).phrase


def unauthorized(detail: str) -> HTTPException:
    """401, which has to say how one identifies oneself (RFC 9110, section 11.6.1)."""
    return HTTPException(401, detail, {"WWW-Authenticate": "Bearer"})


async def answer_exception(request: Request, error: AnyHTTPException) -> Response:
    """What a route raises, and what the framework does: an unknown path, a wrong method."""
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(allowed_methods(request))
    is_explained = error.detail != HTTPStatus(error.status_code).phrase
    detail = error.detail if is_explained else MEANINGS.get(error.status_code, error.detail)
    return problem(error.status_code, detail, headers)


def allowed_methods(request: Request) -> list[str]:
    """The methods that this path takes. Starlette names those of the first route alone."""
    scope = {"type": "http"} | {key: request.scope[key] for key in ("path", "root_path")}
    found = [
        method
        for method in METHODS
        for route in request.app.routes
        if route.matches(scope | {"method": method})[0] == Match.FULL
    ]
    return found or ["GET", "HEAD"]  # a file, such as the style sheet of /docs


async def refuse_invalid_input(request: Request, error: RequestValidationError) -> Response:
    """422, without the input: it may be a secret, or not even be valid Unicode."""
    errors = [{"loc": e["loc"], "msg": e["msg"], "type": e["type"]} for e in error.errors()]
    return problem(422, MEANINGS[422], errors=errors)


async def refuse_conflict(request: Request, error: IntegrityError) -> Response:
    """409, when the database refuses a value that must be unique."""
    return problem(409, MEANINGS[409])


async def report_bug(request: Request, error: Exception) -> Response:
    """500, for what nobody thought of: the log has the traceback, the client has not."""
    return problem(500, MEANINGS[500])


handlers: dict[int | type[Exception], Any] = {
    AnyHTTPException: answer_exception,
    RequestValidationError: refuse_invalid_input,
    IntegrityError: refuse_conflict,
    Exception: report_bug,
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route answers with, for its documentation."""
    return {status: {"description": MEANINGS[status]} for status in statuses}


def document_problems(openapi: dict[str, Any]) -> None:
    """Show each error of each operation as the problem that it is, with an example."""
    for operations in openapi["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    response["content"] = {PROBLEM_JSON: described(int(status))}
                    response["description"] = MEANINGS[int(status)]
    _, defined = models_json_schema(
        [(schemas.Problem, "serialization"), (schemas.ValidationProblem, "serialization")],
        ref_template="#/components/schemas/{model}",
    )
    components = openapi["components"]["schemas"]
    components |= defined["$defs"]
    del components["HTTPValidationError"], components["ValidationError"]


def described(status: int) -> dict[str, Any]:
    """The schema of a problem with this status, and an example of it."""
    name, example = "Problem", members(status, MEANINGS[status])
    if status == 422:
        name, example = "ValidationProblem", example | {"errors": [schemas.FIELD_ERROR]}
    return {"schema": {"$ref": f"#/components/schemas/{name}"}, "example": example}
