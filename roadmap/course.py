"""The one place that knows the stages: where they lie, which files they are, what they bring."""

import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FINAL = 11

# What later stages bring, by the number of the stage that has it first.
FIRST_WITH_PREFIX = 2
FIRST_WITH_SETTINGS = 2
FIRST_WITH_PASSWORDS = 3
FIRST_ON_POSTGRES = 4
FIRST_WITH_DRAFTS = 4
FIRST_WITH_PAGES = {"/posts": 4, "/users/me/posts": 4, "/users": 5}
FIRST_WITH_ENVELOPES = 5
FIRST_WITH_COMPLETE_OPENAPI = 5
FIRST_WITH_LIVE_PAGE = 6

HIDDEN_FILES_OF_A_STAGE = {
    ".dockerignore", ".env.example", ".github", ".gitignore", ".pre-commit-config.yaml",
    ".python-version",
}  # fmt: skip
LEFT_BEHIND = ("__pycache__", "*.egg-info", "*.pyc", "*.db", "*.db-*", "htmlcov", "node_modules")
LEFT_BEHIND_AT_THE_TOP = ("build", "dist", "media", "outbox", "uv.lock")


class CourseError(Exception):
    """Something that a person can mend; the message says how."""


class UnknownStage(CourseError):
    """A stage was asked for that does not exist; the message lists those that do."""


@dataclass(frozen=True)
class Stage:
    """A folder that holds the blog as it stands at the end of one stage.

    `number` is 1 … 10 for the folders below `stages/` and 11 for `final/`.
    """

    number: int
    folder: Path

    @property
    def name(self) -> str:
        """The folder's name: `03-auth`, `final`."""
        return self.folder.name

    @cached_property
    def _pyproject(self) -> dict[str, dict[str, list[str]]]:
        return tomllib.loads((self.folder / "pyproject.toml").read_text(encoding="utf-8"))

    @property
    def dependencies(self) -> list[str]:
        """What the app needs, as its `pyproject.toml` says it."""
        return self._pyproject["project"]["dependencies"]

    @property
    def test_dependencies(self) -> list[str]:
        """What its tests need besides: the `dev` group."""
        return self._pyproject["dependency-groups"]["dev"]

    @property
    def requirements(self) -> list[str]:
        """All that an environment for running and testing the stage holds."""
        return self.dependencies + self.test_dependencies

    def files(self) -> list[str]:
        """The paths of the stage's own files in its folder, in order, with `/` between the parts.

        What people and programs leave behind does not belong to it: environments, caches, data,
        settings, and every hidden file but those that a stage may have.
        """
        return sorted(files_in(self.folder))


def files_in(folder: Path) -> Iterator[str]:
    """The files that `Stage.files()` names, of any folder and in any order."""
    for parent, folders, files in os.walk(folder):
        at_the_top = Path(parent) == folder
        folders[:] = [
            name
            for name in folders
            if _belongs(name, at_the_top) and not Path(parent, name, "pyvenv.cfg").exists()
        ]
        yield from (
            Path(parent, name).relative_to(folder).as_posix()
            for name in files
            if _belongs(name, at_the_top)
        )


def _belongs(name: str, at_the_top: bool) -> bool:
    if name.startswith("."):
        return name in HIDDEN_FILES_OF_A_STAGE
    left_behind = LEFT_BEHIND + (LEFT_BEHIND_AT_THE_TOP if at_the_top else ())
    return not any(fnmatch(name, pattern) for pattern in left_behind)


class Course:
    """The stages below `root`, in order."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """Every stage that has a `pyproject.toml`, first to last, `final/` at the end."""
        folders = [(int(f.name[:2]), f) for f in (self.root / "stages").glob("[0-9][0-9]-*")]
        folders.append((FINAL, self.root / "final"))
        return tuple(
            Stage(number, folder)
            for number, folder in sorted(folders)
            if (folder / "pyproject.toml").is_file()
        )

    def find(self, wanted: str) -> Stage:
        """The stage called `3`, `03`, `auth`, `03-auth` or `final`. Raises UnknownStage."""
        for stage in self.stages:
            number, _, topic = stage.name.partition("-")
            if wanted in {stage.name, topic, number, number.lstrip("0")} - {""}:
                return stage
        raise UnknownStage(
            f"there is no stage {wanted!r}: choose one of "
            + ", ".join(re.sub(r"^0?(\d+)-(.*)", r"\1 (\2)", stage.name) for stage in self.stages)
        )

    @property
    def requirements(self) -> list[str]:
        """All that any stage asks for."""
        return sorted({wanted for stage in self.stages for wanted in stage.requirements})

    @property
    def highest(self) -> Stage:
        """The furthest stage that is built."""
        return self.stages[-1]

    def before(self, stage: Stage) -> Stage | None:
        """The stage that `stage` grew from; None for the first."""
        position = self.stages.index(stage)
        return self.stages[position - 1] if position else None

    def after(self, stage: Stage) -> tuple[Stage, ...]:
        """The stages that grew from `stage`, nearest first."""
        return self.stages[self.stages.index(stage) + 1 :]


def has_migrations(folder: Path) -> bool:
    """Whether Alembic is set up there, in a file of its own or in the project's."""
    project = folder / "pyproject.toml"
    return (folder / "alembic.ini").is_file() or (
        project.is_file() and "[tool.alembic]" in project.read_text(encoding="utf-8")
    )
