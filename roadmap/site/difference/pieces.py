"""The pieces of a page: what each block of a difference shows, and where it goes."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from roadmap.site.difference.changes import FileChange, Line, State, compare
from roadmap.site.difference.imports import import_owners, names_imported, names_missing, names_used
from roadmap.site.difference.margin import Moves, Spot, find_moves, place, spots
from roadmap.site.difference.named import Callout, Named, called, callouts, owns, read_name
from roadmap.site.difference.parts import IMPORTS
from roadmap.site.difference.view import Kind, Row, view
from roadmap.site.difference.way import Leg, legs
from roadmap.site.pages import Block, Page


@dataclass(frozen=True)
class Piece:
    """What one block shows: those of a file's changed lines whose places are in `shown`.

    `typed` are the places of the changed lines that the pieces before it have made, and `moves`
    says what leaves one file for another in this leg of the way.
    """

    block: Block
    change: FileChange
    shown: tuple[int, ...]
    typed: frozenset[int]
    symbols: tuple[str, ...]
    anchor: str
    folded: bool
    callouts: tuple[Callout, ...]
    moves: Moves

    @property
    def lines(self) -> list[Line]:
        return [self.change.lines[at] for at in self.shown]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The reader's file while they make this edit."""
        return view(self.change, self.typed, set(self.shown))

    @cached_property
    def spots(self) -> list[Spot]:
        """The places in the file where it changes lines."""
        return spots(self.change, self.rows, self.moves)

    @property
    def is_first(self) -> bool:
        """Whether no piece before it has changed this file."""
        return not self.typed

    @property
    def place(self) -> str:
        """Where it goes in the reader's file, in words."""
        return place(self.change, self.is_first, self.spots)

    @property
    def unused_imports(self) -> list[str]:
        """The names that it imports and that the reader's file does not use yet."""
        if not self.change.path.endswith(".py"):
            return []
        used = names_used(self.change, self._after)
        ever_used = names_used(self.change, range(len(self.change.lines)))
        names = names_imported(self.change, self.shown)
        return [name for name in names if name not in used and name in ever_used]

    @property
    def missing_imports(self) -> list[str]:
        """The names that the reader's file uses and that only a later piece imports."""
        if not self.change.path.endswith(".py"):
            return []
        return names_missing(self.change, self._after)

    @property
    def _after(self) -> set[int]:
        return {row.at for row in self.rows if row.kind != Kind.GONE}


def pieces(page: Page) -> list[Piece]:
    """The page's pieces in reading order. Raises PageError."""
    return [piece for _, piece in way_pieces(page) if piece.block.page == page.name]


@lru_cache(maxsize=64)
def way_pieces(page: Page) -> tuple[tuple[Leg, Piece], ...]:
    """The pieces of all pages that tell this page's stage, with their legs. Raises PageError."""
    if page.stage is None:
        return ()
    anchors: Counter[str] = Counter()
    return tuple((leg, piece) for leg in legs(page) for piece in _resolve(leg, anchors))


def page_changes(page: Page) -> dict[str, FileChange]:
    """What changes in the page's stage, by file; the same files are not in it."""
    if page.stage is None:
        return {}
    changes = compare(page.before, page.stage)
    return {path: change for path, change in changes.items() if change.state != State.SAME}


def _resolve(leg: Leg, anchors: Counter[str]) -> Iterator[Piece]:
    named = [read_name(block, leg.changes) for block in leg.of("piece")]
    if not named:
        return
    moves = find_moves(leg.changes)
    typed: defaultdict[str, set[int]] = defaultdict(set)
    for one, places in zip(named, _shares(named), strict=True):
        path = one.change.path
        if not places and (one.symbols or (one.change.new and one.change.old)):
            changed = ", ".join(f"`{part}`" for part in one.change.changed_parts)
            raise one.block.error(
                f"nothing is left to show of {called(one)}: what changes in {path} is {changed}"
            )
        anchor = re.sub(r"[^\w-]+", "-", "-".join([path, *one.symbols[:1]])).strip("-")
        key = f"{one.block.page} {anchor}"
        anchors[key] += 1
        if anchors[key] > 1:
            anchor = f"{anchor}-{anchors[key]}"
        yield Piece(
            one.block, one.change, places, frozenset(typed[path]), one.symbols,
            anchor, one.folded, tuple(callouts(one, places)), moves,
        )  # fmt: skip
        typed[path].update(places)


def _shares(named: Sequence[Named]) -> list[tuple[int, ...]]:
    """What each block shows: what it names, and the imports that it is the first to need."""
    found: dict[int, tuple[int, ...]] = {}
    for path in {one.change.path for one in named}:
        blocks = [at for at, one in enumerate(named) if one.change.path == path]
        same = [named[at] for at in blocks]
        lines = same[0].change.lines
        own = [
            [at for at, line in enumerate(lines) if line.is_changed and owns(one, line.part, same)]
            for one in same
        ]
        code = (tuple(at for at in places if lines[at].part != IMPORTS) for places in own)
        owners = import_owners(same[0].change, tuple(code))
        for number, (block, places) in enumerate(zip(blocks, own, strict=True)):
            left = [at for at in places if lines[at].part == IMPORTS and at not in owners]
            if IMPORTS in named[block].symbols and not left:
                raise named[block].block.error(
                    f"the imports of {path} come with the code that uses them: name them nowhere"
                )
            brought = {at for at, owner in owners.items() if owner == number}
            found[block] = tuple(sorted({*places} - owners.keys() | brought))
    return [found[at] for at in range(len(named))]
