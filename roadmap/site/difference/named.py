"""What the block of a piece names: parts of a file that changes, and lines for its notes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from roadmap.site.difference.changes import FileChange, State
from roadmap.site.pages import Block, near

WHOLE_FILE = 0


@dataclass(frozen=True)
class Callout:
    """A number beside a line: `at` is the line's place in the piece's `change.lines`."""

    at: int
    text: str


@dataclass(frozen=True)
class Named:
    """A block with the keys of the parts that it names; the closest name owns a part."""

    block: Block
    change: FileChange
    symbols: tuple[str, ...]
    closeness: dict[str, int]
    folded: bool


def read_name(block: Block, changes: dict[str, FileChange]) -> Named:
    said = block.fields("file", "symbol", "text", "fold")
    path = said.get("file", "")
    changed = [path for path, change in changes.items() if change.state != State.SAME]
    if path not in changes:
        hint = near(path, changed) or f"what changes is {', '.join(changed)}"
        raise block.error(f"there is no file {path!r} in this stage or the one before: {hint}")
    if path not in changed:
        raise block.error(f"nothing changes in {path}: what changes is {', '.join(changed)}")
    if said.get("fold", "false") not in {"true", "false"}:
        raise block.error("`fold` is true or false")
    change = changes[path]
    closeness: dict[str, int] = {}
    symbols = [name.strip() for name in said.get("symbol", "").split(",") if name.strip()]
    for symbol in symbols:
        closeness |= _keys(block, change, symbol)
    if "text" in said:
        closeness |= _keys_of_text(block, change, said["text"])
        symbols.append(said["text"])
    if not symbols:
        closeness = {part.key: WHOLE_FILE for part in change.parts}
    return Named(block, change, tuple(symbols), closeness, said.get("fold") == "true")


def owns(one: Named, part: str, others: list[Named]) -> bool:
    closest = max((other.closeness.get(part, -1) for other in others), default=-1)
    return one.closeness.get(part, -1) == closest > -1


def called(one: Named) -> str:
    return ", ".join(f"`{symbol}`" for symbol in one.symbols) or "this file"


def _keys(block: Block, change: FileChange, symbol: str) -> dict[str, int]:
    """The parts that a symbol names, itself and its members, or all from one to another."""
    first, to, last = (name.strip() for name in symbol.partition(" .. "))
    if to:
        return _keys_between(block, change, first, last)
    keys = [part.key for part in change.parts]
    for side in _sides(change):
        same = [key for key in side if re.fullmatch(rf"{re.escape(symbol)}( \(\d+\))?", key)]
        if len(same) > 1:
            raise block.error(
                f"{symbol!r} is there {len(same)} times in {change.path}: name what is around it,"
                f" or the first one alone as `{symbol}` with `text:` for a line of the other"
            )
    found = {key for key in keys if key == symbol or key.startswith(f"{symbol}.")}
    if not found:
        hint = near(symbol, keys) or f"its parts are {', '.join(dict.fromkeys(keys))}"
        raise block.error(f"there is no {symbol!r} in {change.path}: {hint}")
    return dict.fromkeys(found, 1 + symbol.count("."))


def _keys_between(block: Block, change: FileChange, first: str, last: str) -> dict[str, int]:
    _keys(block, change, first), _keys(block, change, last)
    for side in _sides(change):
        if first in side and last in side and side.index(first) < side.index(last):
            inside = side[side.index(first) : side.index(last) + 1]
            more = [key for key in side if key.startswith(f"{last}.")]
            return dict.fromkeys([*inside, *more], 1)
    raise block.error(f"{last!r} does not come after {first!r} in {change.path}")


@lru_cache(maxsize=1024)
def _sides(change: FileChange) -> tuple[list[str], list[str]]:
    old = dict.fromkeys(line.part for line in change.lines if not line.is_added)
    new = dict.fromkeys(line.part for line in change.lines if not line.is_removed)
    return list(old), list(new)


def _keys_of_text(block: Block, change: FileChange, text: str) -> dict[str, int]:
    """The parts, one on each side at most, that hold this line."""
    found: dict[str, int] = {}
    for lines in (
        [line for line in change.lines if not line.is_added],
        [line for line in change.lines if not line.is_removed],
    ):
        owners = {line.part for line in lines if line.text.strip() == text}
        if len(owners) > 1:
            raise block.error(
                f"{text!r} stands in several parts of {change.path}: choose another line"
            )
        found |= dict.fromkeys(owners, 1)
    if not found:
        there = [line.text.strip() for line in change.lines]
        hint = near(text, there) or "write the whole line"
        raise block.error(f"there is no line {text!r} in {change.path}: {hint}")
    return found


def callouts(one: Named, shown: tuple[int, ...]) -> list[Callout]:
    """The notes of a block in the order of their lines. Raises PageError."""
    return sorted(_callouts(one, shown), key=lambda callout: callout.at)


def _callouts(one: Named, shown: tuple[int, ...]) -> Iterator[Callout]:
    taken = set()
    for number, note in one.block.notes:
        said = re.fullmatch(r"(`+)(?P<anchor>.+?)\1:?\s+(?P<text>.+)", note)
        if not said:
            raise one.block.error("a note is written - `text of its line` what to say", number)
        anchor = said["anchor"].strip()
        texts = {at: one.change.lines[at].text.strip() for at in shown}
        found = [at for at in shown if texts[at] == anchor]
        found = found or [at for at in shown if anchor in texts[at]]
        if len(found) != 1:
            hint = "choose a longer text" if found else near(anchor, list(texts.values()))
            raise one.block.error(
                f"{anchor!r} is in {len(found)} of the lines that are shown: {hint}", number
            )
        if found[0] in taken:
            raise one.block.error("this line has a note already: make one of the two", number)
        taken.add(found[0])
        yield Callout(found[0], said["text"])
