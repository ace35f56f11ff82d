"""Replay: the code as a reader has it, who types the pieces of a stage's way one after the other.

What the proof proves: no piece is missing, wrong or shown twice, and together they make each
waypoint and the stage byte for byte. It does not prove the order within a leg. Each piece finds
its place in any order, so two pieces may stand the wrong way round and still make the next state.
The order is proven by checkpoints and waypoints: there the code that is typed so far has to run
and to pass tests. Between two of them nothing proves the order.
"""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from roadmap.course import CourseError
from roadmap.site.difference.changes import State, tree
from roadmap.site.difference.coverage import Exemption
from roadmap.site.difference.parts import split
from roadmap.site.difference.pieces import Piece, way_pieces
from roadmap.site.difference.view import Kind
from roadmap.site.difference.way import Leg, legs
from roadmap.site.pages import Block, Page

Files = dict[str, str]


class WorkingCopy:
    """The code as a reader has it, who types the pieces one after the other."""

    def __init__(self, files: Files) -> None:
        self.files = dict(files)

    def type(self, piece: Piece) -> None:
        """Make the edit that a piece shows. Raises PageError if the code is another."""
        change, path = piece.change, piece.change.path
        texts = [(row, change.lines[row.at].text) for row in piece.rows]
        wanted = [text for row, text in texts if row.kind != Kind.COME]
        have = split(self.files.get(path, ""))
        if have != wanted:
            same = _same(have, wanted)
            raise piece.block.error(
                f"line {same + 1} of {path} is not {''.join(wanted[same : same + 1]).strip()!r}"
                " when the reader comes to this piece: an earlier one has changed it already"
            )
        self.files[path] = "".join(text for row, text in texts if row.kind != Kind.GONE)
        if change.state == State.GONE and not self.files[path]:
            del self.files[path]


def replay(page: Page, exemptions: Sequence[Exemption], *, until: Block | None = None) -> Files:
    """The code after the pieces above a block of the page's way, or after all. Raises PageError.

    Files that are exempt, and not shown, are those of the page's stage from the beginning.
    """
    told = way_pieces(page)
    copy = WorkingCopy(_start(page, _never_shown(told, exemptions)))
    for _, piece in told:
        if until is None or page.position(piece.block) < page.position(until):
            copy.type(piece)
    return copy.files


def _start(page: Page, exempt: Collection[str]) -> Files:
    files = tree(page.before)
    now = tree(page.stage)
    for name in exempt:
        files.pop(name, None)
        if name in now:
            files[name] = now[name]
    return files


def _never_shown(told: Sequence[tuple[Leg, Piece]], exemptions: Sequence[Exemption]) -> set[str]:
    return {one.file for one in exemptions} - {piece.change.path for _, piece in told}


def prove_replay(walks: Sequence[Page], exemptions: Sequence[Exemption]) -> list[str]:
    """From state to state: all pieces of a leg make the next state, byte for byte.

    `walks` holds one page of each stage's way.
    """
    failures: list[str] = []
    for page in walks:
        try:
            failures += _failures(page, exemptions)
        except CourseError as error:
            failures.append(str(error))
    return failures


def _failures(page: Page, exemptions: Sequence[Exemption]) -> Iterator[str]:
    told = way_pieces(page)
    exempt = _never_shown(told, exemptions)
    copy = WorkingCopy(_start(page, exempt))
    for leg in legs(page):
        for one, piece in told:
            if one.number == leg.number:
                copy.type(piece)
        want = tree(leg.after)
        where = leg.blocks[-1].page if leg.blocks else page.name
        goal = "" if leg.after == page.stage else f" before the waypoint {leg.after.name}"
        for path in sorted((copy.files.keys() | want.keys()) - exempt):
            if copy.files.get(path) != want.get(path):
                difference = _difference(path, copy.files.get(path), want.get(path))
                yield f"{where}: after the last piece{goal} {difference}"


def _difference(path: str, have: str | None, want: str | None) -> str:
    if want is None:
        return f"{path} is still there: show that it goes"
    if have is None:
        return f"{path} is not there: show it"
    mine, theirs = split(have), split(want)
    same = _same(mine, theirs)
    return (
        f"line {same + 1} of {path} is {''.join(mine[same : same + 1])!r}"
        f" and should be {''.join(theirs[same : same + 1])!r}: see which piece shows it"
    )


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines are the same at the beginning of both."""
    same = 0
    while one[same : same + 1] == other[same : same + 1] != []:
        same += 1
    return same


def write_tree(files: Files, folder: Path) -> None:
    """Write a working copy below `folder`."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("utf-8", "surrogateescape"))
