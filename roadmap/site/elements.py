"""The HTML that several blocks share: a table, code, a badge, a line of Markdown."""

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape

from markdown import Markdown

MINUS = "\u2212"

THIN = "\u202f"
"""The space in 5 100, where a line never ends."""


def table(
    label: str, heads: Sequence[str], rows: Iterable[Sequence[str]], look: str = "computed"
) -> str:
    """A table of HTML cells, which scrolls by itself where it is too wide."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="wide" tabindex="0" role="group" aria-label="{escape(label)}">'
        f'<table class="{look}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def code(text: object) -> str:
    return f"<code>{escape(str(text))}</code>"


def badge(word: str) -> str:
    """A word such as *new*, in its colour."""
    return f'<span class="badge badge-{word}">{escape(word)}</span>'


def inline(text: str) -> str:
    """A line of Markdown as HTML, without a paragraph around it."""
    html = _markdown().reset().convert(text)
    return html.removeprefix("<p>").removesuffix("</p>")


@cache
def _markdown() -> Markdown:
    """Markdown of which a line is always one paragraph: `1. a` is no list, `# a` no heading."""
    markdown = Markdown()
    for blocks in ("indent", "code", "hashheader", "setextheader", "hr", "olist", "ulist", "quote"):
        markdown.parser.blockprocessors.deregister(blocks)
    return markdown
