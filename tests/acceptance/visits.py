"""Visits to running servers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2

from roadmap.course import Stage
from roadmap.server import Server

from .blog import Blog, Body

PATIENCE = 10.0
"""Seconds: an answer takes milliseconds; where it takes this long, something hangs."""


@contextmanager
def visit(server: Server, stage: Stage, *, patience: float = PATIENCE) -> Iterator[Blog]:
    """The blog of a running server as a visitor sees it, who waits `patience` seconds at most."""
    with httpx2.Client(base_url=server.url, timeout=patience) as http:
        yield Blog(http, stage.number)


@dataclass(frozen=True)
class Restarted:
    """A server without any settings that was stopped and started again."""

    server: Server
    first_log: str
    files: set[str]
    post: Body
    early: Blog
    blog: Blog
