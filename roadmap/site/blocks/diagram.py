"""A request's way as a drawing: boxes and arrows from a few lines of text.

    title: The way of a request
    client -> +app/main.py -> +app/routers/posts.py -> app/models.py
    app/main.py: finds the router

A `+` marks what is new. The style sheet lays the boxes out and draws the arrows.
"""

import re
from dataclasses import dataclass
from html import escape

from roadmap.site.pages import Block, Page, near


@dataclass(frozen=True)
class Box:
    name: str
    note: str
    is_new: bool


def diagram_html(_: Page, block: Block) -> str:
    """The boxes of each row in order; a screen reader reads one sentence."""
    title, chains = _read(block)
    said = ". ".join(", then ".join(map(_said, chain)) for chain in chains)
    rows = "".join(f'<div class="chain">{"".join(map(_html, chain))}</div>' for chain in chains)
    label = escape(f"{title}: {said}.")
    return f'<div class="diagram" role="img" aria-label="{label}">{rows}</div>'


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


def _said(box: Box) -> str:
    note = f" ({box.note})" if box.note else ""
    return f"{'new: ' if box.is_new else ''}{box.name}{note}"


def _html(box: Box) -> str:
    new = '<span class="new-label">new</span> ' if box.is_new else ""
    name = re.sub(r"([/_])", r"\1<wbr>", escape(box.name))
    note = f' <span class="note">{escape(box.note)}</span>' if box.note else ""
    state = " is-new" if box.is_new else ""
    return f'<div class="box{state}">{new}<span class="name">{name}</span>{note}</div>\n'
