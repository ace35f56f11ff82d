"""A cache that shows what was before a write is found by the acceptance suite."""

import shutil
import time
from pathlib import Path

import pytest

from roadmap.copies import Copies
from roadmap.course import FIRST_WITH_REDIS, Course, Stage
from roadmap.redis import redis
from tests.acceptance.race import Race, pair_of

LONGEST = 20.0
"""Seconds, as long as the acceptance suite looks. A wrong cache is found much earlier."""

WRONG = {
    "any entry is a hit": (
        "app/cache.py",
        "if entry and entry.startswith(versions):",
        "if entry:",
    ),
    "a change has no new versions after the commit": (
        "app/cache.py",
        "await self.forget(tags)  # somebody may have stored the old rows meanwhile",
        "pass",
    ),
    "a change forgets the tags that a post loses": (
        "app/routers/posts.py",
        "post.published, {tag.name for tag in post.tags}",
        "post.published, set[str]()",
    ),
}


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A copy of the first stage with Redis."""
    (original,) = [one for one in Course().stages if one.number == FIRST_WITH_REDIS]
    shutil.copytree(original.folder, tmp_path / original.name)
    return Stage(original.number, tmp_path / original.name)


@pytest.mark.parametrize("name", WRONG)
def test_the_race_finds_a_cache_that_is_wrong(stage: Stage, tmp_path: Path, name: str) -> None:
    path, right, wrong = WRONG[name]
    file = stage.folder / path
    code = file.read_text("utf-8")
    assert code.count(right) == 1
    file.write_text(code.replace(right, wrong), "utf-8")

    with redis() as own, pair_of(Copies(stage.folder, tmp_path), stage, own) as pair:
        race = Race(pair)
        until = time.monotonic() + LONGEST
        with race.running():
            while not race.stale and time.monotonic() < until:
                time.sleep(0.05)

    assert race.stale
