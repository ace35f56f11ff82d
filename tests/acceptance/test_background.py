"""What happens after a response: the log says it, and a response does not wait for it."""

import re

import pytest

from roadmap.server import Server

from .blog import Blog, unique
from .rules import rule
from .waiting import eventually

MAIL = re.compile(r"mail", re.IGNORECASE)
SIGNED_UP = re.compile(r"POST .*/api/v1/users\b.* 201")
SEARCH = re.compile(r"search|index", re.IGNORECASE)


def lines_with(server: Server, pattern: re.Pattern[str]) -> list[str]:
    """What the app has logged about it: the access log names paths, and no person."""
    return [line for line in server.log.splitlines() if pattern.search(line)]


@pytest.mark.parametrize(
    "box",
    [
        pytest.param("welcome", marks=rule(6, "welcome-email")),
        pytest.param("usage", marks=rule(6, "background-task-usage")),
    ],
)
def test_a_sign_up_sends_one_welcome_email(blog: Blog, server: Server, box: str) -> None:
    before = len(lines_with(server, MAIL))

    blog.create_user()

    eventually(lambda: len(lines_with(server, MAIL)) == before + 1)


@pytest.mark.parametrize(
    "box",
    [
        pytest.param("tasks", marks=rule(6, "background-tasks", until=9)),
        pytest.param("usage", marks=rule(6, "background-task-usage", until=9)),
    ],
)
def test_the_mail_goes_out_after_the_response(blog: Blog, server: Server, box: str) -> None:
    """Uvicorn logs a response when it begins. From stage 10 on, the app logs it when it is over."""
    begins = len(server.log)

    blog.create_user()

    eventually(lambda: MAIL.search(server.log, begins) is not None)
    response = SIGNED_UP.search(server.log, begins)
    mail = MAIL.search(server.log, begins)
    assert response, "Uvicorn's log has no line for the sign-up"
    assert mail
    assert response.start() < mail.start(), (
        "the mail came before the response: use a background task"
    )


@rule(6, "welcome-email")
def test_a_sign_up_that_is_refused_sends_none(blog: Blog, alice: Blog, server: Server) -> None:
    blog.sign_up(username=alice.account.username)
    before = len(lines_with(server, MAIL))

    blog.create_user()

    eventually(lambda: len(lines_with(server, MAIL)) == before + 1)


@rule(6, "search-indexing")
def test_a_new_post_is_indexed_once(alice: Blog, server: Server) -> None:
    before = len(lines_with(server, SEARCH))

    alice.create_post(title=unique("needle"))

    eventually(lambda: len(lines_with(server, SEARCH)) == before + 1)


@rule(6, "background-tasks")
def test_tasks_log_no_password(blog: Blog, server: Server) -> None:
    before = len(lines_with(server, MAIL))

    someone = blog.new_user("someone")

    eventually(lambda: len(lines_with(server, MAIL)) == before + 1)
    assert someone.account.password not in server.log
