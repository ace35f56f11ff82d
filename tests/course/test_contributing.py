"""CONTRIBUTING.md says what runs where: its table is what `noxfile.py` declares."""

from collections.abc import Iterator
from types import ModuleType

import nox.registry

from roadmap.course import ROOT


def rows() -> Iterator[str]:
    """The table, line by line: each session, what runs it, and what it does."""
    yield "| session | run by | what |"
    yield "|---|---|---|"
    for name, session in nox.registry.get().items():
        by_name = "`nox`" if session.default else "its name"
        run_by = "`nox -t full`" if "full" in session.tags else by_name
        yield f"| `{name}` | {run_by} | {session.func.__doc__} |"


def test_the_table_says_what_runs_where(noxfile: ModuleType) -> None:
    table = "\n".join(rows())

    assert table in (ROOT / "CONTRIBUTING.md").read_text("utf-8"), f"the table is:\n{table}"
