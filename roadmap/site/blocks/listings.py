"""Code as HTML: a piece of the difference, and a snippet of a stage as it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from itertools import groupby

from roadmap.site.blocks.highlight import Span, changed_words, highlighted, line_html
from roadmap.site.difference.changes import FileChange, Line, compare
from roadmap.site.difference.parts import parts
from roadmap.site.difference.pieces import Piece
from roadmap.site.elements import MINUS, inline
from roadmap.site.pages import Block, Page, near

CONTEXT = 2


@dataclass(frozen=True)
class Row:
    """A line as it stands in the piece; `row` is its row when both sides stand side by side."""

    at: int
    line: Line
    row: int


def piece_html(piece: Piece) -> str:
    """Margin, code and notes. The code is one list of lines, read unified or side by side."""
    code = _code(piece) if piece.change.lines else "<p>This file is empty.</p>"
    if piece.folded:
        lines = len(piece.shown)
        code = f"<details><summary>Show {lines} lines</summary>{code}</details>"
    notes = "".join(
        f'<li id="{piece.anchor}-{number}">{inline(callout.text)}</li>'
        for number, callout in enumerate(piece.callouts, start=1)
    )
    both = len({line.is_added for line in piece.lines}) > 1
    sides = " two-sided" if both else ""
    return (
        f'<figure class="piece{sides}" id="{piece.anchor}">'
        f"<figcaption>{_margin(piece)}</figcaption>{code}"
        + (f'<ol class="piece-notes">{notes}</ol>' if notes else "")
        + "</figure>"
    )


def _margin(piece: Piece) -> str:
    added = sum(line.is_added for line in piece.lines)
    counts = [(added, "+", "added"), (len(piece.shown) - added, MINUS, "removed")]
    said = "".join(
        f'<span class="count-{word}" title="{number} lines {word}">{sign}{number}</span> '
        for number, sign, word in counts if number
    )  # fmt: skip
    path = f"<code>{escape(piece.change.path)}</code>"
    return (
        f'<span class="piece-place">{path} <span>{inline(piece.place)}</span></span>'
        f'<span class="piece-counts">{said.strip()}</span>'
    )


def _code(piece: Piece) -> str:
    rows = []
    before = None
    marks = _marks(piece)
    numbers = {callout.at: number for number, callout in enumerate(piece.callouts, start=1)}
    shown = set(piece.shown)
    for row in _rows(piece):
        if before is not None and row.at > before + 1:
            rows.append(_gap(row.row - 1))
        before = row.at
        changed = row.at in shown
        rows.append(_row(piece, row, changed, marks.get(row.at, ()), numbers.get(row.at)))
    label = f"Code of {piece.change.path}, {piece.place}".replace("`", "")
    return (
        f'<div class="highlight"><pre class="piece-code" tabindex="0" role="group"'
        f' aria-label="{escape(label)}"><code>' + "\n".join(rows) + "</code></pre></div>"
    )


def _row(piece: Piece, row: Row, changed: bool, marks: Sequence[Span], number: int | None) -> str:
    tag, kind = "span", "same"
    if changed:
        tag, kind = ("ins", "come") if row.line.is_added else ("del", "gone")
    old, new = (str(side or "") for side in (row.line.old, row.line.new))
    code = line_html(_tokens(piece.change, row.line), marks)
    note = ""
    if number:
        note = (
            f'<a class="piece-note" href="#{piece.anchor}-{number}" title="Note {number}"'
            f' data-n="{number}" aria-label="Note {number}"></a>'
        )
    return (
        f'<{tag} class="row {kind}" style="--row:{row.row}"><span class="no" data-n="{old}"></span>'
        f'<span class="no" data-n="{new}"></span><span class="line">{code}</span>{note}</{tag}>'
    )


def _gap(row: int) -> str:
    return f'<span class="row gap" style="--row:{row}" aria-hidden="true"></span>'


def _tokens(change: FileChange, line: Line) -> Sequence[tuple[str, str]]:
    text, number = (change.new, line.new) if line.new else (change.old, line.old)
    assert text is not None
    assert number
    return highlighted(change.path, text)[number - 1]


def _rows(piece: Piece) -> Iterator[Row]:
    """The lines of a piece with a little context; what is gone stands beside what has come."""
    lines = piece.change.lines
    row = 0
    shown = set(piece.shown)
    wanted = sorted(shown | _context(piece))
    for _, group in groupby(enumerate(wanted), key=lambda pair: pair[1] - pair[0]):
        row += 1
        for changed, some in groupby([at for _, at in group], key=shown.__contains__):
            places = list(some)
            if not changed:
                for at in places:
                    row += 1
                    yield Row(at, lines[at], row)
                continue
            sides = {True: row, False: row}
            for at in places:
                sides[lines[at].is_added] += 1
                yield Row(at, lines[at], sides[lines[at].is_added])
            row = max(sides.values())


def _context(piece: Piece) -> set[int]:
    """Unchanged lines next to the changed ones, and the head of the symbol around them."""
    lines = piece.change.lines
    found: set[int] = set()
    for at in piece.shown:
        for step in (-1, 1):
            for distance in range(1, CONTEXT + 1):
                place = at + step * distance
                if not 0 <= place < len(lines) or _is_other(piece, place):
                    break
                found.add(place)
        head = _head(piece.change, at)
        if head is not None:
            found.add(head)
    # Two unchanged lines are not worth a gap.
    for at in sorted(found | set(piece.shown)):
        if {at + 3} & (found | set(piece.shown)) and not any(
            _is_other(piece, at + step) for step in (1, 2)
        ):
            found |= {at + 1, at + 2}
    return {at for at in found - set(piece.shown) if not lines[at].is_changed}


def _is_other(piece: Piece, at: int) -> bool:
    return piece.change.lines[at].is_changed and at not in piece.shown


def _head(change: FileChange, at: int) -> int | None:
    """The unchanged `def` or `class` line of the innermost symbol that a line stands in."""
    if not change.path.endswith(".py"):
        return None
    names = change.lines[at].part.split(".")
    while names:
        words = (f"def {names[-1]}(", f"class {names[-1]}(", f"class {names[-1]}:")
        for place, line in enumerate(change.lines[:at]):
            begins = line.text.strip().removeprefix("async ").startswith(words)
            if begins and line.part == ".".join(names) and not line.is_changed:
                return place
        names.pop()
    return None


def _marks(piece: Piece) -> dict[int, list[Span]]:
    """The words that changed, in the lines that have a counterpart."""
    lines = piece.change.lines
    found: dict[int, list[Span]] = {}
    for _, group in groupby(enumerate(piece.shown), key=lambda pair: pair[1] - pair[0]):
        places = [at for _, at in group]
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


def snippet_html(page: Page, block: Block) -> str:
    """A file of a stage, or its symbols, with their line numbers and where they come from."""
    said = block.fields("stage", "file", "symbol")
    stage = page.stage_of(block, said.get("stage"))
    files = {path: change.new for path, change in compare(None, stage).items()}
    path = said.get("file", "")
    text = files.get(path)
    if text is None:
        raise block.error(f"there is no file {path!r} in {stage.name}: {near(path, [*files])}")
    wanted = [name.strip() for name in said.get("symbol", "").split(",") if name.strip()]
    chosen = [
        range(part.start, part.end)
        for part in parts(path, text)
        if not wanted or any(part.key == name or part.key.startswith(f"{name}.") for name in wanted)
    ]
    keys = [part.key for part in parts(path, text)]
    for name in wanted:
        if name not in keys:
            hint = near(name, keys) or f"its parts are {', '.join(keys)}"
            raise block.error(f"there is no {name!r} in {path} of {stage.name}: {hint}")
    lines = highlighted(path, text)
    rows = [
        f'<span class="row same"><span class="no" data-n="{at + 1}"></span>'
        f'<span class="line">{line_html(lines[at])}</span></span>'
        for at in _without_outer_blanks([at for part in chosen for at in part], text.split("\n"))
    ]
    label = f'role="group" aria-label="Code of {escape(path)}"'
    return (
        f'<figure class="piece snippet"><figcaption><span class="piece-place">'
        f"<code>{escape(path)}</code> <span>of stage {escape(stage.name)}</span></span>"
        f'</figcaption><div class="highlight"><pre class="piece-code" tabindex="0"'
        f" {label}><code>{chr(10).join(rows)}</code></pre></div></figure>"
    )


def _without_outer_blanks(places: list[int], lines: list[str]) -> list[int]:
    while places and not lines[places[0]].strip():
        places = places[1:]
    while places and not lines[places[-1]].strip():
        places = places[:-1]
    return places
