"""Work that can wait until the response has gone out.

A task gets an id and nothing else. It opens a session of its own: the session of the request is
closed when the task begins.
"""

import logging
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from app.database import new_session
from app.models import Post, User

logger = logging.getLogger(__name__)

Task = Callable[[int], Coroutine[Any, Any, None]]


def log_failure(task: Task) -> Task:
    """Let the log name the task that fails. The response has gone out, so nobody else hears it."""

    @wraps(task)
    async def run(row_id: int) -> None:
        try:
            await task(row_id)
        except Exception:
            logger.exception("The task %s failed for the id %s", task.__name__, row_id)

    return run


@log_failure
async def send_welcome_email(user_id: int) -> None:
    """A stub: it writes a line to the log where a real task sends an e-mail."""
    async with new_session() as session:
        if user := await session.get(User, user_id):
            logger.info("Welcome e-mail to %s", user.username)


@log_failure
async def index_post(post_id: int) -> None:
    """A stub: it writes a line to the log where a real task fills a search index."""
    async with new_session() as session:
        if post := await session.get(Post, post_id):
            logger.info("Search index: post %s, %s", post.id, post.slug)
