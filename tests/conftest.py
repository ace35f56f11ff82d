"""The stage under test, and what is made of it."""

import os
import signal
from collections.abc import Iterator

import pytest

from roadmap.copies import Copies, Databases
from roadmap.course import CourseError, Stage
from roadmap.environment import CONSTRAINTS, EnvironmentFailed
from roadmap.redis import Redis, redis
from tests.under_test import add_options, on_postgres, on_redis, stage_under_test


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    # After Ctrl+C nox ends what runs side by side with SIGTERM: what was started is to end, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Shells let what they start in the background ignore Ctrl+C, and so would all that starts here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line(
        "markers", "rule(stage, task, until=None): the stage that brings the rule, and its box"
    )
    config.addinivalue_line(
        "markers", "sqlite: the check is about SQLite, and runs on nothing else"
    )
    config.addinivalue_line(
        "markers",
        "no_rows: the answer does not depend on what is stored, so that SQLite is enough;"
        " `nox -s compare` sees that PostgreSQL answers the same",
    )
    config.addinivalue_line(
        "markers",
        "slow: the check takes seconds, and runs at the stage that brings it, at the highest stage,"
        " and on a learner's folder; at every stage with --slow",
    )
    config.addinivalue_line("markers", "redis: the check needs a real Redis, and runs with --redis")


@pytest.fixture(scope="session")
def stage(pytestconfig: pytest.Config) -> Stage:
    """The stage whose rules are checked, with the folder that is to keep them."""
    return stage_under_test(pytestconfig)


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> Iterator[Databases | None]:
    """Where each server gets a database of its own; None where it makes itself a file."""
    if not on_postgres(pytestconfig):
        yield None
        return
    from roadmap.postgres import postgres  # the environment of the site's tests has no psycopg

    try:
        with postgres(os.environ) as server:
            yield server
    except CourseError as error:
        pytest.exit(str(error), returncode=2)


@pytest.fixture(scope="session")
def own_redis(pytestconfig: pytest.Config) -> Iterator[Redis | None]:
    """The Redis of the servers; None where each has one in its memory."""
    if not on_redis(pytestconfig):
        yield None
        return
    try:
        with redis("--databases", "10000") as server:
            yield server
    except CourseError as error:
        pytest.exit(str(error), returncode=2)


@pytest.fixture(scope="session")
def copies(
    pytestconfig: pytest.Config,
    stage: Stage,
    databases: Databases | None,
    own_redis: Redis | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Copies:
    """Copies of the folder under test and servers for them, in one installed environment."""
    # A learner's versions are theirs.
    constraints = None if pytestconfig.getoption("--folder") else CONSTRAINTS
    root = tmp_path_factory.mktemp("copies")
    copies = Copies(
        stage.folder, root, constraints=constraints, databases=databases, redis=own_redis
    )
    try:
        assert copies.python
    except EnvironmentFailed as error:
        pytest.exit(str(error), returncode=2)
    return copies
