"""Coverage: a page shows each changed line once. Here is the proof, and a draft that does so.

A proof is a list of what does not hold, one message for each: file, line, what to do.
"""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from roadmap.course import Course, CourseError, Stage
from roadmap.site.difference.changes import FileChange, State, compare
from roadmap.site.difference.parts import IMPORTS
from roadmap.site.difference.pieces import Piece, way_pieces
from roadmap.site.difference.way import Leg, legs
from roadmap.site.pages import Page, PageError

EXEMPTIONS = "docs/exemptions.toml"
AT_ONCE = 30
"""Lines that a reader takes in at once."""


@dataclass(frozen=True)
class Exemption:
    """A file that no page has to show, and why."""

    file: str
    reason: str


def read_exemptions(course: Course) -> list[Exemption]:
    """What `docs/exemptions.toml` says. Raises PageError if a name or a reason is missing."""
    path = course.root / EXEMPTIONS
    listed = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    found = []
    for entry in listed.get("exempt", []):
        if not entry.get("file") or not entry.get("reason"):
            raise PageError(f"{EXEMPTIONS}: {entry} needs a file and a reason")
        found.append(Exemption(entry["file"], entry["reason"]))
    return found


def prove_coverage(walks: Sequence[Page], exemptions: Sequence[Exemption]) -> list[str]:
    """From state to state: each changed line of each file is shown exactly once.

    `walks` holds one page of each stage's way. What is wrong on one hides nothing of the others.
    """
    unused = {exemption.file for exemption in exemptions}
    failures: list[str] = []
    for page in walks:
        try:
            shown = {piece.change.path for _, piece in way_pieces(page)}
            exempt = {exemption.file for exemption in exemptions} - shown
            failures += _uncovered_on_the_way(page, exempt)
            unused -= {path for leg in legs(page) for path in exempt & _changed(leg)}
        except CourseError as error:
            failures.append(str(error))
            unused.clear()
    return failures + [
        f"{EXEMPTIONS}: {name} needs no exemption, for every page shows all of it: remove it"
        for name in sorted(unused)
    ]


def _changed(leg: Leg) -> set[str]:
    return {path for path, change in leg.changes.items() if change.state != State.SAME}


def _uncovered_on_the_way(page: Page, exempt: Collection[str]) -> Iterator[str]:
    told = way_pieces(page)
    for leg in legs(page):
        shown = defaultdict(list)
        for one, piece in told:
            if one.number == leg.number:
                shown[piece.change.path].append(piece)
        for path in sorted(_changed(leg).difference(exempt)):
            yield from _uncovered(page, leg, leg.changes[path], shown[path])


def _uncovered(page: Page, leg: Leg, change: FileChange, shown: Sequence[Piece]) -> Iterator[str]:
    name = leg.blocks[-1].page if leg.blocks else page.name
    if not shown and not change.lines:
        yield f"{name}: {change.path} is {change.state} and empty, and not shown: add a piece"
    by: dict[int, list[Piece]] = defaultdict(list)
    for piece in shown:
        for at in piece.shown:
            by[at].append(piece)
    wrong = [
        (line.part, len(by[at]), at)
        for at, line in enumerate(change.lines)
        if line.is_changed and len(by[at]) != 1
    ]
    goal = "" if leg.after == page.stage else f" before the waypoint {leg.after.name}"
    for (part, times), group in groupby(wrong, key=lambda one: one[:2]):
        places = [at for _, _, at in group]
        where = _where(page, leg, change, places[0])
        if not times:
            yield (
                f"{name}: {where}: {len(places)} changed lines of `{part}` are not shown{goal}:"
                f" add a piece with `file: {change.path}` and `symbol: {part}`"
            )
        else:
            lines = " and ".join(str(piece.block.line) for piece in by[places[0]])
            last = by[places[0]][-1].block
            yield (
                f"{last.page}:{last.line}: {where}: `{part}` is shown"
                f" {times} times, by the pieces of lines {lines}: name it in one of them"
            )


def _where(page: Page, leg: Leg, change: FileChange, at: int) -> str:
    """The file and the line that a reader of a proof opens."""
    line = change.lines[at]
    state = leg.before if line.is_removed else leg.after
    assert state
    file = state.sources()[change.path].relative_to(page.course.root).as_posix()
    return f"{file}:{line.old if line.is_removed else line.new}"


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
    """Symbols that stand together, as many as a reader takes in at once; imports come along."""
    changed = [line.part for line in change.lines if line.is_changed and line.part != IMPORTS]
    sizes = Counter(part.partition(".")[0] for part in changed)
    group: list[str] = []
    for symbol in sizes:
        if group and sum(sizes[one] for one in [*group, symbol]) > AT_ONCE:
            yield group
            group = []
        group.append(symbol)
    yield group or [IMPORTS]


def _piece(change: FileChange, *more: str) -> str:
    return "\n".join(["```piece", f"file: {change.path}", *more, "```"])
