"""The errors that the API answers with: made here, and documented here."""

from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from app import schemas

TAKEN = "Already taken: choose another value"
BUSY = "The server is busy: try again in a few seconds"


def error_docs(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route can answer, for its documentation."""
    return {status: {"model": schemas.Error} for status in statuses}


def unauthorized(detail: str) -> HTTPException:
    """401, which must name the way to log in (RFC 9110, section 11.6.1)."""
    return HTTPException(401, detail, {"WWW-Authenticate": "Bearer"})


async def refuse_invalid_input(request: Request, error: RequestValidationError) -> Response:
    """422 without the input, which may be a secret or may not even be valid Unicode."""
    detail = [{"loc": e["loc"], "msg": e["msg"], "type": e["type"]} for e in error.errors()]
    return JSONResponse({"detail": detail}, 422)


async def refuse_conflict(request: Request, error: IntegrityError) -> Response:
    """409 for a value that must be unique. Any other broken rule of the tables is a bug: 500."""
    if not is_duplicate(error):
        raise error
    return JSONResponse({"detail": TAKEN}, 409)


async def report_deletion(request: Request, error: StaleDataError) -> Response:
    """404 when another request deletes a row while this one changes it."""
    return JSONResponse({"detail": "It was deleted a moment ago"}, 404)


async def report_overload(request: Request, error: DBAPIError | PoolTimeout) -> Response:
    """503 after a long wait for a lock or a connection. Any other error is a bug: 500."""
    if isinstance(error, DBAPIError) and not is_lock_timeout(error):
        raise error
    return JSONResponse({"detail": BUSY}, 503, {"Retry-After": "5"})


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
    RequestValidationError: refuse_invalid_input,
    IntegrityError: refuse_conflict,
    StaleDataError: report_deletion,
    DBAPIError: report_overload,
    PoolTimeout: report_overload,
}
