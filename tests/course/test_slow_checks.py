"""Where the checks run that take seconds."""

import subprocess
import sys

import pytest

from roadmap.course import ROOT, Course

SLOW = "tests/acceptance/test_locks.py"
BROUGHT = 4


def collected(*options: str) -> bool:
    """Whether the slow check of stage 4 would run with these options."""
    command = [sys.executable, "-m", "pytest", SLOW, "--collect-only", "-q", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 5}, done.stdout + done.stderr  # 5: nothing is collected
    return done.returncode == 0


@pytest.mark.parametrize("stage", [str(BROUGHT), Course().highest.name])
def test_a_slow_check_runs_where_it_is_brought_and_at_the_highest_stage(stage: str) -> None:
    assert collected("--stage", stage)


def test_a_slow_check_does_not_run_between_them() -> None:
    assert Course().highest.number > BROUGHT + 1
    assert not collected("--stage", str(BROUGHT + 1))


@pytest.mark.parametrize("option", ["--slow", f"--folder={ROOT / 'stages' / '05-responses'}"])
def test_a_slow_check_runs_when_asked_for_and_on_a_learners_folder(option: str) -> None:
    assert collected("--stage", str(BROUGHT + 1), option)
