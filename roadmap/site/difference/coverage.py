"""Coverage: a page shows each changed line once. Here is the proof, and a draft that does so.

A proof is a list of what does not hold, one message for each: file, line, what to do.
"""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from roadmap.course import Course, Stage
from roadmap.site.difference.changes import FileChange, State, compare
from roadmap.site.difference.pieces import Piece, page_changes, pieces
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


def prove_coverage(pages: Sequence[Page], exemptions: Sequence[Exemption]) -> list[str]:
    """Each changed line of each file is shown exactly once on the page of its stage."""
    exempt = {exemption.file for exemption in exemptions}
    used: set[str] = set()
    failures: list[str] = []
    for page in pages:
        shown = defaultdict(list)
        for piece in pieces(page):
            shown[piece.change.path].append(piece)
        for path, change in page_changes(page).items():
            if path in exempt and not shown[path]:
                used.add(path)
            else:
                failures += _uncovered(page, change, shown[path])
    failures += [
        f"{EXEMPTIONS}: {name} needs no exemption, for every page shows all of it: remove it"
        for name in sorted(exempt - used)
    ]
    return failures


def _uncovered(page: Page, change: FileChange, shown: Sequence[Piece]) -> Iterator[str]:
    assert page.stage
    if not shown and not change.lines:
        yield f"{page.name}: {change.path} is {change.state} and empty, and not shown: add a piece"
    by: dict[int, list[Piece]] = defaultdict(list)
    for piece in shown:
        for at in piece.shown:
            by[at].append(piece)
    wrong = [
        (line.part, len(by[at]), at)
        for at, line in enumerate(change.lines)
        if line.is_changed and len(by[at]) != 1
    ]
    for (part, times), group in groupby(wrong, key=lambda one: one[:2]):
        places = [at for _, _, at in group]
        where = _where(page, change, places[0])
        if not times:
            yield (
                f"{page.name}: {where}: {len(places)} changed lines of `{part}` are not shown:"
                f" add a piece with `file: {change.path}` and `symbol: {part}`"
            )
        else:
            lines = " and ".join(str(piece.block.line) for piece in by[places[0]])
            yield (
                f"{page.name}:{by[places[0]][-1].block.line}: {where}: `{part}` is shown"
                f" {times} times, by the pieces of lines {lines}: name it in one of them"
            )


def _where(page: Page, change: FileChange, at: int) -> str:
    """The file and the line that a reader of a proof opens."""
    line = change.lines[at]
    stage = page.before if line.is_removed else page.stage
    assert stage
    folder = stage.folder.relative_to(page.course.root).as_posix()
    return f"{folder}/{change.path}:{line.old if line.is_removed else line.new}"


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
