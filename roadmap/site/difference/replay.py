"""Replay: the code as a reader has it, who types the pieces of a page one after the other.

What the proof proves: no piece is missing, wrong or shown twice, and together they make the stage
byte for byte. It does not prove the order. Each piece finds its place in any order, so two pieces
may stand the wrong way round and still make the stage. The order is proven by checkpoints: there
the code that is typed so far has to run and to pass tests. Between two checkpoints nothing proves
the order.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from roadmap.site.difference.changes import State, tree
from roadmap.site.difference.coverage import Exemption
from roadmap.site.difference.parts import split
from roadmap.site.difference.pieces import Piece, pieces
from roadmap.site.pages import Page, PageError


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
    """The stage before and all pieces together are the stage, byte for byte."""
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
