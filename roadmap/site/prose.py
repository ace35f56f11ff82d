"""Markdown inside of a block."""

from functools import cache

from markdown import Markdown


@cache
def _markdown() -> Markdown:
    return Markdown()


def inline(text: str) -> str:
    """A line of Markdown as HTML, without a paragraph around it."""
    html = _markdown().reset().convert(text)
    return html.removeprefix("<p>").removesuffix("</p>")
