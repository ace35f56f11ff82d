"""Work that runs side by side."""

import os
import threading
import time
from functools import partial

import pytest

from roadmap.site.processes import Processes, Stopped, side_by_side

WITHIN = 60.0


def fail(_: Processes) -> None:
    raise RuntimeError("no more")


def pause(_: Processes) -> None:
    time.sleep(0.5)


def number(which: int, _: Processes) -> int:
    return which


def test_a_failure_is_told_although_other_work_has_not_begun() -> None:
    said: list[str] = []
    many = (os.cpu_count() or 1) * 4

    def run() -> None:
        try:
            side_by_side([fail, *[pause] * many])
        except RuntimeError as error:
            said.append(str(error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(WITHIN)

    assert said == ["no more"]


def test_what_each_work_returns_is_in_order() -> None:
    assert side_by_side([partial(number, which) for which in range(9)]) == list(range(9))


def test_nothing_begins_after_the_stop() -> None:
    processes = Processes()
    processes.stop([])
    ended = []

    with pytest.raises(Stopped), processes.ended_by(lambda: ended.append("ended")):
        ended.append("it has begun")

    assert ended == ["ended"]
