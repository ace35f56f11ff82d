"""A page of the site as its author wrote it: its stage, and the blocks that the course computes."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from roadmap.course import Course, CourseError, Stage, UnknownStage, by_number

KINDS = {
    "piece", "waypoint", "checkpoint", "console", "snippet", "diagram", "changes", "endpoints",
    "tables", "settings", "dependencies", "tasks", "map", "api-reference", "minutes", "steps",
    "script", "bench", "machine",
}  # fmt: skip

_FENCE = re.compile(r"(?P<indent> *)(?P<marks>`{3,}|~{3,}) *(?P<kind>[\w-]*)(?P<options>[^`]*)")
_OPTION = re.compile(r"(\w+)=\"([^\"]*)\"")


class PageError(CourseError):
    """Something on a page does not hold; the message names the file, the line and what to do."""


@dataclass(frozen=True)
class Block:
    """A fenced block. `line` is the line of its fence, counted from 1."""

    kind: str
    body: str
    options: Mapping[str, str]
    page: str
    line: int
    indent: int = 0

    def error(self, message: str, line: int = 0) -> PageError:
        """What to raise; `line` counts the body's lines from 1, and 0 is the fence."""
        return PageError(f"{self.page}:{self.line + line}: {message}")

    def fields(self, *known: str) -> dict[str, str]:
        """The body's `key: value` lines. Raises PageError for a key that is not `known`."""
        found: dict[str, str] = {}
        for number, line in enumerate(self.body.split("\n"), start=1):
            key, colon, value = (part.strip() for part in line.partition(":"))
            if not line.strip() or line.startswith("- "):
                continue
            if not colon or key not in known:
                hint = near(key, known) or f"write one of {', '.join(known)}"
                raise self.error(f"a `{self.kind}` block knows no {key!r}: {hint}", number)
            if key in found:
                raise self.error(f"{key!r} is said twice: once is enough", number)
            found[key] = value
        return found

    @property
    def notes(self) -> list[tuple[int, str]]:
        """The body's lines that begin with `- `, with their numbers counted from 1."""
        lines = enumerate(self.body.split("\n"), start=1)
        return [(number, line[2:].strip()) for number, line in lines if line.startswith("- ")]


@dataclass(frozen=True, eq=False)
class Page:
    """A Markdown file below `docs/`; `name` is its path from the course's root."""

    course: Course
    name: str
    text: str
    stage: Stage | None
    blocks: tuple[Block, ...] = field(init=False)
    prose: tuple[tuple[int, str], ...] = field(init=False)
    """The lines outside of all fences, with their numbers counted from 1."""

    def __post_init__(self) -> None:
        blocks, prose = _parted(self.name, self.text)
        object.__setattr__(self, "blocks", tuple(blocks))
        object.__setattr__(self, "prose", tuple(prose))

    @classmethod
    def read(cls, course: Course, path: Path) -> "Page":
        """The page in `path`; `03-auth.md` and all in a folder `03-auth` is about that stage."""
        name = path.relative_to(course.root).as_posix()
        text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
        return cls(course, name, text, _stage(course, path))

    @cached_property
    def before(self) -> Stage | None:
        """The stage that this page's stage grew from."""
        return self.course.before(self.stage) if self.stage else None

    @property
    def is_walk(self) -> bool:
        """Whether this page has to show all that its stage changes."""
        return self.stage is not None and self.name.startswith("docs/stages/")

    @cached_property
    def way(self) -> "tuple[Page, ...]":
        """The pages that tell this page's stage, itself among them, in the order of reading.

        `docs/stages/04-database.md` comes first, then what lies in `docs/stages/04-database/`.
        """
        if not (self.is_walk and self.stage):
            return (self,)
        folder, stage = self.course.root / "docs" / "stages", self.stage.name
        others = sorted((folder / stage).glob("*.md"), key=by_number)
        paths = [folder / f"{stage}.md", *others]
        read = (Page.read(self.course, path) for path in paths if path.is_file())
        return tuple(self if page.name == self.name else page for page in read)

    def position(self, block: Block) -> tuple[int, int]:
        """Where a block stands on the way of this page's stage: the page, and the line."""
        return [page.name for page in self.way].index(block.page), block.line

    def of(self, kind: str) -> list[Block]:
        """The blocks of one kind, in reading order."""
        return [block for block in self.blocks if block.kind == kind]

    def stage_of(self, block: Block, wanted: str | None) -> Stage:
        """The stage that a block names, or else the page's own. Raises PageError."""
        try:
            stage = self.course.find(wanted) if wanted else self.stage
        except UnknownStage as error:
            raise block.error(str(error)) from error
        if stage is None:
            raise block.error("this page is about no stage: write `stage: 03-auth`")
        return stage


def read_pages(course: Course) -> list[Page]:
    """Every page of the site, by name."""
    return [Page.read(course, path) for path in sorted((course.root / "docs").rglob("*.md"))]


def link(page: Page, target: Page) -> str:
    """The address of a page, seen from another, as a browser has them."""
    return posixpath.relpath(_address(target), _address(page)) + "/"


def _address(page: Page) -> str:
    return page.name.removeprefix("docs/").removesuffix(".md").removesuffix("index") or "."


def near(wanted: str, there: Mapping[str, object] | tuple[str, ...] | list[str]) -> str:
    """`did you mean …?`, with the names that come near; empty if none does."""
    matches = get_close_matches(wanted, list(there), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(f'`{match}`' for match in matches)}?" if matches else ""


def _stage(course: Course, path: Path) -> Stage | None:
    names = {path.stem, path.parent.name}
    return next((stage for stage in course.stages if stage.name in names), None)


def _parted(page: str, text: str) -> tuple[list[Block], list[tuple[int, str]]]:
    """The course's own blocks, and the lines outside of all fences with their numbers."""
    lines = text.split("\n")
    blocks, prose = list[Block](), list[tuple[int, str]]()
    at, is_comment = 0, False
    while at < len(lines):
        fence = _FENCE.fullmatch(lines[at])
        at += 1
        if not fence:
            prose.append((at, lines[at - 1]))
            is_comment = "-->" not in lines[at - 1] and (
                is_comment or lines[at - 1].lstrip().startswith("<!--")
            )
            continue
        start, indent = at, len(fence["indent"])
        end = re.compile(rf" *{fence['marks'][0]}{{{len(fence['marks'])},}} *")
        while at < len(lines) and not end.fullmatch(lines[at]):
            at += 1
        if fence["kind"] in KINDS:
            if is_comment:
                raise PageError(f"{page}:{start}: nobody sees a block in a comment: take it out")
            body = "\n".join(line[indent:] for line in lines[start:at])
            options = dict(_OPTION.findall(fence["options"]))
            blocks.append(Block(fence["kind"], body, options, page, start, indent))
        at += 1
    return blocks, prose
