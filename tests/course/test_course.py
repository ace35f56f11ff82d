"""The course knows its stages and their order."""

from pathlib import Path

import pytest

from roadmap.course import Course, UnknownStage

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
