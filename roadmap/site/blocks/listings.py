"""Code as HTML: a piece of the difference, and a snippet of a stage as it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from itertools import pairwise

from roadmap.site.blocks.highlight import Span, changed_words, highlighted, line_html
from roadmap.site.difference.changes import FileChange, Line, State
from roadmap.site.difference.pieces import Piece
from roadmap.site.difference.view import Kind, Row, runs
from roadmap.site.elements import MINUS, inline

CONTEXT = 2
TAGS = {Kind.SAME: "span", Kind.COME: "ins", Kind.GONE: "del"}


def piece_html(piece: Piece) -> str:
    """Caption, code and notes. The code is one list of lines, read unified or side by side."""
    code = _code(piece) if piece.shown else "<p>This file is empty.</p>"
    if piece.folded:
        lines = len(piece.shown)
        code = f"<details><summary>Show {lines} lines</summary>{code}</details>"
    notes = "".join(
        f'<li id="{piece.anchor}-note-{number}">{inline(callout.text)}</li>'
        for number, callout in enumerate(piece.callouts, start=1)
    )
    look = "piece"
    if len({line.is_added for line in piece.lines}) > 1:
        look += " two-sided"
    if piece.change.state == State.NEW and piece.is_first:
        look += " whole-file"
    return (
        f'<figure class="{look}" id="{piece.anchor}">'
        f"<figcaption>{_caption(piece)}</figcaption>{code}"
        + _said("Used later", piece.unused_imports)
        + _said("Not imported until a later piece", piece.missing_imports)
        + (f'<ol class="piece-notes">{notes}</ol>' if notes else "")
        + "</figure>"
    )


def _said(what: str, names: Sequence[str]) -> str:
    listed = ", ".join(f"<code>{escape(name)}</code>" for name in names)
    return f'<p class="piece-later">{what}: {listed}</p>' if names else ""


def _caption(piece: Piece) -> str:
    added = sum(line.is_added for line in piece.lines)
    counts = [(added, "+", "added"), (len(piece.shown) - added, MINUS, "removed")]
    said = "".join(
        f'<span class="count-{word}" title="lines {word}">{sign}{number}</span> '
        for number, sign, word in counts if number
    )  # fmt: skip
    path = f"<code>{escape(piece.change.path)}</code>"
    return (
        f'<span class="piece-place">{path} <span>{inline(piece.place)}</span></span>'
        f'<span class="piece-counts">{said.strip()}</span>'
    )


@dataclass(frozen=True)
class _Cell:
    """A row of the reader's file as it is shown; `position` is its place in `piece.rows`.

    `grid` is its row when both sides stand side by side.
    """

    position: int
    row: Row
    grid: int


def _code(piece: Piece) -> str:
    marks = _marks(piece)
    numbers = {callout.at: number for number, callout in enumerate(piece.callouts, start=1)}
    out: list[str] = []
    grid = 0
    for spot, positions in zip(piece.spots, _shown(piece), strict=True):
        if len(piece.spots) > 1:
            grid += 1
            out.append(_line("spot", grid, f"<span>{inline(spot.words)}</span>"))
        before: _Cell | None = None
        for cell in _cells(piece, positions, grid):
            if before and cell.position > before.position + 1:
                out.append(_line("gap", cell.grid - 1))
            elif _is_later(piece, cell.position):
                out.append(_line("later", cell.grid - 1))
            out.append(_row(piece, cell, marks.get(cell.row.at, ()), numbers.get(cell.row.at)))
            before, grid = cell, max(grid, cell.grid)
        assert before
        if before.position + 1 == len(piece.rows) and _is_later(piece, len(piece.rows)):
            grid += 1
            out.append(_line("later", grid))
    label = f"Code of {piece.change.path}, {piece.place}".replace("`", "")
    return (
        f'<div class="highlight"><pre class="piece-code" tabindex="0" role="group"'
        f' aria-label="{escape(label)}"><code>' + "\n".join(out) + "</code></pre></div>"
    )


def _shown(piece: Piece) -> Iterator[list[int]]:
    """For each spot the positions of its rows, with a little of what stands around them."""
    rows, lines = piece.rows, piece.change.lines
    begins = 0
    for number, spot in enumerate(piece.spots):
        after = piece.spots[number + 1].rows.start if spot is not piece.spots[-1] else len(rows)
        found = {*spot.rows}
        for places in (range(spot.rows.start - 1, begins - 1, -1), range(spot.rows.stop, after)):
            for distance, position in enumerate(places, start=1):
                found.add(position)
                if distance >= CONTEXT and lines[rows[position].at].text.strip():
                    break
        for position in spot.rows:
            head = _head(piece, position)
            if head is not None and head >= begins:
                found.add(head)
        # Two lines are not worth a gap.
        positions = sorted(found)
        for one, next_one in pairwise(positions):
            if next_one - one <= 3:
                found.update(range(one, next_one))
        yield sorted(found)
        begins = max(found) + 1


def _head(piece: Piece, position: int) -> int | None:
    """The `def` or `class` line of the innermost symbol around a row, if that does not change."""
    if not piece.change.path.endswith(".py"):
        return None
    lines = piece.change.lines
    names = lines[piece.rows[position].at].part.split(".")
    while names:
        words = (f"def {names[-1]}(", f"class {names[-1]}(", f"class {names[-1]}:")
        for place in range(position - 1, -1, -1):
            line = lines[piece.rows[place].at]
            begins = line.text.strip().removeprefix("async ").startswith(words)
            if begins and line.part == ".".join(names):
                return place if piece.rows[place].kind == Kind.SAME else None
        names.pop()
    return None


def _cells(piece: Piece, positions: Sequence[int], grid: int) -> Iterator[_Cell]:
    """The rows with their places side by side: what goes stands beside what comes."""
    sides = {Kind.GONE: grid, Kind.COME: grid}
    before = None
    for position in positions:
        row = piece.rows[position]
        if row.kind == Kind.SAME:
            grid = max(sides.values()) + 1 + (before is not None and position > before + 1)
            sides = {Kind.GONE: grid, Kind.COME: grid}
        else:
            sides[row.kind] += 1
        yield _Cell(
            position, row, max(sides.values()) if row.kind == Kind.SAME else sides[row.kind]
        )
        before = position


def _is_later(piece: Piece, position: int) -> bool:
    """Whether a later piece puts lines right above a row, next to what this piece brings."""
    rows, lines = piece.rows, piece.change.lines
    around = rows[max(position - 1, 0) : position + 1]
    if all(row.kind != Kind.COME for row in around):
        return False
    above = rows[position - 1].at if position else -1
    below = rows[position].at if position < len(rows) else len(lines)
    there = {*piece.shown, *piece.typed}
    return any(lines[at].is_added and at not in there for at in range(above + 1, below))


def _line(kind: str, grid: int, inside: str = "") -> str:
    """A line between the lines of code: it is for the eye, and is never copied."""
    hidden = "" if inside else ' aria-hidden="true"'
    return f'<span class="row {kind}" style="--row:{grid}"{hidden}>{inside}</span>'


def _row(piece: Piece, cell: _Cell, marks: Sequence[Span], number: int | None) -> str:
    row = cell.row
    code = line_html(_tokens(piece.change, piece.change.lines[row.at]), marks)
    note = ""
    if number:
        note = (
            f'<a class="piece-note" href="#{piece.anchor}-note-{number}" title="Note {number}"'
            f' data-n="{number}" aria-label="Note {number}"></a>'
        )
    old = f' data-old="{row.old}"' if row.old and row.old != row.new else ""
    # Beside lines that come, the numbers are those of the file that they make.
    is_double = row.kind == Kind.GONE and any(line.is_added for line in piece.lines)
    return (
        f'<{TAGS[row.kind]} class="row {row.kind}" style="--row:{cell.grid}">{note}'
        f'<span class="no" data-n="{"" if is_double else row.number}"{old}></span>'
        f'<span class="line">{code}</span></{TAGS[row.kind]}>'
    )


def _tokens(change: FileChange, line: Line) -> Sequence[tuple[str, str]]:
    text, number = (change.new, line.new) if line.new else (change.old, line.old)
    assert text is not None
    assert number
    return highlighted(change.path, text)[number - 1]


def _marks(piece: Piece) -> dict[int, list[Span]]:
    """The words that changed, in the lines that have a counterpart."""
    lines = piece.change.lines
    found: dict[int, list[Span]] = {}
    for run in runs(piece.rows):
        places = [piece.rows[position].at for position in run]
        come = [at for at in places if lines[at].is_added]
        for at in (at for at in places if lines[at].is_removed):
            texts = [lines[place].text for place in come]
            for best in get_close_matches(lines[at].text, texts, n=1, cutoff=0.5):
                place = come[texts.index(best)]
                if words := changed_words(lines[at].text, best):
                    found[at], found[place] = words
                    # Pairs do not cross.
                    come = come[texts.index(best) + 1 :]
    return found
