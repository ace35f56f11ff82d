"""`tasks.nd` is the owner's roadmap, word for word, with a name for each box."""

import re
from pathlib import Path

import pytest

from roadmap.course import ROOT
from roadmap.tasks import Checklist

ROADMAP = Path(__file__).with_name("roadmap.md")


@pytest.fixture
def checklist() -> Checklist:
    return Checklist.read(ROOT / "tasks.nd")


def test_without_slugs_and_ticks_the_checklist_is_the_roadmap_byte_for_byte() -> None:
    committed = (ROOT / "tasks.nd").read_bytes()

    unnamed = re.sub(rb" \{#[a-z0-9-]+\}(?=\r?$)", b"", committed, flags=re.MULTILINE)
    emptied = re.sub(rb"^( *)- \[[xX]\]", rb"\1- [ ]", unnamed, flags=re.MULTILINE)

    assert emptied == ROADMAP.read_bytes()


def test_every_box_of_the_roadmap_is_a_task(checklist: Checklist) -> None:
    boxes = re.findall(r"^ *- \[ \]", ROADMAP.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert len(checklist.tasks) == len(boxes) == 86
    assert len({task.slug for task in checklist.tasks}) == 86


def test_every_stage_has_tasks_and_fourteen_tasks_have_no_stage(checklist: Checklist) -> None:
    stages = [task.stage for task in checklist.tasks]

    assert set(stages) == {None, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
    assert stages.count(None) == 14
