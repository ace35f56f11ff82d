"""The first proofs: a page shows each changed line once, and its pieces make the stage.

Each proof is a list of what does not hold, one message for each: file, line, what to do.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from roadmap.changes import FileChange, State, tree
from roadmap.course import Course
from roadmap.site.pages import Page, PageError
from roadmap.site.pieces import Piece, page_changes, pieces
from roadmap.symbols import split

EXEMPTIONS = "docs/exemptions.toml"


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


class WorkingCopy:
    """The code as a reader has it, who types the pieces one after the other."""

    def __init__(self, files: dict[str, str]) -> None:
        self._files = {path: split(text) for path, text in files.items()}
        self._typed: dict[str, set[int]] = defaultdict(set)

    @property
    def files(self) -> dict[str, str]:
        return {path: "".join(lines) for path, lines in self._files.items()}

    def type(self, piece: Piece) -> None:
        """Make the edit that a piece shows. Raises PageError if the code is another."""
        change, path = piece.change, piece.change.path
        lines = self._files.setdefault(path, [])
        for run in _runs(piece.shown):
            typed = self._typed[path]
            position = sum(
                not line.is_changed or line.is_added == (at in typed)
                for at, line in enumerate(change.lines[: run[0]])
            )
            old = [change.lines[at].text for at in run if change.lines[at].is_removed]
            new = [change.lines[at].text for at in run if change.lines[at].is_added]
            if lines[position : position + len(old)] != old:
                raise piece.block.error(
                    f"line {position + 1} of {path} is not {old[0].strip()!r} when the reader"
                    " comes to this piece: an earlier one has changed it already"
                )
            lines[position : position + len(old)] = new
            typed.update(run)
        if change.state == State.GONE and not lines:
            del self._files[path]


def _runs(shown: Sequence[int]) -> Iterator[list[int]]:
    for _, group in groupby(enumerate(shown), key=lambda pair: pair[1] - pair[0]):
        yield [at for _, at in group]


def replay(page: Page, exemptions: Sequence[Exemption], *, until: int | None = None) -> WorkingCopy:
    """The code after the pieces above the page's line `until`, or after all. Raises PageError.

    Files that are exempt, and not shown, are those of the page's stage from the beginning.
    """
    assert page.stage
    now = tree(page.stage.folder)
    files = tree(page.before.folder) if page.before else {}
    shown = pieces(page)
    for name in {exemption.file for exemption in exemptions} - {one.change.path for one in shown}:
        files.pop(name, None)
        if name in now:
            files[name] = now[name]
    copy = WorkingCopy(files)
    for piece in shown:
        if until is None or piece.block.line < until:
            copy.type(piece)
    return copy


def prove_replay(pages: Sequence[Page], exemptions: Sequence[Exemption]) -> list[str]:
    """The stage before, plus the pieces in reading order, is the stage, byte for byte."""
    failures = []
    for page in pages:
        assert page.stage
        try:
            have = replay(page, exemptions).files
        except PageError as error:
            failures.append(str(error))
            continue
        want = tree(page.stage.folder)
        for path in sorted(have.keys() | want.keys()):
            if have.get(path) != want.get(path):
                failures.append(f"{page.name}: {_difference(path, have.get(path), want.get(path))}")
    return failures


def _difference(path: str, have: str | None, want: str | None) -> str:
    if want is None:
        return f"after the last piece {path} is still there: show that it goes"
    if have is None:
        return f"after the last piece {path} is not there: show it"
    mine, theirs = split(have), split(want)
    same = 0
    while mine[same : same + 1] == theirs[same : same + 1]:
        same += 1
    return (
        f"after the last piece line {same + 1} of {path} is {''.join(mine[same : same + 1])!r}"
        f" and should be {''.join(theirs[same : same + 1])!r}: see which piece shows it"
    )


def write_tree(files: dict[str, str], folder: Path) -> None:
    """Write a working copy below `folder`."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("utf-8", "surrogateescape"))
