"""The stage under test, and what is made of it."""

import pytest

from roadmap.course import Stage
from roadmap.scratch import Scratch, ScratchError
from tests.under_test import add_options, stage_under_test


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "rule(stage, task, until=None): the stage that brings the rule, and its box"
    )


@pytest.fixture(scope="session")
def stage(pytestconfig: pytest.Config) -> Stage:
    """The stage whose rules are checked, with the folder that is to keep them."""
    return stage_under_test(pytestconfig)


@pytest.fixture(scope="session")
def scratch(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """Copies of the folder under test and servers for them, in one installed environment."""
    scratch = Scratch(stage.folder, tmp_path_factory.mktemp("scratch"))
    try:
        assert scratch.python
    except ScratchError as error:
        pytest.exit(str(error), returncode=2)
    return scratch
