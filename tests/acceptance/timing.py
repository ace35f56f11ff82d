"""How long things take."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from .blog import Blog, expect

FEWEST_PAIRS, MOST_PAIRS = 6, 30
CLEARLY_EQUAL = 0.05


def login_seconds(blog: Blog, known: str, unknown: str) -> tuple[float, float]:
    """The least time that a wrong password takes, and that an unknown user takes.

    What else the machine does can only make a login longer, so the least time is the true one. Both
    are asked in turn. After six pairs that agree within 5 % there is nothing left to find;
    otherwise there are thirty.
    """
    seconds: tuple[list[float], list[float]] = ([], [])
    for pair in range(MOST_PAIRS):
        for username, measured in zip((known, unknown), seconds, strict=True):
            began = time.perf_counter()
            expect(blog.log_in(username, "not the password"), 401)
            measured.append(time.perf_counter() - began)
        first, second = min(seconds[0]), min(seconds[1])
        if pair + 1 >= FEWEST_PAIRS and abs(first / second - 1) < CLEARLY_EQUAL:
            break
    return first, second


@dataclass(frozen=True)
class Rush:
    """What eight logins at once did: the time of one alone, and of others' requests meanwhile."""

    login: float
    others: list[float]


def rush(blog: Blog, username: str, logins: int = 8) -> Rush:
    """Log in `logins` times at once, and read posts one by one until the last login is through."""
    began = time.perf_counter()
    expect(blog.log_in(username, "not the password"), 401)
    login = time.perf_counter() - began
    others = []
    with ThreadPoolExecutor(logins) as threads:
        waiting = [threads.submit(blog.log_in, username, "not the password") for _ in range(logins)]
        while not all(future.done() for future in waiting):
            began = time.perf_counter()
            expect(blog.request("GET", "/posts"), 200)
            others.append(time.perf_counter() - began)
    for future in waiting:
        expect(future.result(), 401)
    return Rush(login, others)
