"""Work that runs side by side, and ends with all it has started when the program is stopped."""

import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

OFTEN = 0.1
"""Seconds until what still runs is ended once more: a thread may have started something new."""


class Stopped(Exception):
    """The program is being stopped: nothing new may begin."""


class Processes:
    """What the threads are waiting for, and how each of these things is ended."""

    def __init__(self) -> None:
        self._ends: list[Callable[[], None]] = []
        self._stopped = threading.Event()

    @contextmanager
    def ended_by(self, end: Callable[[], None]) -> Iterator[None]:
        """Call `end` if the block does not get to its end. Raises Stopped."""
        self._ends.append(end)
        try:
            if self._stopped.is_set():
                raise Stopped
            yield
        except BaseException:
            end()
            raise
        finally:
            self._ends.remove(end)

    def run(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        env: Mapping[str, str],
        text: str = "",
        within: float | None = None,
        stderr: int = subprocess.STDOUT,
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end. Raises TimeoutExpired after `within` seconds, and Stopped."""
        with (
            subprocess.Popen(
                command, cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=stderr, text=True, encoding="utf-8", errors="replace",
            ) as process,
            self.ended_by(process.kill),
        ):  # fmt: skip
            out, err = process.communicate(text, within)
            return subprocess.CompletedProcess(command, process.returncode, out, err)

    def stop(self, threads: Sequence["Future[T]"]) -> None:
        """End what runs, and let nothing begin, until every thread has come to its end.

        Those that were cancelled never began. To wait for them would take forever.
        """
        self._stopped.set()
        begun = [thread for thread in threads if not thread.cancelled()]
        while wait(begun, OFTEN).not_done:
            for end in list(self._ends):
                end()


def side_by_side(works: Sequence[Callable[[Processes], T]]) -> list[T]:
    """What each work returns, in order. Called in the main thread.

    When a work fails, or the program is interrupted, the others are stopped first.
    """
    processes = Processes()
    threads: list[Future[T]] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            threads += (pool.submit(work, processes) for work in works)
            return [thread.result() for thread in threads]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            processes.stop(threads)
            raise
