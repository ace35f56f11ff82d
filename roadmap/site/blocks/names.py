"""Paths and stages that the prose names: each of them exists."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from roadmap.course import AppState, Course, Stage
from roadmap.site.pages import Page

_PATH = re.compile(
    r"(app|tests|stages|final|roadmap|docs)/[\w./-]*\w/?|(pyproject\.toml|tasks\.nd)"
)
_STAGE = re.compile(r"\d\d-[a-z]+")
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")


def prove_names(course: Course, pages: Sequence[Page]) -> list[str]:
    """Every path and every stage that stands as code in a page's prose exists."""
    there: dict[Stage | None, set[str]] = {}
    failures: list[str] = []
    for page in pages:
        if page.stage not in there:
            there[page.stage] = _paths(course, page.stage)
        failures += _unknown(course, page, there[page.stage])
    return failures


def _unknown(course: Course, page: Page, there: set[str]) -> Iterator[str]:
    stages = [stage.name for stage in course.stages]
    for number, text in _code(page):
        name = text.rstrip("/")
        if _STAGE.fullmatch(name):
            if name not in stages:
                yield f"{page.name}:{number}: there is no stage `{name}`: {_hint(name, stages)}"
        elif _PATH.fullmatch(text) and name not in there and not (course.root / name).exists():
            yield f"{page.name}:{number}: there is no `{text}`: {_hint(name, sorted(there))}"


def _paths(course: Course, stage: Stage | None) -> set[str]:
    """The files and folders of a stage, its waypoints and the one before, or of all."""
    states: Sequence[AppState | None] = course.states
    if stage:
        states = [course.before(stage), *course.waypoints(stage), stage]
    files = {path for state in states if state for path in state.sources()}
    return files | {parent.as_posix() for path in files for parent in Path(path).parents}


def _code(page: Page) -> Iterator[tuple[int, str]]:
    """Inline code with its line."""
    for number, line in page.prose:
        yield from ((number, found[2].strip()) for found in _CODE.finditer(line))


def _hint(name: str, there: Sequence[str]) -> str:
    matches = get_close_matches(name, there, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(matches)}?" if matches else "name one that exists"
