"""Ctrl+C and SIGTERM end nox with all that its sessions started, and leave no folder."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from roadmap.course import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
WITHIN = 300.0


def processes_in(folder: Path) -> list[str]:
    """The commands of the processes that work below a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:  # it has ended, or is somebody else's
            continue
    return found


def becomes_true(condition: Callable[[], bool], within: float) -> bool:
    deadline = time.monotonic() + within
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_nox_leaves_neither_servers_nor_folders(
    tmp_path: Path, how: signal.Signals
) -> None:
    outer = {name: value for name, value in os.environ.items() if name != "COURSE_RUN"}
    with subprocess.Popen(
        [sys.executable, "-m", "nox", "-s", "accept(01-crud)", "accept(02-structure)",
         "--", "-x"],
        cwd=ROOT, env=outer | {"TMPDIR": str(tmp_path)}, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as nox:  # fmt: skip
        assert becomes_true(lambda: len(processes_in(tmp_path)) >= 2, WITHIN)
        nox.send_signal(how)
        nox.wait(WITHIN)

    assert becomes_true(lambda: processes_in(tmp_path) == [], 30)
    assert becomes_true(lambda: list(tmp_path.iterdir()) == [], 30)
