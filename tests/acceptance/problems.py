"""Errors as stage 5 has them: problem details (RFC 9457)."""

from http import HTTPStatus

import httpx2

from .blog import Body, Json, expect, parsed, told

PROBLEM_JSON = "application/problem+json"
MEMBERS = {"type", "title", "status", "detail"}
FIELD_ERROR = {"loc", "msg", "type"}
# RFC 9110 renamed it; Python before 3.13 knows the older words alone.
RENAMED = {422: {"Unprocessable Content", "Unprocessable Entity"}}


def media_type(response: httpx2.Response) -> str:
    """What the response says that it is, without parameters."""
    return str(response.headers.get("content-type", "")).partition(";")[0].strip()


def problem(response: httpx2.Response, *statuses: int) -> Body:
    """The problem that the response is: with these members, and with `errors` if it is a 422."""
    status = expect(response, *statuses).status_code
    assert media_type(response) == PROBLEM_JSON, f"{media_type(response)!r}: {told(response)}"
    found = parsed(response)
    assert isinstance(found, Body), f"this is no object: {told(response)}"
    assert set(found) == MEMBERS | ({"errors"} if status == 422 else set()), told(response)
    assert found["status"] == status, told(response)
    assert found["title"] in RENAMED.get(status, {HTTPStatus(status).phrase}), told(response)
    assert _is_text(found["type"]), told(response)
    assert _is_text(found["detail"]), told(response)
    if status == 422:
        assert found["errors"], told(response)
        assert [error for error in found["errors"] if not _names_a_field(error)] == []
    return found


def _names_a_field(error: Json) -> bool:
    return (
        isinstance(error, dict)
        and set(error) == FIELD_ERROR
        and isinstance(error["loc"], list)
        and {type(part) for part in error["loc"]} <= {str, int}
        and _is_text(error["msg"])
        and _is_text(error["type"])
    )


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and value != ""
