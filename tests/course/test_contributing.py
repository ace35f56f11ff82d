"""CONTRIBUTING.md says what runs where: its table is what `noxfile.py` declares."""

import importlib.util
from collections.abc import Iterator

import nox.registry

from roadmap.course import ROOT


def rows() -> Iterator[str]:
    """The table, line by line: each session, what runs it, and what it does."""
    spec = importlib.util.spec_from_file_location("noxfile", ROOT / "noxfile.py")
    assert spec
    assert spec.loader
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    yield "| session | run by | what |"
    yield "|---|---|---|"
    for name, session in nox.registry.get().items():
        depth = (
            "`nox -t full`"
            if "full" in session.tags
            else "`nox`"
            if session.default
            else "its name"
        )
        yield f"| `{name}` | {depth} | {session.func.__doc__} |"


def test_the_table_says_what_runs_where() -> None:
    table = "\n".join(rows())

    assert table in (ROOT / "CONTRIBUTING.md").read_text("utf-8"), f"the table is:\n{table}"
