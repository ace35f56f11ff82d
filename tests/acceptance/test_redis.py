"""A real Redis: shared by two processes, and gone, silent, full or read-only while they run."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from roadmap.copies import Copies
from roadmap.course import Stage
from roadmap.redis import Redis, redis
from roadmap.server import Server, free_port

from .blog import Blog, expect
from .crowd import Call, at_once, statuses
from .race import Pair, Race, pair_of
from .rules import rule
from .settings import settings_at
from .visits import visit

pytestmark = pytest.mark.redis

RACE = 20.0
"""Seconds."""

AFTER_AN_OUTAGE = 3.0
"""Seconds. Then every process has heard of all that was written meanwhile."""

CLIENTS = 128
WITHIN = 60.0

AT_ONCE = 4.0
"""Seconds that no answer takes, although Redis gives none: far more than the contract's 250 ms."""

RECOVERS_WITHIN = 30.0


@pytest.fixture
def own() -> Iterator[Redis]:
    """A Redis that nobody else uses."""
    with redis() as server:
        yield server


@pytest.fixture
def pair(copies: Copies, stage: Stage, own: Redis) -> Iterator[Pair]:
    with pair_of(copies, stage, own) as pair:
        yield pair


def titles(blog: Blog, query: str) -> list[str]:
    return [post["title"] for post in expect(blog.request("GET", query), 200).json()["items"]]


def outcome(blog: Blog, query: str = "/posts") -> str:
    return str(expect(blog.request("GET", query), 200).headers["X-Cache"])


@rule(8, "cache-invalidation")
def test_a_write_at_one_process_is_seen_at_the_other(pair: Pair) -> None:
    with visit(pair.servers[0], pair.stage) as one, visit(pair.servers[1], pair.stage) as other:
        writer = one.new_user("writer")
        assert [outcome(one), outcome(other)] == ["MISS", "HIT"]

        writer.create_post(title="Everybody sees it")

        assert titles(other, "/posts") == ["Everybody sees it"]
        assert outcome(one) == "HIT"


@rule(8, "cache-invalidation")
def test_no_read_shows_the_state_before_a_write_that_was_answered(pair: Pair) -> None:
    """Readers note what was answered before they ask. What they get must not be older."""
    race = Race(pair)

    with race.running():
        time.sleep(RACE)

    assert race.stale == [], race.outcomes
    assert race.outcomes["HIT"] > 0
    assert min(story.answered for story in race.stories) > 0


@rule(8, "redis-cache")
def test_a_crowd_does_not_make_a_healthy_redis_look_dead(server: Server, stage: Stage) -> None:
    with visit(server, stage) as blog:
        responses = at_once(blog, [Call("GET", "/posts")] * CLIENTS, WITHIN)

    assert statuses(responses) == [200] * CLIENTS
    assert "BYPASS" not in {response.headers["X-Cache"] for response in responses}


# Redis in trouble


@dataclass(frozen=True)
class Trouble:
    """What happens to Redis, and how it ends."""

    begin: Callable[[Redis], object]
    end: Callable[[Redis], object]


TROUBLES = {
    "killed": Trouble(Redis.kill, Redis.start),
    "silent": Trouble(Redis.pause, Redis.go_on),
    "read-only": Trouble(
        lambda own: own.command("REPLICAOF", "127.0.0.1", "1"),
        lambda own: own.command("REPLICAOF", "NO", "ONE"),
    ),
    "full": Trouble(
        lambda own: own.command("CONFIG", "SET", "maxmemory", "1"),
        lambda own: own.command("CONFIG", "SET", "maxmemory", "0"),
    ),
}


@pytest.fixture
def server(copies: Copies, stage: Stage, own: Redis) -> Iterator[Server]:
    """A server with a Redis of its own."""
    with copies.server(env=settings_at(stage.number) | {"REDIS_URL": own.url}) as server:
        yield server


def goes_on(writer: Blog, title: str) -> str:
    """A write and a read, none of which waits for Redis: the outcome of the read."""
    began = time.monotonic()
    writer.create_post(title=title)
    wrote = time.monotonic()
    response = expect(writer.request("GET", "/posts"), 200)
    assert wrote - began < AT_ONCE
    assert time.monotonic() - wrote < AT_ONCE
    assert response.json()["items"][0]["title"] == title
    return str(response.headers["X-Cache"])


def recovers(blog: Blog) -> None:
    """The cache works again, by itself."""
    until = time.monotonic() + RECOVERS_WITHIN
    while (found := outcome(blog)) != "HIT":
        assert time.monotonic() < until, f"still {found}"
        time.sleep(0.1)


@pytest.mark.parametrize("name", TROUBLES)
@rule(8, "redis-cache")
def test_reads_and_writes_go_on_without_redis(
    server: Server, stage: Stage, own: Redis, name: str
) -> None:
    with visit(server, stage) as blog:
        writer = blog.new_user("writer")
        writer.create_post(title="Before")
        assert titles(blog, "/posts") == ["Before"]
        recovers(blog)

        TROUBLES[name].begin(own)
        found = [goes_on(writer, f"During {number}") for number in range(3)]
        TROUBLES[name].end(own)

        assert found == ["BYPASS"] * 3
        assert titles(blog, "/posts")[0] == "During 2"
        recovers(blog)
        assert titles(blog, "/posts") == ["During 2", "During 1", "During 0", "Before"]


@rule(8, "redis-cache")
def test_an_emptied_redis_is_filled_again(server: Server, stage: Stage, own: Redis) -> None:
    with visit(server, stage) as blog:
        writer = blog.new_user("writer")
        recovers(blog)

        own.command("FLUSHALL")
        post = writer.create_post(title="After the loss")
        own.command("FLUSHALL")

        assert titles(blog, "/posts") == ["After the loss"]
        writer.change_post(post["id"], title="Changed")
        own.command("FLUSHALL")
        assert titles(blog, "/posts") == ["Changed"]
        recovers(blog)


@rule(8, "redis-cache")
def test_a_server_starts_without_redis(
    copies: Copies, stage: Stage, own: Redis, tmp_path: Path
) -> None:
    own.kill()
    settings = settings_at(stage.number) | {"REDIS_URL": own.url}
    with copies.server(env=settings) as server, visit(server, stage) as blog:
        assert goes_on(blog.new_user("writer"), "Without Redis") == "BYPASS"
        own.start()
        recovers(blog)
        assert titles(blog, "/posts") == ["Without Redis"]


@rule(8, "redis-cache")
def test_a_host_that_does_not_answer_costs_no_request(copies: Copies, stage: Stage) -> None:
    settings = settings_at(stage.number) | {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    with copies.server(env=settings) as server, visit(server, stage) as blog:
        assert goes_on(blog.new_user("writer"), "Nobody there") == "BYPASS"


@rule(8, "throttle-writes")
def test_without_redis_writes_are_still_limited(copies: Copies, stage: Stage, own: Redis) -> None:
    limits = {"REDIS_URL": own.url, "RATE_LIMIT_WRITES": "3/minute"}
    body = {"title": "A title", "content": "Content."}
    settings = settings_at(stage.number) | limits
    with copies.server(env=settings) as server, visit(server, stage) as blog:
        writer = blog.new_user("writer")
        own.pause()

        statuses = [writer.request("POST", "/posts", json_body=body).status_code for _ in range(6)]
        own.go_on()

    assert statuses == [201, 201, 201, 429, 429, 429]


@pytest.mark.parametrize("name", ["killed", "silent", "full"])
@rule(8, "cache-invalidation")
def test_after_an_outage_no_process_shows_what_was_before(
    pair: Pair, own: Redis, name: str
) -> None:
    with visit(pair.servers[0], pair.stage) as one, visit(pair.servers[1], pair.stage) as other:
        writer = one.new_user("writer")
        post = writer.create_post(title="Before")
        assert titles(other, "/posts") == ["Before"]

        TROUBLES[name].begin(own)
        for number in range(3):
            writer.change_post(post["id"], title=f"During {number}")
        TROUBLES[name].end(own)
        outcome(other)
        writer.change_post(post["id"], title="After")  # this process may still leave Redis alone
        time.sleep(AFTER_AN_OUTAGE)

        assert titles(other, "/posts") == ["After"]
        assert titles(one, "/posts") == ["After"]


@rule(8, "cache-invalidation")
def test_two_processes_under_load_outlive_a_restart_of_redis(pair: Pair, own: Redis) -> None:
    """Between the end of Redis and a while after its return, a process may not know better."""
    race = Race(pair)

    with race.running():
        time.sleep(2)
        race.strict = False
        own.kill()
        time.sleep(2)
        own.start()
        time.sleep(AFTER_AN_OUTAGE)
        race.outcomes.clear()
        race.strict = True
        time.sleep(5)

    assert race.stale == [], race.outcomes
    assert race.outcomes["HIT"] > 0


@rule(8, "rate-limiting")
def test_the_next_window_has_begun_after_retry_after(
    copies: Copies, stage: Stage, own: Redis
) -> None:
    limit = {"REDIS_URL": own.url, "RATE_LIMIT_LOGIN": "1 per 3 seconds"}
    with (
        copies.server(env=settings_at(stage.number) | limit) as server,
        visit(server, stage) as blog,
    ):
        blog.log_in("nobody", "a wrong password")
        time.sleep(0.6)  # Redis rounds the rest of the window
        refused = blog.log_in("nobody", "a wrong password")

        time.sleep(int(refused.headers["Retry-After"]))

        assert refused.status_code == 429
        assert blog.log_in("nobody", "a wrong password").status_code == 401
