"""The errors that the API answers with: made here, and documented here."""

from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app import schemas

TAKEN = "Already taken: choose another value"


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
    if not str(error.orig).startswith("UNIQUE"):
        raise error
    return JSONResponse({"detail": TAKEN}, 409)


async def report_deletion(request: Request, error: StaleDataError) -> Response:
    """404 when another request deletes a row while this one changes it."""
    return JSONResponse({"detail": "It was deleted a moment ago"}, 404)


handlers: dict[int | type[Exception], Any] = {
    RequestValidationError: refuse_invalid_input,
    IntegrityError: refuse_conflict,
    StaleDataError: report_deletion,
}
