"""Hashing is slow on purpose: nobody but the person who waits for it may notice."""

import os
from statistics import median

import pytest

from .blog import Blog, Body, kind
from .probing import Probe
from .rules import rule, slow
from .timing import rush
from .visits import Restarted

pytestmark = [slow, pytest.mark.no_rows]

AT_MOST = max(1, (os.cpu_count() or 1) - 1)


@rule(3, "password-hashing")
def test_eight_logins_at_once_leave_other_requests_quick(bare: Restarted) -> None:
    seen = rush(bare.blog, bare.early.account.username)

    assert median(seen.others) < seen.login / 4


@pytest.fixture(scope="module")
def hashing(blog: Blog, probe: Probe) -> Body:
    """What was seen of every hash while one person, then eight, signed up and logged in."""
    people = [blog.sign_up_body() for _ in range(9)]
    return probe("hashing", prefix=blog.prefix, people=people)


@pytest.mark.parametrize(
    ("step", "statuses"),
    [
        ("a sign-up", [200]),
        ("sign-ups", [200] * 8),
        ("a login", [200]),
        ("logins", [200] * 9),
    ],
)
@rule(3, "password-hashing")
def test_no_hash_runs_on_the_thread_of_the_event_loop(
    hashing: Body, step: str, statuses: list[int]
) -> None:
    assert [kind(status) for status in hashing[step]["statuses"]] == statuses
    assert hashing[step]["hashes"] >= len(statuses)
    assert hashing[step]["on_the_loop"] == 0


@pytest.mark.parametrize("step", ["sign-ups", "logins"])
@rule(3, "password-hashing")
def test_all_cores_but_one_hash_at_most(hashing: Body, step: str) -> None:
    assert hashing[step]["hashes"] >= 8
    assert hashing[step]["at_once"] <= AT_MOST


@rule(3, "password-hashing")
def test_a_login_holds_no_connection_while_it_hashes(hashing: Body) -> None:
    assert hashing["a login"]["hashes"] >= 1
    assert hashing["a login"]["held"] == 0
