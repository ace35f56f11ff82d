"""Waiting for what happens a little later."""

import time
from collections.abc import Callable

LONG = 20.0
"""Seconds, far more than a line in the log takes."""


def eventually(holds: Callable[[], bool]) -> None:
    """Return when it holds. AssertionError if it does not in a long time."""
    end = time.monotonic() + LONG
    while not holds():
        assert time.monotonic() < end, f"not within {LONG:.0f} seconds"
        time.sleep(0.05)
