"""The custom fences that `mkdocs.yml` names: a block of a page becomes HTML."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from markdown import Markdown
from pymdownx.superfences import SuperFencesException  # type: ignore[import-untyped]

from roadmap.course import Course, CourseError
from roadmap.site.api.endpoints import endpoints_html
from roadmap.site.api.reference import reference_html
from roadmap.site.blocks.computed import COMPUTED
from roadmap.site.blocks.console import checkpoint_html, console_html
from roadmap.site.blocks.diagram import diagram_html
from roadmap.site.blocks.listings import piece_html, snippet_html
from roadmap.site.difference.pieces import Piece, pieces
from roadmap.site.pages import Block, Page, PageError

RENDERED: dict[str, Callable[[Page, Block], str]] = COMPUTED | {
    "checkpoint": checkpoint_html,
    "console": console_html,
    "diagram": diagram_html,
    "endpoints": endpoints_html,
    "snippet": snippet_html,
    "api-reference": reference_html,
}


@dataclass
class _Rendering:
    """A page while its blocks are rendered, one after the other in reading order."""

    page: Page
    rendered: Counter[str] = field(default_factory=Counter)

    @cached_property
    def pieces(self) -> dict[int, Piece]:
        """The page's pieces by the lines of their blocks."""
        return {piece.block.line: piece for piece in pieces(self.page)}

    def next(self, kind: str, source: str) -> Block:
        """The next block of this kind. Raises PageError if the page's file holds another one."""
        number = self.rendered[kind]
        self.rendered[kind] += 1
        block = dict(enumerate(self.page.of(kind))).get(number)
        if block is None or block.body.split() != source.split():
            raise PageError(
                f"{self.page.name}: `{kind}` block {number + 1} is not the one in the file: the"
                " page changed while it was read, or a fence before it is not closed"
            )
        return block


_renderings: WeakKeyDictionary[Markdown, _Rendering] = WeakKeyDictionary()


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
        if md not in _renderings:
            _renderings[md] = _Rendering(_page(md))
        rendering = _renderings[md]
        block = rendering.next(language, source)
        if options and language != "console":
            raise block.error(f"a `{language}` block has no options: write them between its fences")
        if language == "piece":
            return piece_html(rendering.pieces[block.line])
        return RENDERED[language](rendering.page, block)
    except CourseError as error:
        raise SuperFencesException(str(error)) from error


def _page(md: Markdown) -> Page:
    """The page that is being rendered, by the path that MkDocs keeps to resolve its links."""
    if "relpath" not in md.treeprocessors:
        raise PageError("a block is rendered by MkDocs alone: nothing says which page this is")
    resolver: Any = md.treeprocessors["relpath"]
    course = Course()
    return Page.read(course, course.root / "docs" / resolver.file.src_uri)
