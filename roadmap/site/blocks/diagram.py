"""A request's way as a drawing: boxes and arrows from a few lines of text.

    title: The way of a request
    client -> +app/main.py -> +app/routers/posts.py -> app/models.py
    app/main.py: finds the router

A `+` marks what is new. The drawing is made twice, wide and tall; the style sheet shows one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from textwrap import wrap

from roadmap.site.pages import Block, Page, near


@dataclass(frozen=True)
class Box:
    name: str
    note: str
    is_new: bool


@dataclass(frozen=True)
class Layout:
    """How many boxes stand in a row, and how large they are, in pixels."""

    name: str
    in_a_row: int
    width: int
    gap: int


WIDE = Layout("wide-only", in_a_row=4, width=200, gap=34)
TALL = Layout("tall-only", in_a_row=1, width=320, gap=28)
PADDING, LINE, NAME_LETTER, NOTE_LETTER, NEW_LABEL = 12, 18, 7.9, 6.7, 26


def diagram_html(_: Page, block: Block) -> str:
    """The drawing as inline SVG, which a screen reader reads as one sentence."""
    title, chains = _read(block)
    return f'<div class="diagram">{_svg(title, chains, WIDE)}{_svg(title, chains, TALL)}</div>'


def _read(block: Block) -> tuple[str, list[list[Box]]]:
    title, chains, notes = "", list[list[str]](), dict[str, str]()
    for number, line in enumerate(block.body.split("\n"), start=1):
        if "->" in line:
            chains.append([name.strip() for name in line.split("->")])
        elif line.startswith("title:"):
            title = line.removeprefix("title:").strip()
        elif line.strip():
            name, colon, note = line.partition(": ")
            names = [box.lstrip("+") for chain in chains for box in chain]
            if not colon or name.strip() not in names:
                hint = near(name.strip(), names) or "write `box: note` below `box -> box`"
                raise block.error(f"no arrow leads to {name.strip()!r}: {hint}", number)
            notes[name.strip()] = note.strip()
    if not title or not chains:
        raise block.error("a diagram needs `title: …` and at least one line with `->`")
    boxes = [
        [Box(name.lstrip("+"), notes.get(name.lstrip("+"), ""), name[:1] == "+") for name in chain]
        for chain in chains
    ]
    return title, boxes


def _svg(title: str, chains: Sequence[Sequence[Box]], layout: Layout) -> str:
    drawn: list[str] = []
    bottom = 1
    for chain in chains:
        parts, bottom = _chain(chain, layout, bottom)
        drawn += parts
    columns = min(layout.in_a_row, max(map(len, chains)))
    width = columns * layout.width + (columns - 1) * layout.gap + 2
    height = bottom - layout.gap + 1
    label = sha256(f"{title}{chains}{layout.name}".encode()).hexdigest()[:8]
    said = ". ".join(", then ".join(map(_said, chain)) for chain in chains)
    return (
        f'<svg class="{layout.name}" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img" aria-labelledby="t{label} d{label}">'
        f'<title id="t{label}">{escape(title)}</title><desc id="d{label}">{escape(said)}.</desc>'
        f"{''.join(drawn)}</svg>"
    )


def _said(box: Box) -> str:
    note = f" ({box.note})" if box.note else ""
    return f"{'new: ' if box.is_new else ''}{box.name}{note}"


def _chain(chain: Sequence[Box], layout: Layout, top: int) -> tuple[list[str], int]:
    """The drawing of one chain, and where the next one may begin."""
    drawn: list[str] = []
    for start in range(0, len(chain), layout.in_a_row):
        row = chain[start : start + layout.in_a_row]
        height = max(_height(box, layout) for box in row)
        for column, box in enumerate(row):
            x = 1 + column * (layout.width + layout.gap)
            drawn += _box(box, x, top, height, layout)
            middle = top + height // 2
            if column + 1 < len(row):
                drawn.append(_arrow(x + layout.width, x + layout.width + layout.gap, middle))
        if start + layout.in_a_row < len(chain):
            x = 1 + (len(row) - 1) * (layout.width + layout.gap) + layout.width // 2
            drawn.append(_turn(x, top + height, 1 + layout.width // 2, top + height + layout.gap))
        top += height + layout.gap
    return drawn, top


def _lines(box: Box, layout: Layout) -> tuple[list[str], list[str]]:
    inside = layout.width - 2 * PADDING
    # A path may break after a slash.
    room = inside - (NEW_LABEL if box.is_new else 0)
    name = wrap(box.name.replace("/", "/ "), int(room / NAME_LETTER))
    return [line.replace("/ ", "/") for line in name], wrap(box.note, int(inside / NOTE_LETTER))


def _height(box: Box, layout: Layout) -> int:
    return 2 * PADDING + LINE * sum(map(len, _lines(box, layout))) - 4


def _box(box: Box, x: int, y: int, height: int, layout: Layout) -> Iterator[str]:
    state = " is-new" if box.is_new else ""
    size = f'width="{layout.width}" height="{height}"'
    yield f'<rect class="box{state}" x="{x}" y="{y}" {size} rx="6"/>'
    if box.is_new:
        right = x + layout.width - PADDING
        yield f'<text class="new-label" x="{right}" y="{y - 4 + PADDING * 2}">new</text>'
    name, note = _lines(box, layout)
    for number, line in enumerate([*name, *note]):
        kind = "name" if number < len(name) else "note"
        baseline = y + PADDING + 12 + LINE * number
        yield f'<text class="{kind}" x="{x + PADDING}" y="{baseline}">{escape(line)}</text>'


def _arrow(x: int, to_x: int, y: int) -> str:
    return (
        f'<path class="arrow" d="M{x + 4} {y}H{to_x - 9}"/>'
        f'<path class="head" d="M{to_x - 3} {y}l-8 -4v8z"/>'
    )


def _turn(x: int, y: int, to_x: int, to_y: int) -> str:
    """From below one box to above another."""
    return (
        f'<path class="arrow" d="M{x} {y + 3}V{(y + to_y) // 2}H{to_x}V{to_y - 9}"/>'
        f'<path class="head" d="M{to_x} {to_y - 3}l-4 -8h8z"/>'
    )
