"""What is under test: the options that say so, and the stage that they name."""

from pathlib import Path

import pytest

from roadmap.course import FIRST_ON_POSTGRES, Course, Stage, UnknownStage

BLANK = Path(__file__).parent / "acceptance" / "blank"


def add_options(parser: pytest.Parser) -> None:
    """Add the options that choose a stage, its checks, and where its servers keep their data.

    The folder comes after an equals sign: pytest looks for tests in a path that stands alone.
    """
    group = parser.getgroup("course", "the course")
    group.addoption("--stage", metavar="NAME", help="the stage to check (default: the highest)")
    group.addoption(
        "--folder",
        metavar="DIR",
        type=Path,
        help="check this folder as if it were that stage; written --folder=DIR",
    )
    group.addoption(
        "--brought",
        action="store_true",
        help="only the checks that the stage brings, without those of the stages before",
    )
    group.addoption(
        "--fail-first",
        action="store_true",
        help="run what the stage brings against the stage before, where every check must fail",
    )
    group.addoption(
        "--database",
        choices=["sqlite", "postgres"],
        default="sqlite",
        help="where servers keep their data (sqlite); postgres: from stage 4 on, on the server that"
        " DATABASE_URL names, or on one that is started",
    )
    group.addoption(
        "--redis",
        action="store_true",
        help="only the checks from stage 8 on, with a Redis that is started for the servers",
    )
    group.addoption(
        "--slow",
        action="store_true",
        help="the slow checks too, at a stage between the one that brings them and the highest",
    )
    group.addoption(
        "--rowless",
        action="store_true",
        help="only the checks that are marked no_rows, on PostgreSQL too",
    )


def stage_under_test(config: pytest.Config) -> Stage:
    """The stage whose rules are checked, with the folder that is to keep them."""
    course = Course()
    name: str | None = config.getoption("--stage")
    try:
        stage = course.find(name) if name else course.highest
    except UnknownStage as error:
        raise pytest.UsageError(str(error)) from error
    if on_postgres(config) and stage.number < FIRST_ON_POSTGRES:
        raise pytest.UsageError(f"{stage.name} runs on SQLite alone: leave out --database")
    folder: Path = config.getoption("--folder") or stage.folder
    if config.getoption("--fail-first"):
        before = course.before(stage)
        folder = before.folder if before else BLANK
    if not (folder / "pyproject.toml").is_file():
        raise pytest.UsageError(f"{folder} holds no pyproject.toml")
    return Stage(stage.number, folder.resolve())


def with_slow_checks(config: pytest.Config, stage: Stage) -> bool:
    """Whether the slow checks of earlier stages run, too."""
    asked = config.getoption("--slow") or config.getoption("--folder")
    return bool(asked) or stage.number == Course().highest.number


def on_redis(config: pytest.Config) -> bool:
    """Whether servers share a real Redis."""
    return bool(config.getoption("--redis"))


def on_postgres(config: pytest.Config) -> bool:
    """Whether servers keep their data in PostgreSQL."""
    return bool(config.getoption("--database") == "postgres")
