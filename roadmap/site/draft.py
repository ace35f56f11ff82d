"""A first page for a stage: every piece that it has to show, in no order yet."""

from collections import Counter
from collections.abc import Iterator

from roadmap.changes import FileChange, State, compare
from roadmap.course import Course, Stage

AT_ONCE = 30


def draft(course: Course, stage: Stage, exempt: set[str]) -> str:
    """Markdown with a piece for each changed file, or for each of its changed symbols."""
    changes = compare(course.before(stage), stage).values()
    blocks = [f"# {stage.name}", "```changes\n```"]
    for change in changes:
        if change.state != State.SAME and change.path not in exempt:
            blocks += _pieces(change)
    return "\n\n".join([*blocks, "```tasks\n```"]) + "\n"


def _pieces(change: FileChange) -> Iterator[str]:
    if change.path.startswith("tests/") and change.added > AT_ONCE:
        yield _piece(change, "fold: true")
    elif change.added + change.removed <= AT_ONCE or not change.path.endswith(".py"):
        yield _piece(change)
    else:
        for symbols in _grouped(change):
            yield _piece(change, f"symbol: {', '.join(symbols)}")


def _grouped(change: FileChange) -> Iterator[list[str]]:
    """Symbols that stand together, as many as a reader takes in at once."""
    sizes = Counter(line.part.partition(".")[0] for line in change.lines if line.is_changed)
    group: list[str] = []
    for symbol in sizes:
        if group and sum(sizes[one] for one in [*group, symbol]) > AT_ONCE:
            yield group
            group = []
        group.append(symbol)
    yield group


def _piece(change: FileChange, *more: str) -> str:
    return "\n".join(["```piece", f"file: {change.path}", *more, "```"])
