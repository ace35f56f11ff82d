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
from roadmap.site.blocks.bench import bench_html, machine_html
from roadmap.site.blocks.computed import COMPUTED
from roadmap.site.blocks.diagram import diagram_html
from roadmap.site.blocks.listings import piece_html
from roadmap.site.blocks.minutes import minutes_html, steps_html
from roadmap.site.blocks.resting import checkpoint_html, waypoint_html
from roadmap.site.blocks.scripts import script_html
from roadmap.site.blocks.snippets import snippet_html
from roadmap.site.blocks.source import source_path
from roadmap.site.blocks.terminal import console_html
from roadmap.site.difference.pieces import Piece, pieces
from roadmap.site.pages import Block, Page, PageError

RENDERED: dict[str, Callable[[Page, Block], str]] = COMPUTED | {
    "bench": bench_html,
    "checkpoint": checkpoint_html,
    "console": console_html,
    "diagram": diagram_html,
    "endpoints": endpoints_html,
    "machine": machine_html,
    "script": script_html,
    "snippet": snippet_html,
    "waypoint": waypoint_html,
    "minutes": minutes_html,
    "steps": steps_html,
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

    def piece(self, block: Block) -> Piece:
        """What a `piece` block shows. Raises PageError on a page that is not on a stage's way."""
        if block.line not in self.pieces:
            raise block.error("this page tells no stage, so it has no pieces: use a `snippet`")
        return self.pieces[block.line]

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
            return piece_html(rendering.piece(block))
        return RENDERED[language](rendering.page, block)
    except CourseError as error:
        raise SuperFencesException(str(error)) from error
    except Exception as error:  # superfences would show the block as text, and go on
        raise SuperFencesException(f"a `{language}` block cannot be shown: {error!r}") from error


def _page(md: Markdown) -> Page:
    """The page that is being rendered."""
    path = source_path(md)
    if path is None:
        raise PageError("a block is rendered by MkDocs alone: nothing says which page this is")
    course = Course()
    return Page.read(course, course.root / "docs" / path)
