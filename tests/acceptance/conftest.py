"""Selects the checks that hold at the stage under test, and starts the servers they share."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from roadmap.copies import Copies
from roadmap.course import FIRST_WITH_REDIS, Stage
from roadmap.programs import tail
from roadmap.server import Server, StartError
from tests.under_test import on_postgres, on_redis, stage_under_test, with_slow_checks

from .blog import Blog, Hang, expect
from .database import Database, database_of
from .probing import Probe
from .report import Report
from .rules import rules_of
from .settings import ADMIN, no_limits_at, settings_at
from .visits import Restarted, visit

MOST_HANGS = 3
HASHES_WITHIN = 300.0
NOT_YET = pytest.mark.xfail(strict=True, raises=AssertionError, reason="the stage brings it")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--folder"):
        config.pluginmanager.register(Report(config), "by task")


hangs: list[Hang] = []
"""The requests that were not answered; a fixture that hangs is one, for however many checks."""


def pytest_exception_interact(node: pytest.Item, call: pytest.CallInfo[object]) -> None:
    """End the run at the third request that hangs: the others would, too."""
    if call.excinfo and isinstance(hang := call.excinfo.value, Hang) and hang not in hangs:
        hangs.append(hang)
    if len(hangs) == MOST_HANGS:
        node.session.shouldstop = f"{MOST_HANGS} requests hang, the last one: {hangs[-1]}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the checks that hold at the stage; with `--brought` or `--fail-first`, those it brings.

    On PostgreSQL without those that are about SQLite, and without those that touch no rows. A slow
    check is left out between the stage that brings it and the highest one.
    """
    here = Path(__file__).parent
    rules = rules_of(item for item in items if item.path.is_relative_to(here))
    stage = stage_under_test(config)
    number = stage.number
    if config.getoption("--fail-first") or config.getoption("--brought"):
        selected = [item for item, rule in rules.items() if rule.stage == number]
    else:
        others = [item for item in items if item not in rules]
        selected = [item for item, rule in rules.items() if rule.holds_at(number)] + others
    if not with_slow_checks(config, stage):
        selected = [
            item
            for item in selected
            if item not in rules or rules[item].stage == number or not _has_any(item, "slow")
        ]
    if on_redis(config):
        selected = [
            item for item in selected if item in rules and rules[item].stage >= FIRST_WITH_REDIS
        ]
    else:
        selected = [item for item in selected if not _has_any(item, "redis")]
    if on_postgres(config):
        left_out = "sqlite" if config.getoption("--rowless") else "sqlite no_rows"
        selected = [item for item in selected if not _has_any(item, left_out)]
    if config.getoption("--rowless"):
        selected = [item for item in selected if _has_any(item, "no_rows")]
    if config.getoption("--fail-first"):
        for item in selected:
            item.add_marker(NOT_YET)
    for item in rules.keys() & set(selected):
        item.user_properties.append(("task", rules[item].task))
    config.hook.pytest_deselected(items=list(set(items) - set(selected)))
    items[:] = selected


def _has_any(item: pytest.Item, marks: str) -> bool:
    return any(item.get_closest_marker(mark) for mark in marks.split())


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config, copies: Copies, stage: Stage) -> Iterator[Server]:
    """The server that most checks share."""
    server = copies.server(env=settings_at(stage.number), fresh=True)
    try:
        server.start()
        if pytestconfig.getoption("--folder"):
            pre_flight(server, stage)
    except (StartError, AssertionError, httpx2.HTTPError) as error:
        server.stop()
        said = f"{copies.folder} cannot be checked: {error}"
        if not isinstance(error, StartError):
            said += f"\nThe last lines of its log:\n{tail(server.log)}"
        pytest.exit(said.replace(str(server.folder), str(copies.folder)), returncode=2)
    yield server
    server.stop()


def pre_flight(server: Server, stage: Stage) -> None:
    """The app answers and signs people up: without this there is nothing to check."""
    with visit(server, stage) as blog:
        expect(blog.request("GET", "/posts"), 200)
        blog.create_user()


@pytest.fixture(scope="session")
def blog(server: Server, stage: Stage) -> Iterator[Blog]:
    """The blog as a visitor without an account sees it."""
    with visit(server, stage) as blog:
        yield blog


@pytest.fixture(scope="session")
def database(server: Server) -> Database:
    """What the shared server keeps its data in."""
    return database_of(server)


@pytest.fixture(scope="session")
def probe(copies: Copies, stage: Stage) -> Probe:
    """Runs code in the environment of the folder under test."""
    return Probe(copies, settings_at(stage.number))


@pytest.fixture(scope="session")
def alice(blog: Blog) -> Blog:
    """The blog as Alice sees it: a user, signed in where that is possible."""
    return blog.new_user("alice")


@pytest.fixture(scope="session")
def bob(blog: Blog) -> Blog:
    """The blog as Bob sees it: a user like Alice."""
    return blog.new_user("bob")


@pytest.fixture(scope="session")
def admin(blog: Blog) -> Blog:
    """The blog as its first admin sees it."""
    return blog.with_token(blog.token_of(ADMIN.username, ADMIN.password))


@pytest.fixture(scope="session")
def bare(copies: Copies, stage: Stage, alice: Blog) -> Iterator[Restarted]:
    """A server without any settings, where Early wrote a post before it was restarted.

    (Its limits are off: some checks log in more often than a person does.)
    """
    assert alice.posts() is not None
    with copies.server(env=no_limits_at(stage.number)) as server, visit(server, stage) as blog:
        early = blog.new_user("early")
        post = early.create_post(title="Before the restart")
        first_log = server.log
        files = {file.name for file in server.folder.iterdir()}
    with server, visit(server, stage, patience=HASHES_WITHIN) as blog:
        yield Restarted(server, first_log, files, post, early.at(blog), blog)
