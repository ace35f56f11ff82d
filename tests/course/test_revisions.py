"""A database of any stage goes on with the next: revisions are added, and never changed."""

import pytest

from roadmap.course import Course, Stage
from roadmap.site.difference.changes import tree

COURSE = Course()
REVISIONS = "app/migrations/versions/"
MIGRATED = [stage for stage in COURSE.stages if (stage.folder / REVISIONS).is_dir()]


def revisions(stage: Stage) -> dict[str, str]:
    """The text of each revision, by its file."""
    files = tree(stage)
    return {path: text for path, text in files.items() if path.startswith(REVISIONS)}


def test_migrations_begin_with_stage_4_and_stay() -> None:
    assert [stage for stage in COURSE.stages if stage.number >= 4] == MIGRATED


@pytest.mark.parametrize("stage", MIGRATED[1:], ids=lambda stage: stage.name)
def test_the_revisions_of_a_stage_begin_with_those_of_the_one_before(stage: Stage) -> None:
    before = COURSE.before(stage)
    assert before
    first = sorted(revisions(stage))[: len(revisions(before))]

    assert {path: revisions(stage)[path] for path in first} == revisions(before)
