"""Every box of `tasks.nd` is decided by a check of the acceptance suite, or waits for its stage."""

import tomllib

import pytest

from roadmap.course import ROOT, Course
from roadmap.tasks import Checklist
from tests.acceptance.rules import Rule, rule_of

ACCEPTANCE = ROOT / "tests" / "acceptance"


class Checks:
    """A pytest plugin that notes the rule of every check, of whatever stage."""

    def __init__(self) -> None:
        self.rules: dict[str, Rule] = {}

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        self.rules[item.nodeid] = rule_of(item)


@pytest.fixture(scope="module")
def rules() -> dict[str, Rule]:
    """The rule of every check, as pytest collects them."""
    checks = Checks()
    status = pytest.main(["--collect-only", "-qq", str(ACCEPTANCE)], plugins=[checks])
    assert status == pytest.ExitCode.OK
    return checks.rules


@pytest.fixture(scope="module")
def pending() -> dict[str, int]:
    """The stage that each box without a check waits for."""
    listed = tomllib.loads((ACCEPTANCE / "pending.toml").read_text("utf-8"))
    return {slug: int(stage) for stage, slugs in listed.items() for slug in slugs}


@pytest.fixture(scope="module")
def checklist() -> Checklist:
    return Checklist.read(ROOT / "tasks.nd")


def test_every_box_has_a_check_or_is_pending(
    checklist: Checklist, rules: dict[str, Rule], pending: dict[str, int]
) -> None:
    checked = {rule.task for rule in rules.values()}

    neither = [t.slug for t in checklist.tasks if t.slug not in checked | pending.keys()]

    assert neither == []


def test_no_box_with_a_check_is_pending(rules: dict[str, Rule], pending: dict[str, int]) -> None:
    assert sorted({rule.task for rule in rules.values()} & pending.keys()) == []


def test_every_check_decides_a_box_that_exists(
    checklist: Checklist, rules: dict[str, Rule], pending: dict[str, int]
) -> None:
    named = {rule.task for rule in rules.values()} | pending.keys()

    assert sorted(named - {task.slug for task in checklist.tasks}) == []


def test_a_check_of_a_stages_box_is_brought_by_that_stage(
    checklist: Checklist, rules: dict[str, Rule]
) -> None:
    stages = {task.slug: task.stage for task in checklist.tasks}

    strays = [
        check
        for check, rule in rules.items()
        if stages.get(rule.task) is not None and stages[rule.task] != rule.stage
    ]

    assert strays == []


def test_a_pending_box_waits_for_its_own_stage(
    checklist: Checklist, pending: dict[str, int]
) -> None:
    stages = {task.slug: task.stage for task in checklist.tasks}

    strays = [slug for slug, stage in pending.items() if stages[slug] not in {None, stage}]

    assert strays == []


def test_nothing_is_pending_for_a_stage_that_is_built(pending: dict[str, int]) -> None:
    highest = Course().highest.number

    assert [slug for slug, stage in pending.items() if stage <= highest] == []


def test_a_rule_ends_no_earlier_than_it_begins(rules: dict[str, Rule]) -> None:
    backwards = [check for check, rule in rules.items() if not rule.holds_at(rule.stage)]

    assert backwards == []
