"""The custom fences that `mkdocs.yml` names: a block of a page becomes HTML."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from markdown import Markdown
from pymdownx.superfences import SuperFencesException  # type: ignore[import-untyped]

from roadmap.course import Course, CourseError
from roadmap.site.checkpoints import checkpoint_html
from roadmap.site.computed import COMPUTED
from roadmap.site.console import console_html
from roadmap.site.diagram import diagram_html
from roadmap.site.diff import piece_html
from roadmap.site.endpoints import endpoints_html
from roadmap.site.pages import Block, Page, PageError
from roadmap.site.pieces import Piece, pieces
from roadmap.site.reference import reference_html
from roadmap.site.snippet import snippet_html

_pages: WeakKeyDictionary[Markdown, Page] = WeakKeyDictionary()
_pieces: WeakKeyDictionary[Markdown, list[Piece]] = WeakKeyDictionary()

RENDERED: dict[str, Callable[[Page, Block], str]] = COMPUTED | {
    "checkpoint": checkpoint_html,
    "console": console_html,
    "diagram": diagram_html,
    "endpoints": endpoints_html,
    "snippet": snippet_html,
    "api-reference": reference_html,
}


def validate(
    _language: str, inputs: dict[str, str], options: dict[str, Any], _attrs: Any, _md: Markdown
) -> bool:
    """Take every option; the block itself refuses those that it does not know."""
    options.update(inputs)
    return True


def render(
    source: str, language: str, _class: str, options: dict[str, Any], md: Markdown, **_: Any
) -> str:
    """The block as HTML. Raises SuperFencesException, the one error that stops a build."""
    try:
        page = _page(md)
        block = _block(page, language, source, options)
        if language == "piece":
            return piece_html(_piece(md, page, block))
        return RENDERED[language](page, block)
    except CourseError as error:
        raise SuperFencesException(str(error)) from error


def _page(md: Markdown) -> Page:
    """The page that is being rendered: it is known by its text, for nothing tells its name."""
    if md not in _pages:
        text = _words("\n".join(md.lines))  # type: ignore[attr-defined]
        course = Course()
        for path in sorted((course.root / "docs").rglob("*.md")):
            if _words(_without_meta(path)) == text:
                _pages[md] = Page.read(course, path)
                break
        else:
            raise PageError("this page is not below docs/, or changed while it was read")
    return _pages[md]


def _without_meta(path: Path) -> str:
    return re.sub(r"\A---\n.*?\n---\n", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def _words(text: str) -> list[str]:
    return text.split()


def _block(page: Page, kind: str, source: str, options: dict[str, Any]) -> Block:
    for block in page.of(kind):
        if _words(block.body) == _words(source) and block.options == options:
            if options and kind != "console":
                raise block.error(f"a `{kind}` block has no options: write them between its fences")
            return block
    raise PageError(f"{page.name}: a `{kind}` block cannot be read: see how its fences are written")


def _piece(md: Markdown, page: Page, block: Block) -> Piece:
    if md not in _pieces:
        _pieces[md] = pieces(page)
    return next(piece for piece in _pieces[md] if piece.block == block)
