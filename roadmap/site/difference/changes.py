"""What changed between two states of the app: files, the parts of them, lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path

from roadmap.course import AppState
from roadmap.site.difference.parts import IMPORTS, Part, parts, split


class State(StrEnum):
    """What became of a file between two states."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    GONE = "gone"


@dataclass(frozen=True)
class Line:
    """A line, with its end. `old` and `new` count from 1, and are None where the line is not.

    `part` is the key of the part of the file that owns it.
    """

    text: str
    old: int | None
    new: int | None
    part: str

    @property
    def is_added(self) -> bool:
        return self.old is None

    @property
    def is_removed(self) -> bool:
        return self.new is None

    @property
    def is_changed(self) -> bool:
        return self.old is None or self.new is None


@dataclass(frozen=True)
class FileChange:
    """A file on both sides: None where it does not exist."""

    path: str
    old: str | None
    new: str | None

    @property
    def state(self) -> State:
        if self.old is None:
            return State.NEW
        if self.new is None:
            return State.GONE
        return State.SAME if self.old == self.new else State.CHANGED

    @property
    def added(self) -> int:
        """How many lines are new."""
        return sum(line.is_added for line in self.lines)

    @property
    def removed(self) -> int:
        """How many lines are gone."""
        return sum(line.is_removed for line in self.lines)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Both sides as one: what is gone stands before what has come in its place."""
        return _both(self.path, self.old or "", self.new or "")

    @cached_property
    def changed_parts(self) -> list[str]:
        """The keys of the parts that hold a changed line, in order."""
        return list(dict.fromkeys(line.part for line in self.lines if line.is_changed))

    @cached_property
    def parts(self) -> list[Part]:
        """The parts of both sides."""
        return [*parts(self.path, self.old or ""), *parts(self.path, self.new or "")]


def compare(before: AppState | None, after: AppState) -> dict[str, FileChange]:
    """Every file of either state, by path. Before the first stage there is nothing."""
    return compare_trees(tree(before), tree(after))


def compare_trees(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, FileChange]:
    """Every file of either tree, by path."""
    return {path: FileChange(path, old.get(path), new.get(path)) for path in sorted({*old, *new})}


def tree(state: AppState | None) -> dict[str, str]:
    """The texts of a state's files, by path; before the first stage there are none.

    Bytes that are not UTF-8 come back when the text is encoded with `surrogateescape`.
    """
    return {path: _text(file) for path, file in state.sources().items()} if state else {}


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "surrogateescape")


@lru_cache(maxsize=1024)
def _both(path: str, old: str, new: str) -> tuple[Line, ...]:
    """Parts are compared with the part of the same name; in a text, lines with lines."""
    before, after = _Side(path, old), _Side(path, new)
    if not path.endswith(".py"):
        return tuple(_compared(before.whole, after.whole))
    names = [part.key for part in before.parts], [part.key for part in after.parts]
    lines: list[Line] = []
    for tag, i, i_end, j, j_end in SequenceMatcher(None, *names, autojunk=False).get_opcodes():
        mine = [before.lines_of(part) for part in before.parts[i:i_end]]
        theirs = [after.lines_of(part) for part in after.parts[j:j_end]]
        if tag == "equal":
            for one, another in zip(mine, theirs, strict=True):
                lines += _compared(one, another)
        else:
            lines += [_gone(line) for part in mine for line in part]
            lines += [_come(line) for part in theirs for line in part]
    return tuple(lines)


@dataclass(frozen=True)
class _Owned:
    text: str
    number: int
    part: str


class _Side:
    def __init__(self, path: str, text: str) -> None:
        self.parts = parts(path, text)
        self._lines = split(text)

    def lines_of(self, part: Part) -> list[_Owned]:
        return [_Owned(self._lines[at], at + 1, part.key) for at in range(part.start, part.end)]

    @property
    def whole(self) -> list[_Owned]:
        return [line for part in self.parts for line in self.lines_of(part)]


def _compared(old: Sequence[_Owned], new: Sequence[_Owned]) -> Iterator[Line]:
    texts = [line.text for line in old], [line.text for line in new]
    # A blank line alone is no reason to see two lines as the same, unless it parts imports.
    ignored = None if {line.part for line in new} == {IMPORTS} else str.isspace
    for tag, i, i_end, j, j_end in SequenceMatcher(ignored, *texts, False).get_opcodes():
        if tag == "equal":
            for one, other in zip(old[i:i_end], new[j:j_end], strict=True):
                yield Line(one.text, one.number, other.number, other.part)
        else:
            yield from map(_gone, old[i:i_end])
            yield from map(_come, new[j:j_end])


def _gone(line: _Owned) -> Line:
    return Line(line.text, line.number, None, line.part)


def _come(line: _Owned) -> Line:
    return Line(line.text, None, line.number, line.part)
