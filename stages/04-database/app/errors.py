"""The errors that the API answers with: made here, and documented here."""

from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError

from app import schemas


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route answers with, for its documentation."""
    return {status: {"model": schemas.Error} for status in statuses}


def unauthorized(detail: str) -> HTTPException:
    """401, which has to say how one identifies oneself (RFC 9110, section 11.6.1)."""
    return HTTPException(401, detail, {"WWW-Authenticate": "Bearer"})


async def refuse_invalid_input(request: Request, error: RequestValidationError) -> Response:
    """422, without the input: it may be a secret, or not even be valid Unicode."""
    detail = [{"loc": e["loc"], "msg": e["msg"], "type": e["type"]} for e in error.errors()]
    return JSONResponse({"detail": detail}, 422)


async def refuse_conflict(request: Request, error: IntegrityError) -> Response:
    """409, when the database refuses a value that must be unique."""
    return JSONResponse({"detail": "Already taken: choose another value"}, 409)


handlers: dict[int | type[Exception], Any] = {
    RequestValidationError: refuse_invalid_input,
    IntegrityError: refuse_conflict,
}
