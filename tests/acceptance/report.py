"""What the checks of a folder found, task by task: for the person whose folder it is."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

SHOWN = 3
WIDTH = 300


class Report:
    """A pytest plugin that prints what holds, what does not, and what could not be checked.

    It takes the place of pytest's own tracebacks, unless `--tb` asks for them.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._left: Counter[str] = Counter()
        self._failed: dict[str, list[str]] = defaultdict(list)
        self._unchecked: dict[str, list[str]] = defaultdict(list)
        if config.option.tbstyle == "auto":
            config.option.tbstyle = "no"
            config.option.reportchars = ""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note all tasks that there are checks for: a run that ends early leaves some out."""
        for item in session.items:
            task = str(dict(item.user_properties).get("task", ""))
            self._left[task] += 1

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the outcome of a check, or of what prepares it."""
        task = dict(report.user_properties).get("task", "")
        self._left[str(task)] -= report.when == "teardown"
        if report.failed:
            # What prepares a check may fail for reasons that are not its own.
            found = self._failed if report.when == "call" else self._unchecked
            found[str(task)].append(f"{report.nodeid.rpartition('::')[2]}: {_reason(report)}")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print one line for each task that does not hold, and why."""
        if not terminalreporter.stats.get("passed") and not self._failed:
            return  # the checks never began, and the last line says why
        terminalreporter.section("task by task")
        for line in self.lines():
            terminalreporter.line(line)

    def lines(self) -> Iterator[str]:
        """The report."""
        for task, left in self._left.items():
            if left:
                self._unchecked[task].append("the run: it ended before all checks were made")
        unchecked = {task: why for task, why in self._unchecked.items() if task not in self._failed}
        for task, checks in sorted(self._failed.items()):
            yield f"{task} does not hold, by {len(checks)} of its checks"
            yield from _few(checks)
        reasons: dict[str, set[str]] = defaultdict(set)
        for task, checks in unchecked.items():
            for check in checks:
                reasons[check.partition(": ")[2]].add(task)
        for reason, tasks in reasons.items():
            yield f"could not be checked: {', '.join(sorted(tasks))}"
            yield f"  {reason}"
        holds = self._left.keys() - self._failed.keys() - unchecked.keys()
        yield (
            f"{len(holds)} of {len(self._left)} tasks hold, {len(self._failed)} do not,"
            f" {len(unchecked)} could not be checked"
        )


def _few(checks: list[str]) -> Iterator[str]:
    yield from (f"  {check}" for check in checks[:SHOWN])
    if len(checks) > SHOWN:
        yield f"  and {len(checks) - SHOWN} more"


def _reason(report: pytest.TestReport) -> str:
    """The first line of what went wrong."""
    crash = getattr(report.longrepr, "reprcrash", None)
    said = crash.message if crash else report.longreprtext
    first = said.strip().splitlines()[0] if said.strip() else "it says nothing"
    return str(first.removeprefix("AssertionError: "))[:WIDTH]
