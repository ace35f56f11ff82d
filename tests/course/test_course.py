"""The course knows its stages and their order."""

import subprocess
from pathlib import Path

import pytest

from roadmap.course import Course, Stage, UnknownStage

PYPROJECT = """\
[project]
name = "blog"
dependencies = ["fastapi>=0.165,<0.166"]

[dependency-groups]
dev = ["pytest>=9,<10"]
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    for folder in ("final", "stages/10-operations", "stages/01-crud", "stages/02-structure"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (tmp_path / "stages" / "03-not-begun").mkdir()
    return Course(tmp_path)


def test_stages_come_in_order_with_final_last(course: Course) -> None:
    assert [(stage.number, stage.name) for stage in course.stages] == [
        (1, "01-crud"),
        (2, "02-structure"),
        (10, "10-operations"),
        (11, "final"),
    ]


@pytest.mark.parametrize("wanted", ["2", "02", "structure", "02-structure"])
def test_a_stage_is_found_by_number_topic_and_folder(course: Course, wanted: str) -> None:
    assert course.find(wanted).number == 2


def test_the_complete_system_is_found_as_final(course: Course) -> None:
    assert course.find("final") is course.highest


@pytest.mark.parametrize("wanted", ["", "0", "3", "11", "not-begun", "1-crud"])
def test_an_unknown_stage_is_told_with_those_that_exist(course: Course, wanted: str) -> None:
    with pytest.raises(UnknownStage) as caught:
        course.find(wanted)

    assert str(caught.value) == (
        f"there is no stage {wanted!r}: "
        "choose one of 1 (crud), 2 (structure), 10 (operations), final"
    )


def test_each_stage_knows_its_neighbours(course: Course) -> None:
    first, second, third, last = course.stages

    assert course.before(first) is None
    assert course.before(third) is second
    assert course.after(second) == (third, last)
    assert course.after(last) == ()


def test_a_stage_says_what_it_needs(course: Course) -> None:
    stage = course.highest

    assert stage.dependencies == ["fastapi>=0.165,<0.166"]
    assert stage.test_dependencies == ["pytest>=9,<10"]
    assert stage.requirements == ["fastapi>=0.165,<0.166", "pytest>=9,<10"]


def test_the_files_of_a_stage_are_its_own_alone(course: Course) -> None:
    folder = course.find("1").folder
    for own in (".env.example", ".github/workflows/test.yml", "app/build/own.py", "app/main.py"):
        (folder / own).parent.mkdir(parents=True, exist_ok=True)
        (folder / own).touch()
    for left in (
        ".env", ".idea/workspace.xml", ".main.py.1a2b.new", ".venv/lib/site.py",
        "app/__pycache__/x",
        "blog.db", "blog.db-wal", "blog.egg-info/PKG-INFO", "build/lib/app/main.py", "media/1.png",
        "my-environment/pyvenv.cfg", "my-environment/lib/site.py", "uv.lock",
    ):  # fmt: skip
        (folder / left).parent.mkdir(parents=True, exist_ok=True)
        (folder / left).touch()

    assert course.find("1").files() == [
        ".env.example",
        ".github/workflows/test.yml",
        "app/build/own.py",
        "app/main.py",
        "pyproject.toml",
    ]


@pytest.mark.parametrize("stage", Course().stages, ids=lambda stage: stage.name)
def test_the_files_of_a_stage_are_those_that_git_keeps(stage: Stage) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=stage.folder,
        capture_output=True,
        check=True,
        text=True,
    )

    assert stage.files() == sorted(filter(None, listed.stdout.split("\0")))
