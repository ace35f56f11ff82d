"""The reader's file while they make an edit: its lines, and the runs of lines that change."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from roadmap.site.difference.changes import FileChange


class Kind(StrEnum):
    """What an edit does with a line."""

    SAME = "same"
    COME = "come"
    GONE = "gone"


@dataclass(frozen=True)
class Row:
    """A line of the reader's file. `at` is its place in `change.lines`.

    `old` and `new` are its numbers before and after the edit, from 1; None where it is not there.
    """

    at: int
    kind: Kind
    old: int | None
    new: int | None

    @property
    def number(self) -> int:
        """Its number in the file in which the reader looks for it."""
        return self.new or self.old or 0


def view(change: FileChange, typed: Collection[int], shown: Collection[int]) -> tuple[Row, ...]:
    """The file when the lines `typed` are made already, and those in `shown` are being made."""
    return tuple(_rows(change, typed, shown))


def _rows(change: FileChange, typed: Collection[int], shown: Collection[int]) -> Iterator[Row]:
    old = new = 0
    for at, line in enumerate(change.lines):
        if at in shown and line.is_added:
            new += 1
            yield Row(at, Kind.COME, None, new)
        elif at in shown:
            old += 1
            yield Row(at, Kind.GONE, old, None)
        elif not line.is_changed or line.is_added == (at in typed):
            old, new = old + 1, new + 1
            yield Row(at, Kind.SAME, old, new)


def runs(rows: Sequence[Row]) -> list[range]:
    """Where lines that change follow each other, as positions in `rows`."""
    found = []
    for changes, group in groupby(enumerate(rows), key=lambda pair: pair[1].kind != Kind.SAME):
        if changes:
            places = [position for position, _ in group]
            found.append(range(places[0], places[-1] + 1))
    return found
