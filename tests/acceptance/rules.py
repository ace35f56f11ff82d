"""Which stage brings a check, which one ends it, and which task of `tasks.nd` it decides."""

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

rule = pytest.mark.rule
slow = pytest.mark.slow


@dataclass(frozen=True)
class Rule:
    """A check holds from `stage` to `until` (None: to the end) and decides the box `task`."""

    stage: int
    task: str
    until: int | None = None

    def holds_at(self, number: int) -> bool:
        """Whether stage `number` is to keep it."""
        return self.stage <= number and (self.until is None or number <= self.until)


def rule_of(item: pytest.Item) -> Rule:
    """The one rule that the check carries. Raises ValueError for none, two or a strange one."""
    marks = list(item.iter_markers("rule"))
    if len(marks) != 1:
        raise ValueError(f"{len(marks)} rules instead of one")
    try:
        return Rule(*marks[0].args, **marks[0].kwargs)
    except TypeError as error:
        raise ValueError(str(error)) from error


def rules_of(items: Iterable[pytest.Item]) -> dict[pytest.Item, Rule]:
    """The rule of each check. Raises UsageError that names every check without a proper one."""
    rules, complaints = {}, []
    for item in items:
        try:
            rules[item] = rule_of(item)
        except ValueError as error:
            complaints.append(f"{item.nodeid}: {error}")
    if complaints:
        raise pytest.UsageError("\n".join(complaints))
    return rules
