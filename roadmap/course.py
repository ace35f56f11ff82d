"""The one place that knows the stages and the waypoints between them, and which files they are."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent
FINAL = 11
WAYPOINTS = "docs/waypoints"
WAYPOINT = "waypoint.toml"

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
FIRST_WITH_REDIS = 8

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

    def sources(self) -> dict[str, Path]:
        """Where each of its files lies, by its path in the app."""
        return {name: self.folder / name for name in self.files()}


@dataclass(frozen=True)
class Waypoint:
    """A state of the app on the way to the end of a stage: it runs, and it has tests that pass.

    Its folder holds the files that differ from the end of the stage. `waypoint.toml` beside them
    names the files of the stage that are not there yet, and the tests.
    """

    stage: Stage
    folder: Path

    @property
    def name(self) -> str:
        """The folder's name: `1-async`."""
        return self.folder.name

    @cached_property
    def _said(self) -> dict[str, list[str]]:
        file = self.folder / WAYPOINT
        try:
            said = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CourseError(f"{file} cannot be read: {error}") from error
        if unknown := said.keys() - {"absent", "tests"}:
            raise CourseError(f"{file} knows `absent` and `tests`, not {min(unknown)!r}")
        for name, value in said.items():
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                raise CourseError(f'{file}: `{name}` is a list of texts, such as ["tests"]')
        return said

    @property
    def absent(self) -> list[str]:
        """The files of the stage that are not there yet, and folders with a slash at the end."""
        return self._said.get("absent", [])

    @property
    def tests(self) -> list[str]:
        """What pytest is given at this waypoint."""
        return self._said.get("tests", [])

    def own_files(self) -> list[str]:
        """The paths of the files that it has in a form of its own, in order."""
        return sorted(name for name in files_in(self.folder) if name != WAYPOINT)

    def sources(self) -> dict[str, Path]:
        """Where each of its files lies, by its path in the app."""
        own = {name: self.folder / name for name in self.own_files()}
        return without(self.stage.sources(), self.absent) | own


AppState = Stage | Waypoint
"""The app as it stands at one place of the course."""


def without(files: Mapping[str, T], absent: Sequence[str]) -> dict[str, T]:
    """The files, by path, that `absent` does not name, neither alone nor by a folder."""
    folders = tuple(name for name in absent if name.endswith("/"))
    kept = (path for path in files if path not in absent and not path.startswith(folders))
    return {path: files[path] for path in kept}


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

    def waypoints(self, stage: Stage) -> tuple[Waypoint, ...]:
        """The states between the stage before and this one, in order."""
        files = (self.root / WAYPOINTS / stage.name).glob(f"*/{WAYPOINT}")
        folders = sorted((file.parent for file in files), key=by_number)
        return tuple(Waypoint(stage, folder) for folder in folders)

    def before(self, stage: Stage) -> Stage | None:
        """The stage that `stage` grew from; None for the first."""
        position = self.stages.index(stage)
        return self.stages[position - 1] if position else None

    @cached_property
    def states(self) -> tuple[AppState, ...]:
        """Every waypoint and every stage, in the order in which they grow from each other."""
        found: list[AppState] = []
        for stage in self.stages:
            found += [*self.waypoints(stage), stage]
        return tuple(found)

    def find_state(self, wanted: str) -> AppState:
        """The stage with this name, or the waypoint: `4/1-async`. Raises UnknownStage."""
        name, slash, waypoint = wanted.partition("/")
        stage = self.find(name)
        there = {one.name: one for one in self.waypoints(stage)}
        if slash and waypoint not in there:
            raise UnknownStage(f"{stage.name} has no waypoint {waypoint!r}: it has {[*there]}")
        return there[waypoint] if slash else stage

    def after(self, state: AppState) -> tuple[AppState, ...]:
        """The waypoints and stages that grew from `state`, nearest first."""
        return self.states[self.states.index(state) + 1 :]


def has_migrations(folder: Path) -> bool:
    """Whether Alembic is set up there, in a file of its own or in the project's."""
    project = folder / "pyproject.toml"
    return (folder / "alembic.ini").is_file() or (
        project.is_file() and "[tool.alembic]" in project.read_text(encoding="utf-8")
    )


def by_number(path: Path) -> tuple[int, str]:
    """The order of names that begin with a number: `2-more` comes before `10-most`."""
    number = re.match(r"\d+", path.name)
    return int(number[0]) if number else 0, path.name
