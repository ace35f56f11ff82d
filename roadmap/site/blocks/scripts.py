"""A script: a small program that the reader saves in their folder for a trial."""

from collections.abc import Sequence
from pathlib import Path

from roadmap.course import Course
from roadmap.site.blocks.snippets import numbered_html
from roadmap.site.pages import Block, Page, near

FOLDER = "docs/scripts"
PORT = "8123"
"""Where a script's server listens. A proof takes another port, so pages are proven side by side."""


def script_html(page: Page, block: Block) -> str:
    """The whole script, and what to save it as."""
    path = script_of(page, block)
    text = path.read_text(encoding="utf-8").rstrip()
    lines = range(text.count("\n") + 1)
    return numbered_html(path.name, text, lines, "a script: save it in your folder")


def script_of(page: Page, block: Block) -> Path:
    """The file that a block names. Raises PageError if there is none."""
    stage = page.stage_of(block, None)
    folder = page.course.root / FOLDER / stage.name
    path = folder / block.body.strip()
    if not path.is_file():
        there = sorted(one.name for one in folder.glob("*.py"))
        hint = near(path.name, there) or "write it there"
        raise block.error(f"there is no {path.name!r} in {FOLDER}/{stage.name}: {hint}")
    return path


def scripts_above(page: Page, block: Block) -> list[Path]:
    """The scripts that the reader of a page has when they reach a block."""
    return [script_of(page, one) for one in page.of("script") if one.line < block.line]


def prove_scripts(course: Course, pages: Sequence[Page]) -> list[str]:
    """Each script is on a page, once."""
    shown = [script_of(page, block) for page in pages for block in page.of("script")]
    return [
        f"{path.relative_to(course.root).as_posix()} is on {shown.count(path)} pages: show it once"
        for path in sorted((course.root / FOLDER).rglob("*.py"))
        if shown.count(path) != 1
    ]
