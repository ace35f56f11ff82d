"""`tasks.nd` as data: read, tick, write back without changing another character.

A box is a line `- [ ] text {#slug}`; one that is indented further belongs to the box above.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path
from secrets import token_hex
from shutil import copymode
from typing import Self

from roadmap.course import CourseError

_BOX = re.compile(
    r"(?P<indent>\ufeff?[ \t]*)[-*+][ \t]+\[(?P<mark>[^\]\r]?)\]"
    r"(?:[ \t]+(?P<text>[^\r]*?))?[ \t]*\r?"
)
_SLUG = re.compile(r"(?P<text>.*?)[ \t]*\{#(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)\}")
_HEADING = re.compile(r"\ufeff?(?P<level>#+)[ \t]+(?P<title>[^\r]*?)[ \t]*\r?")
_STAGE = re.compile(r"Stage[ \t]+(?P<number>\d+)\b")


class ChecklistError(CourseError):
    """A checklist cannot be read; the message names the file and the line."""


class UnknownTask(CourseError):
    """No task has this slug; the message lists those that come near."""


@dataclass(frozen=True)
class Task:
    """A box of the checklist.

    `stage` is None for the boxes below the headings that name no stage; `section` is the heading's
    text, `parent` the slug of the box that this one belongs to, `line` counts from 1.
    """

    slug: str
    text: str
    stage: int | None
    section: str
    done: bool
    parent: str | None
    line: int


class Checklist:
    """The boxes of one file, in order, and every character between them."""

    def __init__(self, text: str, name: str = "tasks.nd") -> None:
        """Raises ChecklistError."""
        self._lines = text.split("\n")
        self._tasks: dict[str, Task] = {}
        for task in _read_tasks(self._lines, name):
            if task.slug in self._tasks:
                raise ChecklistError(
                    f"{name}:{task.line}: {{#{task.slug}}} is taken already, "
                    f"by line {self._tasks[task.slug].line}: give this box another slug"
                )
            self._tasks[task.slug] = task

    @classmethod
    def read(cls, path: Path) -> Self:
        """The checklist in `path`. Raises ChecklistError."""
        try:
            return cls(path.read_bytes().decode("utf-8"), str(path))
        except OSError as error:
            raise ChecklistError(f"{path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise ChecklistError(f"{path}: not UTF-8, from byte {error.start} on") from error

    def write(self, path: Path) -> None:
        """Write all of it to `path`, or leave what is there. Raises ChecklistError."""
        target = path.resolve()
        new = target.with_name(f".{target.name}.{token_hex(4)}.new")
        try:
            new.write_bytes(self.text.encode("utf-8"))
            if target.exists():
                copymode(target, new)
            new.replace(target)
        except OSError as error:
            raise ChecklistError(f"nothing was written: {error}") from error
        finally:
            new.unlink(missing_ok=True)

    @property
    def text(self) -> str:
        """The file's text, as it was read but for the boxes that were ticked or emptied."""
        return "\n".join(self._lines)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """Every task, in the file's order."""
        return tuple(self._tasks.values())

    def find(self, slug: str) -> Task:
        """The task called `slug`. Raises UnknownTask."""
        if slug not in self._tasks:
            near = get_close_matches(slug, self._tasks, n=3, cutoff=0.5)
            hint = f": did you mean {' or '.join(near)}?" if near else ""
            raise UnknownTask(f"there is no task {slug!r}{hint}")
        return self._tasks[slug]

    def tick(self, slug: str) -> None:
        """Mark a task as done; its parent and its children stay as they are. Raises UnknownTask."""
        self._mark(self.find(slug), done=True)

    def untick(self, slug: str) -> None:
        """Mark a task as not done. Raises UnknownTask."""
        self._mark(self.find(slug), done=False)

    def progress(self) -> str:
        """The tasks with their boxes, and how many are done, section by section."""
        lines = []
        for section, group in groupby(self.tasks, key=lambda task: task.section):
            tasks = list(group)
            lines.append(f"{section}: {sum(task.done for task in tasks)} of {len(tasks)}")
            for task in tasks:
                indent = "  " if task.parent is None else "    "
                lines.append(f"{indent}[{'x' if task.done else ' '}] {task.text} {{#{task.slug}}}")
        return "\n".join(lines)

    def _mark(self, task: Task, *, done: bool) -> None:
        if task.done == done:
            return
        before, _, after = self._lines[task.line - 1].partition("[")
        self._lines[task.line - 1] = f"{before}[{'x' if done else ' '}{after[1:]}"
        self._tasks[task.slug] = replace(task, done=done)


def _read_tasks(lines: list[str], name: str) -> Iterator[Task]:
    stage: int | None = None
    section, level = "", 0
    above: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        if heading := _HEADING.fullmatch(line):
            named = _STAGE.match(heading["title"])
            # A learner's own heading below a stage's does not end the stage.
            if named or len(heading["level"]) <= level or not level:
                stage = int(named["number"]) if named else None
                section, level = heading["title"], len(heading["level"])
            above = []
        elif box := _BOX.fullmatch(line):
            slugged = _SLUG.fullmatch(box["text"] or "")
            if not slugged:
                raise ChecklistError(
                    f"{name}:{number}: this box has no slug: "
                    "end its line with {#a-name} in a-z, 0-9 and single hyphens"
                )
            if box["mark"] not in {" ", "x", "X"}:
                raise ChecklistError(f"{name}:{number}: a box is [ ] or [x], not [{box['mark']}]")
            indent = len(box["indent"].expandtabs(4).strip("\ufeff"))
            while above and above[-1][0] >= indent:
                above.pop()
            parent = above[-1][1] if above else None
            above.append((indent, slugged["slug"]))
            done = box["mark"] != " "
            yield Task(slugged["slug"], slugged["text"], stage, section, done, parent, number)
