"""What learners are told of their folder: which tasks hold, and which could not be checked."""

import pytest

from roadmap.course import ROOT

pytest_plugins = ["pytester"]

CONFTEST = """
from tests.acceptance.report import Report

def pytest_configure(config):
    config.pluginmanager.register(Report(config), "by task")

def pytest_collection_modifyitems(items):
    for item in items:
        task = item.originalname.removeprefix("test_").rstrip("0123456789")
        item.user_properties.append(("task", task))
"""

CHECKS = """
import pytest

@pytest.fixture
def admin():
    raise AssertionError("POST /auth/token answered 401")

def test_posts1():
    pass

def test_posts2():
    assert 200 == 201

def test_users1():
    pass

def test_roles1(admin):
    pass

def test_roles2(admin):
    pass

@pytest.mark.parametrize("path", range(5))
def test_lists1(path):
    raise AssertionError("no list\\nand more")
"""


@pytest.fixture
def told(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The report of four tasks: one holds, two do not, one could not be checked."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(CHECKS)
    lines = pytester.runpytest_subprocess("-p", "no:cacheprovider").outlines
    return lines[next(at for at, line in enumerate(lines) if "task by task" in line) + 1 :]


def test_a_task_does_not_hold_when_one_of_its_checks_fails(told: list[str]) -> None:
    assert "posts does not hold, by 1 of its checks" in told
    assert "  test_posts2: assert 200 == 201" in told


def test_of_many_checks_that_fail_a_few_are_shown_with_one_line_each(told: list[str]) -> None:
    begin = told.index("lists does not hold, by 5 of its checks")

    assert told[begin + 1 : begin + 5] == [
        "  test_lists1[0]: no list",
        "  test_lists1[1]: no list",
        "  test_lists1[2]: no list",
        "  and 2 more",
    ]


def test_what_could_not_be_prepared_is_not_said_to_fail(told: list[str]) -> None:
    begin = told.index("could not be checked: roles")

    assert told[begin + 1] == "  POST /auth/token answered 401"
    assert not [line for line in told if line.startswith("roles does not hold")]


def test_the_last_line_counts_the_tasks(told: list[str]) -> None:
    assert "1 of 4 tasks hold, 2 do not, 1 could not be checked" in told


def test_no_traceback_is_printed(told: list[str]) -> None:
    assert not [line for line in told if "Traceback" in line or line.startswith("E  ")]
