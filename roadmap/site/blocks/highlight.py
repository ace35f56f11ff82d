"""Code in its language's colours, line by line, with the words that changed in a line."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from html import escape
from itertools import pairwise

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import STANDARD_TYPES, _TokenType
from pygments.util import ClassNotFound

from roadmap.site.difference.parts import split

Span = tuple[int, int]
"""From one character of a line to another, as a slice has them."""

ALIKE = 0.6
"""How much of two lines is the same, by their words, so that the rest is worth marking."""
UNCOLOURED = {"n", "o", "p", "w"}
"""Names, signs and spaces have the colour of all code: without tags the pages are smaller."""
LANGUAGES = {".env.example": "bash", ".gitignore": "bash", ".dockerignore": "bash"}


@lru_cache(maxsize=1024)
def highlighted(path: str, text: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The lines of a file; a line is what stands in one colour: its class and its text."""
    return tuple(map(tuple, _lines(_lexer(path), text)))


def line_html(tokens: Sequence[tuple[str, str]], marks: Sequence[Span] = ()) -> str:
    """One line of code as HTML, without its end; `marks` are the words that changed."""
    out, at = [], 0
    for colour, text in tokens:
        text = text.rstrip("\r\n")
        for start, end, marked in _cut(at, at + len(text), marks):
            inner = escape(text[start - at : end - at])
            inner = f'<span class="{colour}">{inner}</span>' if colour else inner
            out.append(f"<mark>{inner}</mark>" if marked else inner)
        at += len(text)
    return "".join(out).replace("</mark><mark>", "")


def code_html(code: str, language: str) -> str:
    """A whole text as HTML, in the colours of `language`."""
    lines = _lines(get_lexer_by_name(language, stripnl=False), code)
    return "\n".join(line_html(line) for line in lines)


def changed_words(old: str, new: str) -> tuple[list[Span], list[Span]] | None:
    """The spans of two lines that differ; None if the lines have little in common."""
    one, another = (re.findall(r"\w+|\s+|[^\w\s]", line) for line in (old, new))
    old_words, new_words = (
        [word for word in line if not word.isspace()] for line in (one, another)
    )
    if SequenceMatcher(None, old_words, new_words, autojunk=False).ratio() < ALIKE:
        return None
    matcher = SequenceMatcher(None, one, another, autojunk=False)
    gone: list[Span] = []
    come: list[Span] = []
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag != "equal":
            gone.append(_span(one, i, i_end))
            come.append(_span(another, j, j_end))
    return [span for span in gone if span[0] < span[1]], [s for s in come if s[0] < s[1]]


def _span(words: Sequence[str], start: int, end: int) -> Span:
    before = len("".join(words[:start]))
    return before, before + len("".join(words[start:end]))


def _cut(start: int, end: int, marks: Sequence[Span]) -> Iterator[tuple[int, int, bool]]:
    """The stretches of `start` to `end` that are marked wholly or not at all."""
    edges = sorted({start, end, *(edge for mark in marks for edge in mark if start < edge < end)})
    for left, right in pairwise(edges):
        yield left, right, any(first <= left and right <= last for first, last in marks)


def _lexer(path: str) -> Lexer:
    name = path.rpartition("/")[2]
    try:
        if name in LANGUAGES:
            return get_lexer_by_name(LANGUAGES[name], stripnl=False)
        return get_lexer_for_filename(name, stripnl=False)
    except ClassNotFound:
        return get_lexer_by_name("text", stripnl=False)


def _lines(lexer: Lexer, text: str) -> Iterator[list[tuple[str, str]]]:
    line: list[tuple[str, str]] = []
    for token, value in lexer.get_tokens(text):
        for piece in split(value):
            colour = _colour(token)
            if line and line[-1][0] == colour:
                piece = line.pop()[1] + piece
            line.append((colour, piece))
            if piece.endswith("\n"):
                yield line
                line = []
    if line:
        yield line


def _colour(token: _TokenType) -> str:
    while token not in STANDARD_TYPES and token.parent:
        token = token.parent
    colour = STANDARD_TYPES.get(token, "")
    return "" if colour in UNCOLOURED else colour
