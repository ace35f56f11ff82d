"""The one place that knows which stages exist, where they lie and which comes before which."""

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FINAL = 11
FIRST_ON_POSTGRES = 4


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
