"""Many clients at once."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx2

from .blog import Blog, kind


@dataclass(frozen=True)
class Call:
    """One request of a crowd: a path below the prefix, a JSON body or a form."""

    method: str
    path: str
    body: dict[str, object] | None = None
    form: dict[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def at_once(blog: Blog, calls: Sequence[Call], within: float) -> list[httpx2.Response]:
    """Send all calls at the same time, each on a connection of its own.

    Every one must be answered within `within` seconds and without a server error.
    """
    began = time.monotonic()
    responses = asyncio.run(_gather(blog, calls, within))
    took = time.monotonic() - began
    failed = [str(response) for response in responses if _is_failure(response)]
    assert not failed, f"{len(failed)} of {len(calls)} requests failed: {failed[:3]}"
    assert took < within, f"{len(calls)} requests took {took:.1f} s instead of {within} s"
    return [response for response in responses if isinstance(response, httpx2.Response)]


def kinds(responses: Sequence[httpx2.Response]) -> list[int]:
    """The status of each response, in order; any 2xx is 200."""
    return [kind(status) for status in statuses(responses)]


def statuses(responses: Sequence[httpx2.Response]) -> list[int]:
    """The status of each response, in order."""
    return [response.status_code for response in responses]


async def _gather(
    blog: Blog, calls: Sequence[Call], within: float
) -> list[httpx2.Response | BaseException]:
    # A connection for each request: a pool that keeps them looks through all of them every time.
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx2.AsyncClient(
        base_url=blog.http.base_url, timeout=within, limits=limits
    ) as http:
        return await asyncio.gather(
            *(_send(http, blog, call) for call in calls), return_exceptions=True
        )


async def _send(http: httpx2.AsyncClient, blog: Blog, call: Call) -> httpx2.Response:
    body = None if call.body is None else json.dumps(call.body).encode()
    headers = {**blog.headers, **call.headers}
    headers |= {"Content-Type": "application/json"} if body else {}
    return await http.request(
        call.method, blog.prefix + call.path, content=body, data=call.form, headers=headers
    )


def _is_failure(response: httpx2.Response | BaseException) -> bool:
    return isinstance(response, BaseException) or response.status_code >= 500
