"""What each stage says of itself: generated, committed as plain files, and read by the pages."""

import json
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from roadmap.copies import Copies
from roadmap.course import Course, CourseError, Stage
from roadmap.site.processes import Processes, side_by_side

GENERATED = "docs/generated"
ASK_STAGE = Path(__file__).with_name("ask_stage.py")
NOTHING: dict[str, Any] = {"openapi": {"paths": {}}, "tables": {}, "settings": []}
"""What there is before the first stage, by the names of the files."""


def described(course: Course, stage: Stage | None, what: str) -> Any:
    """The `openapi`, the `tables` or the `settings` of a stage. Raises CourseError."""
    if stage is None:
        return NOTHING[what]
    name = f"{GENERATED}/{stage.name}/{what}.json"
    if not (course.root / name).is_file():
        raise CourseError(f"{name} is missing: run `nox -s docs -- generate`")
    return json.loads((course.root / name).read_text(encoding="utf-8"))


def generate(course: Course) -> list[str]:
    """Write what every stage says of itself; returns the files that changed."""
    changed = list(_stale(course))
    for name, text in changed:
        (course.root / name).parent.mkdir(parents=True, exist_ok=True)
        (course.root / name).write_text(text, encoding="utf-8", newline="\n")
    return [name for name, _ in changed]


def prove_described(course: Course) -> list[str]:
    """What is committed is what every stage says of itself today."""
    return [
        f"{name} is not what {Path(name).parent.name} says of itself today:"
        " run `nox -s docs -- generate`, and read what changed"
        for name, _ in _stale(course)
    ]


def _stale(course: Course) -> Iterator[tuple[str, str]]:
    """The files that are not what they should be, and the texts that belong there."""
    answers = side_by_side([partial(_describe, stage) for stage in course.stages])
    for stage, answer in zip(course.stages, answers, strict=True):
        for what in NOTHING:
            name = f"{GENERATED}/{stage.name}/{what}.json"
            text = json.dumps(answer[what], indent=2, sort_keys=True, ensure_ascii=False) + "\n"
            path = course.root / name
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                yield name, text


def _describe(stage: Stage, _: Processes) -> dict[str, Any]:
    """What a stage says of itself, in its own environment. Raises CourseError."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        copies, said = Copies(stage.folder, Path(folder)), Path(folder, "said.json")
        done = copies.run(copies.copy(), str(ASK_STAGE), str(said))
        if done.status:
            raise CourseError(f"{stage.name} cannot say what it is:\n{done.output}")
        answer: dict[str, Any] = json.loads(said.read_text(encoding="utf-8"))
    return answer
