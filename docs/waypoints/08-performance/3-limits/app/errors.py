"""The errors that the API answers with: made here, and documented here."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.routing import Match

from app.settings import settings

PROBLEM_JSON = "application/problem+json"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
TAKEN = "Already taken: choose another value"
BUSY = "The server is busy: try again in a few seconds"

# What each status means here, where a route says nothing of its own.
MEANINGS = {
    400: "The body cannot be read",
    401: "This needs a valid token: log in to get one",
    403: "This is not allowed for you",
    404: "There is nothing at this address",
    405: "This address does not take this method: see the header Allow",
    409: TAKEN,
    413: f"This is too large: an image has at most {settings.max_upload_bytes} bytes",
    415: "This is not an image that can be used: send a PNG, JPEG, WebP or GIF file",
    422: "The request is not valid: the errors say what and where",
    429: "Too many requests: wait as many seconds as Retry-After says",
    500: "Something went wrong on this side: try again later",
    503: BUSY,
}


def error_docs(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route can answer, for its documentation."""
    return {status: {"description": MEANINGS[status]} for status in statuses}


def unauthorized(detail: str) -> HTTPException:
    """401, which must name the way to log in (RFC 9110, section 11.6.1)."""
    return HTTPException(401, detail, {"WWW-Authenticate": "Bearer"})


def problem(
    status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """The answer to any error: a problem detail (RFC 9457)."""
    return JSONResponse(members(status, detail) | more, status, headers, PROBLEM_JSON)


def members(status: int, detail: str) -> dict[str, Any]:
    """What every problem has. With `about:blank`, the status says enough about its type."""
    return {"type": "about:blank", "title": title(status), "status": status, "detail": detail}


def title(status: int) -> str:
    """The name of the status in RFC 9110. Before 3.13, Python has older names for two of them."""
    newer = {413: "Content Too Large", 422: "Unprocessable Content"}
    return newer.get(status) or HTTPStatus(status).phrase


async def answer_exception(request: Request, error: AnyHTTPException) -> Response:
    """The errors that routes raise, and those of the framework: unknown path, wrong method."""
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(allowed_methods(request))
    is_explained = error.detail != HTTPStatus(error.status_code).phrase
    detail = error.detail if is_explained else MEANINGS.get(error.status_code, error.detail)
    return problem(error.status_code, detail, headers)


def allowed_methods(request: Request) -> list[str]:
    """All methods that this path takes. Starlette names only those of the first route."""
    scope = {"type": "http"} | {key: request.scope[key] for key in ("path", "root_path")}
    return [
        method
        for method in METHODS
        for route in request.app.routes
        if route.matches(scope | {"method": "GET" if method == "HEAD" else method})[0] == Match.FULL
    ]


async def refuse_invalid_input(request: Request, error: RequestValidationError) -> Response:
    """422 without the input, which may be a secret or may not even be valid Unicode."""
    errors = [{"loc": e["loc"], "msg": e["msg"], "type": e["type"]} for e in error.errors()]
    return problem(422, MEANINGS[422], errors=errors)


async def refuse_conflict(request: Request, error: IntegrityError) -> Response:
    """409 for a value that must be unique. Any other broken rule of the tables is a bug: 500."""
    if not is_duplicate(error):
        raise error
    return problem(409, TAKEN)


async def report_overload(request: Request, error: DBAPIError | PoolTimeout) -> Response:
    """503 after a long wait for a lock or a connection. Any other error is a bug: 500."""
    if isinstance(error, DBAPIError) and not is_lock_timeout(error):
        raise error
    return problem(503, BUSY, {"Retry-After": "5"})


def is_duplicate(error: DBAPIError) -> bool:
    """Whether a unique constraint was broken, as SQLite or PostgreSQL says it.

    On PostgreSQL, their names begin with `uq_`. A primary key is no choice of a client.
    """
    text = str(error.orig)
    return text.startswith("UNIQUE") or (sqlstate(error) == "23505" and '"uq_' in text)


def is_lock_timeout(error: DBAPIError) -> bool:
    """Whether a lock was not free in time, or two requests waited for each other (40P01)."""
    return str(error.orig) == "database is locked" or sqlstate(error) in {"55P03", "40P01"}


def sqlstate(error: DBAPIError) -> str | None:
    """The code that PostgreSQL gives to an error (its manual, appendix A)."""
    return getattr(error.orig, "sqlstate", None)


handlers: dict[int | type[Exception], Any] = {
    AnyHTTPException: answer_exception,
    RequestValidationError: refuse_invalid_input,
    IntegrityError: refuse_conflict,
    DBAPIError: report_overload,
    PoolTimeout: report_overload,
}
