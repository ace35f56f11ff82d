"""What each stage says of itself: generated, committed, and read by the pages."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from roadmap.course import Course, CourseError, Stage
from roadmap.scratch import Scratch, clean_environment

GENERATED = "docs/generated"

Described = dict[str, Any]
"""`openapi`, `tables` and `settings`."""

NOTHING: Described = {"openapi": {"paths": {}}, "tables": {}, "settings": []}


def described(course: Course, stage: Stage | None) -> Described:
    """What a stage says of itself; nothing for the stage before the first."""
    if stage is None:
        return NOTHING
    path = _path(course, stage)
    if not path.is_file():
        raise CourseError(f"{_name(stage)} is missing: run `nox -s docs -- generate`")
    found: Described = json.loads(path.read_text(encoding="utf-8"))
    return found


def generate(course: Course) -> list[str]:
    """Write what every stage says of itself; returns the files that changed."""
    changed = []
    for stage, text in zip(course.stages, _describe_all(course.stages), strict=True):
        path = _path(course, stage)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(_name(stage))
    return changed


def prove_described(course: Course) -> list[str]:
    """What is committed is what every stage says of itself today."""
    failures = []
    for stage, text in zip(course.stages, _describe_all(course.stages), strict=True):
        path = _path(course, stage)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            failures.append(
                f"{_name(stage)} is not what {stage.name} says of itself today:"
                " run `nox -s docs -- generate`, and read what changed"
            )
    return failures


def describe(stage: Stage) -> str:
    """What a stage says of itself, in its own environment. Raises CourseError."""
    script = Path(__file__).with_name("ask_stage.py").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        scratch = Scratch(stage.folder, Path(folder))
        done = subprocess.run(
            [str(scratch.python), "-c", script], cwd=scratch.copy(), env=clean_environment(),
            capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
    if done.returncode:
        raise CourseError(f"{stage.name} cannot say what it is:\n{done.stderr}")
    return done.stdout


def _describe_all(stages: Sequence[Stage]) -> list[str]:
    with ThreadPoolExecutor() as pool:
        return list(pool.map(describe, stages))


def _path(course: Course, stage: Stage) -> Path:
    return course.root / _name(stage)


def _name(stage: Stage) -> str:
    return f"{GENERATED}/{stage.name}.json"
