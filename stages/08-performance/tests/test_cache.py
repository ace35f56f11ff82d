import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import AsyncMock, Mock

import pytest
from fakeredis import FakeAsyncRedis, FakeServer
from fastapi.testclient import TestClient
from redis.exceptions import ReadOnlyError
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app import cache as module
from app import redis_client, rows
from app.cache import Cache, Outcome
from app.models import Post
from app.redis_client import Unavailable, breaker, client
from app.settings import MEMORY, settings

from .conftest import in_session
from .images import PNG

Result = TypeVar("Result")
Fail = Callable[[float], None]


def run(work: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(work)


class Source:
    """What is cached: each time it is loaded, it counts."""

    def __init__(self) -> None:
        self.loaded = 0

    async def load(self, versions: bytes) -> bytes:
        self.loaded = number = self.loaded + 1
        await asyncio.sleep(0.01)
        return b"%d" % number


@pytest.fixture
def cache(empty: AsyncEngine) -> Cache:
    return Cache()


@pytest.fixture
def source() -> Source:
    return Source()


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of those who ask Redis."""
    clock = Clock()
    monkeypatch.setattr(redis_client, "time", clock)
    return clock


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> AsyncMock:
    """The questions to a Redis that is gone."""
    asked = AsyncMock(side_effect=OSError("Redis is gone"))
    monkeypatch.setattr(client.connection_pool, "get_connection", asked)
    return asked


def test_an_entry_is_loaded_once(cache: Cache, source: Source) -> None:
    async def twice() -> list[tuple[bytes, Outcome]]:
        return [await cache.get("key", ["a"], source.load) for _ in range(2)]

    assert run(twice()) == [(b"1", Outcome.MISS), (b"1", Outcome.HIT)]


def test_a_change_of_one_of_its_tags_makes_an_entry_stale(cache: Cache, source: Source) -> None:
    async def change() -> list[bytes]:
        found = [await cache.get("key", ["a", "b"], source.load)]
        async with cache.changing("c", "b"):
            pass
        return [answer for answer, _ in [*found, await cache.get("key", ["a", "b"], source.load)]]

    assert run(change()) == [b"1", b"2"]


def test_a_change_of_another_tag_changes_nothing(cache: Cache, source: Source) -> None:
    async def change() -> Outcome:
        await cache.get("key", ["a"], source.load)
        async with cache.changing("b"):
            pass
        return (await cache.get("key", ["a"], source.load))[1]

    assert run(change()) == Outcome.HIT


def test_what_was_read_before_a_change_is_not_stored_as_new(cache: Cache, source: Source) -> None:
    async def race() -> bytes:
        slow = asyncio.create_task(cache.get("key", ["a"], source.load))
        await asyncio.sleep(0.005)  # it reads the old rows
        async with cache.changing("a"):
            pass
        await slow
        return (await cache.get("key", ["a"], source.load))[0]

    assert run(race()) == b"2"


def test_what_was_read_during_a_change_is_not_kept(cache: Cache, source: Source) -> None:
    async def read_during() -> list[bytes]:
        async with cache.changing("b", "a"):
            before = await cache.get("key", ["a"], source.load)
        return [before[0], (await cache.get("key", ["a"], source.load))[0]]

    assert run(read_during()) == [b"1", b"2"]


def test_a_change_that_does_not_end_has_new_versions_already(cache: Cache, source: Source) -> None:
    async def change() -> bytes:
        await cache.get("key", ["a"], source.load)
        async with cache.changing("b", "a"):
            return (await cache.get("key", ["a"], source.load))[0]

    assert run(change()) == b"2"


def test_requests_that_miss_at_once_make_one_query(cache: Cache, source: Source) -> None:
    async def crowd() -> list[tuple[bytes, Outcome]]:
        return await asyncio.gather(*(cache.get("key", ["a"], source.load) for _ in range(20)))

    assert {answer for answer, _ in run(crowd())} == {b"1"}
    assert source.loaded == 1


def test_who_comes_after_a_change_does_not_get_the_query_from_before(
    cache: Cache, source: Source
) -> None:
    async def race() -> bytes:
        slow = asyncio.create_task(cache.get("key", ["a"], source.load))
        await asyncio.sleep(0.005)
        async with cache.changing("a"):
            pass
        late, _ = await cache.get("key", ["a"], source.load)
        await slow
        return late

    assert run(race()) == b"2"


def test_a_failed_load_fails_for_all_who_wait_and_is_not_kept(cache: Cache) -> None:
    async def fail(versions: bytes) -> bytes:
        raise RuntimeError("no rows")

    async def crowd() -> list[object]:
        waiting = (cache.get("key", ["a"], fail) for _ in range(3))
        found = await asyncio.gather(*waiting, return_exceptions=True)
        await asyncio.sleep(0.01)
        return [*found, cache.loads]

    *errors, left = run(crowd())

    assert [str(error) for error in errors] == ["no rows"] * 3
    assert left == {}


def test_an_entry_lives_for_a_minute_at_most(cache: Cache, source: Source) -> None:
    async def lifetimes() -> list[int]:
        for number in range(20):
            await cache.get(f"key-{number}", ["a"], source.load)
        return [await client.ttl(f"key-{number}") for number in range(20)]

    found = run(lifetimes())

    assert max(found) + rows.TOTAL_LIFETIME <= 60
    assert min(found) >= 25
    assert len(set(found)) > 1


def test_a_version_lives_longer_than_any_entry(cache: Cache, source: Source) -> None:
    async def read() -> int:
        await cache.get("key", ["a"], source.load)
        return await client.ttl("version:a")

    assert module.LONGEST < run(read()) <= module.VERSION_LIFETIME


def test_a_large_answer_is_not_stored(cache: Cache) -> None:
    async def load(versions: bytes) -> bytes:
        return b"x" * (module.LARGEST + 1)

    async def twice() -> list[Outcome]:
        found = [(await cache.get("key", ["a"], load))[1]]
        return [*found, (await cache.get("key", ["a"], load))[1]]

    assert run(twice()) == [Outcome.MISS, Outcome.MISS]


def test_the_redis_in_memory_forgets_what_has_expired(
    cache: Cache, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SHORTEST", 1)
    monkeypatch.setattr(module, "LONGEST", 1)

    async def fill_and_wait() -> str:
        await cache.get("old", ["a"], source.load)
        await asyncio.sleep(1.1)
        await cache.get("new", ["a"], source.load)
        return str([vars(one.dbs[0]) for one in FakeServer._servers_map.values()])

    kept = run(fill_and_wait())

    assert "b'new'" in kept
    assert "b'old'" not in kept


def test_versions_are_random_after_a_loss(cache: Cache, source: Source) -> None:
    async def lose() -> list[object]:
        found: list[object] = []
        for _ in range(2):
            await cache.get("key", ["a"], source.load)
            found.append(await client.get("version:a"))
            await client.flushall()
        return found

    first, second = run(lose())

    assert first != second


# Without Redis


def test_without_redis_each_request_loads(cache: Cache, source: Source, redis_fails: Fail) -> None:
    redis_fails(0)

    async def twice() -> list[tuple[bytes, Outcome]]:
        return [await cache.get("key", ["a"], source.load) for _ in range(2)]

    assert run(twice()) == [(b"1", Outcome.BYPASS), (b"2", Outcome.BYPASS)]


def test_a_request_waits_for_a_silent_redis_once_and_not_long(
    cache: Cache, source: Source, redis_fails: Fail, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis_fails(60)

    async def change_and_read() -> list[float]:
        begin = time.perf_counter()
        async with cache.changing("a"):
            pass
        middle = time.perf_counter()
        await cache.get("key", ["a"], source.load)
        return [middle - begin, time.perf_counter() - middle]

    assert max(run(change_and_read())) < 10 * redis_client.PATIENCE


def test_after_a_failure_nobody_asks_for_a_second(
    cache: Cache, source: Source, clock: Clock, questions: AsyncMock
) -> None:
    async def ask(times: int) -> int:
        for _ in range(times):
            await cache.get("key", ["a"], source.load)
        return questions.await_count

    assert run(ask(3)) == 1
    clock.now += 1.5
    assert run(ask(3)) == 2  # the pause begins again
    clock.now += 1.5
    assert run(ask(1)) == 3


def test_a_request_waits_once_for_a_redis_that_is_gone(
    client: TestClient, clock: Clock, questions: AsyncMock
) -> None:
    response = client.post("/posts", json={"title": "Hello", "content": "World"})

    assert response.status_code == 201
    assert questions.await_count == 1  # not three: for the limit, and before and after the commit


def test_after_a_failure_nobody_waits_for_a_second(
    cache: Cache, source: Source, redis_fails: Fail, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert redis_client.PAUSE >= 0.5
    assert redis_client.PATIENCE <= 0.25
    monkeypatch.setattr(redis_client, "PATIENCE", 2)
    monkeypatch.setattr(redis_client, "PAUSE", 60)
    redis_fails(60)

    async def second_request() -> float:
        await cache.get("key", ["a"], source.load)
        begin = time.perf_counter()
        await cache.get("key", ["a"], source.load)
        return time.perf_counter() - begin

    assert run(second_request()) < 1


def test_an_answer_that_our_own_loop_is_too_busy_to_read_counts() -> None:
    async def answer() -> str:
        await asyncio.sleep(0.01)
        for _ in range(5):  # reading an answer takes several turns of the loop
            await asyncio.sleep(0)
        return "here"

    async def answered_meanwhile() -> str:
        waiting = asyncio.create_task(redis_client.in_time(answer(), 0.05))
        await asyncio.sleep(0)
        time.sleep(0.2)
        return await waiting

    assert run(answered_meanwhile()) == "here"


def test_a_busy_loop_does_not_wait_for_ever() -> None:
    async def keep_busy() -> None:
        while True:
            time.sleep(0.01)
            await asyncio.sleep(0)

    async def ask_in_vain() -> None:
        busy = asyncio.create_task(keep_busy())
        try:
            async with asyncio.timeout(5):
                await redis_client.in_time(asyncio.sleep(60), 0.05)
        finally:
            busy.cancel()

    with pytest.raises(TimeoutError, match="no answer"):
        run(ask_in_vain())


def test_an_error_that_comes_too_late_is_no_line_in_the_log(
    cache: Cache,
    source: Source,
    redis_fails: Fail,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(redis_client, "PATIENCE", 0.01)
    redis_fails(0.03)

    async def wait_for_the_error() -> None:
        await cache.get("key", ["a"], source.load)
        await asyncio.sleep(0.6)
        gc.collect()

    run(wait_for_the_error())

    assert "never retrieved" not in caplog.text


def test_an_entry_from_before_a_change_that_redis_missed_is_never_served(
    cache: Cache, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_client, "PAUSE", 0.01)

    async def change_meanwhile() -> list[tuple[bytes, Outcome]]:
        found = [await cache.get("key", ["a"], source.load)]
        with monkeypatch.context() as outage:
            outage.setattr(client.connection_pool, "get_connection", gone)
            async with cache.changing("a"):
                pass
            found.append(await cache.get("key", ["a"], source.load))
        while cache.unheard:
            await asyncio.sleep(0.01)
        found.append(await cache.get("key", ["a"], source.load))
        found.append(await cache.get("key", ["a"], source.load))
        return found

    assert run(change_meanwhile()) == [
        (b"1", Outcome.MISS), (b"2", Outcome.BYPASS), (b"3", Outcome.MISS), (b"3", Outcome.HIT)
    ]  # fmt: skip


def test_another_process_hears_of_a_change_when_redis_is_back(
    cache: Cache, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_client, "PAUSE", 0.01)
    other = Cache()

    async def change_here_read_there() -> list[bytes]:
        first, _ = await other.get("key", ["a"], source.load)
        with monkeypatch.context() as outage:
            outage.setattr(client.connection_pool, "get_connection", gone)
            async with cache.changing("a"):
                pass
        while cache.unheard:
            await asyncio.sleep(0.01)
        return [first, (await other.get("key", ["a"], source.load))[0]]

    assert run(change_here_read_there()) == [b"1", b"2"]


def test_something_else_in_the_place_of_a_version_is_no_error(cache: Cache, source: Source) -> None:
    async def read() -> Outcome:
        await client.rpush("version:a", "what is this?")
        return (await cache.get("key", ["a"], source.load))[1]

    assert run(read()) == Outcome.BYPASS


async def gone(*_: object, **__: object) -> None:
    raise OSError("Redis is gone")


def test_a_change_that_is_missed_while_redis_hears_of_earlier_ones_is_not_forgotten(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_client, "PAUSE", 0)
    really = breaker.call

    async def fail(_: object) -> None:
        raise Unavailable

    async def slowly(ask: Callable[[], Awaitable[Any]]) -> Any:
        answer = await ask()
        monkeypatch.setattr(breaker, "call", fail)
        await cache.forget(["a"])
        monkeypatch.setattr(breaker, "call", really)
        return answer

    async def race() -> list[int]:
        monkeypatch.setattr(breaker, "call", fail)
        await cache.forget(["a"])
        await cache.forget(["b"])
        monkeypatch.setattr(breaker, "call", slowly)
        found = [cache.unheard]
        while cache.unheard == 2:
            await asyncio.sleep(0)
        return [*found, cache.unheard]

    assert run(race()) == [2, 1]


async def miss_a_change(cache: Cache, monkeypatch: pytest.MonkeyPatch, seconds: float = 0) -> None:
    """A change in an outage of Redis, which lasts for so many seconds."""
    with monkeypatch.context() as outage:
        outage.setattr(client.connection_pool, "get_connection", gone)
        async with cache.changing("a"):
            pass
        await asyncio.sleep(seconds)


async def heard(cache: Cache) -> None:
    """Wait until Redis has heard of all changes."""
    async with asyncio.timeout(10):
        while cache.unheard:
            await asyncio.sleep(0.01)


def test_a_process_whose_change_was_missed_uses_no_entries(
    cache: Cache, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def change_and_read() -> Outcome:
        await cache.get("key", ["a"], source.load)
        await miss_a_change(cache, monkeypatch)
        breaker.closed_from = 0.0
        return (await cache.get("key", ["a"], source.load))[1]

    assert run(change_and_read()) == Outcome.BYPASS


def test_redis_hears_of_changes_after_each_outage_however_long(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_client, "PAUSE", 0.01)

    async def two_outages() -> int:
        await miss_a_change(cache, monkeypatch, seconds=0.1)
        await heard(cache)
        await miss_a_change(cache, monkeypatch)
        await heard(cache)
        return cache.unheard

    assert run(two_outages()) == 0


def test_an_error_that_redis_answers_is_no_silence(cache: Cache, source: Source) -> None:
    async def read_after_an_error() -> Outcome:
        await client.rpush("list", "no text")
        with pytest.raises(Unavailable):
            await breaker.call(lambda: client.get("list"))
        return (await cache.get("key", ["a"], source.load))[1]

    assert run(read_after_an_error()) == Outcome.MISS


def test_the_log_names_an_outage_once(
    cache: Cache,
    source: Source,
    redis_fails: Fail,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(redis_client, "PAUSE", 0)
    redis_fails(0)

    async def three_times() -> None:
        for _ in range(3):
            await cache.get("key", ["a"], source.load)

    run(three_times())

    assert caplog.messages == ["We go on without Redis: Redis is gone"]


# The list of posts


def outcome(visitor: TestClient, path: str) -> str:
    return visitor.get(path).headers["X-Cache"]


def test_a_list_comes_from_the_cache_with_all_that_it_has(client: TestClient) -> None:
    client.post("/posts", json={"title": "Hello", "content": "World"})

    first, second = client.get("/posts"), client.get("/posts")

    assert [first.headers.pop("X-Cache"), second.headers.pop("X-Cache")] == ["MISS", "HIT"]
    assert first.content == second.content
    assert first.headers["Link"] == second.headers["Link"]
    assert first.headers["Content-Type"] == second.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/posts", "/posts?page=1&size=20&sort=-created_at"),
        ("/posts?size=5&page=2", "/posts?page=2&size=5"),
        ("/posts?tag=web&tag=python", "/posts?tag=Python&tag=web&tag=%20web"),
    ],
)
def test_two_ways_to_ask_for_one_page_share_an_entry(
    visitor: TestClient, one: str, other: str
) -> None:
    outcome(visitor, one)

    assert outcome(visitor, other) == "HIT"


@pytest.mark.parametrize("other", ["?page=2", "?size=19", "?sort=title", "?tag=web", "?tag=a"])
def test_other_pages_have_entries_of_their_own(visitor: TestClient, other: str) -> None:
    outcome(visitor, "/posts?tag=b")
    outcome(visitor, "/posts")

    assert outcome(visitor, f"/posts{other}") == "MISS"


def test_the_links_are_those_of_the_request(visitor: TestClient) -> None:
    visitor.get("/posts?size=20&page=1")

    assert visitor.get("/posts").headers["Link"].startswith("</api/v1/posts?page=1>")


WRITES = {
    "create": ("POST", "/posts", {"title": "New", "content": "World", "tags": ["web"]}),
    "create a draft": ("POST", "/posts", {"title": "New", "content": "World", "published": False}),
    "replace": ("PUT", "/posts/1", {"title": "Bye", "content": "Moon", "tags": ["web"]}),
    "change": ("PATCH", "/posts/1", {"title": "Bye"}),
    "retag": ("PATCH", "/posts/1", {"tags": ["other"]}),
    "hide": ("PATCH", "/posts/1", {"published": False}),
    "delete": ("DELETE", "/posts/1", None),
}


@pytest.mark.parametrize("write", WRITES)
def test_after_a_write_the_list_is_new(client: TestClient, write: str) -> None:
    client.post("/posts", json={"title": "Hello", "content": "World", "tags": ["web", "python"]})
    client.get("/posts")
    client.get("/posts?tag=web")
    method, path, body = WRITES[write]

    client.request(method, path, json=body)

    assert client.get("/posts").headers["X-Cache"] == "MISS"
    fresh = client.get("/users/me/posts?tag=web").json()["items"]
    public = [post for post in fresh if post["published"]]
    assert client.get("/posts?tag=web").json()["items"] == public


def test_a_new_image_is_in_the_list(
    client: TestClient, post: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "media_dir", tmp_path)
    client.get("/posts")

    client.post("/posts/1/image", files={"file": ("a.png", PNG)})

    assert client.get("/posts").json()["items"][0]["image_url"] == "/api/v1/posts/1/image"


def test_a_write_leaves_lists_of_other_tags_alone(client: TestClient) -> None:
    client.get("/posts?tag=python")

    client.post("/posts", json={"title": "Hello", "content": "World", "tags": ["web"]})

    assert outcome(client, "/posts?tag=python") == "HIT"


def test_a_failed_write_is_no_hindrance(client: TestClient) -> None:
    client.get("/posts")

    client.post("/posts", json={"title": "x", "content": "World"})

    assert outcome(client, "/posts") == "HIT"


def test_drafts_are_in_no_entry(client: TestClient, visitor: TestClient) -> None:
    client.post("/posts", json={"title": "Hello", "content": "World", "published": False})

    assert client.get("/posts").json()["items"] == []
    assert visitor.get("/posts").json()["items"] == []


def test_a_bad_token_is_refused_although_the_list_is_in_the_cache(visitor: TestClient) -> None:
    visitor.get("/posts")

    response = visitor.get("/posts", headers={"Authorization": "Bearer nonsense"})

    assert response.status_code == 401


def test_without_redis_reads_and_writes_go_on(client: TestClient, redis_fails: Fail) -> None:
    client.get("/posts")
    redis_fails(0)

    written = client.post("/posts", json={"title": "Hello", "content": "World"})
    response = client.get("/posts")

    assert written.status_code == 201
    assert response.headers["X-Cache"] == "BYPASS"
    assert [post["title"] for post in response.json()["items"]] == ["Hello"]


def test_a_redis_that_stores_nothing_is_a_miss(
    visitor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.get("/posts")
    refuse = Mock(execute=AsyncMock(side_effect=ReadOnlyError("You can't write")))
    monkeypatch.setattr(client, "pipeline", Mock(return_value=refuse))

    response = visitor.get("/posts?size=5")

    assert response.status_code == 200
    assert response.headers["X-Cache"] == "MISS"
    assert refuse.execute.await_count == 1


def test_a_page_of_the_cache_is_the_page_that_the_orm_would_show(client: TestClient) -> None:
    for number in range(3):
        tags = [f"tag-{tag}" for tag in range(number)]
        client.post("/posts", json={"title": f"Nö {number}", "content": "Wörld", "tags": tags})

    assert client.get("/posts").content == client.get("/users/me/posts").content


def test_a_page_past_the_end_knows_how_many_there_are(client: TestClient) -> None:
    client.post("/posts", json={"title": "Hello", "content": "World"})

    assert client.get("/posts?page=9").json() == {
        "items": [], "page": 9, "size": 20, "total": 1, "pages": 1
    }  # fmt: skip


def test_a_large_number_of_posts_is_counted_once_while_nothing_changes(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MANY", 2)
    monkeypatch.setattr(rows, "totals", {})
    for number in range(3):
        client.post("/posts", json={"title": f"Post {number}", "content": "World"})
    client.get("/posts")

    async def delete_behind_the_back(session: AsyncSession) -> None:
        await session.execute(delete(Post).where(Post.id == 2))

    in_session(delete_behind_the_back)

    assert client.get("/posts?size=10").json()["total"] == 3
    client.delete("/posts/1")
    assert client.get("/posts?size=10").json()["total"] == 1


def test_a_large_number_is_kept_no_longer_than_an_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "totals", {})
    rows.remember_total(b"old", 20_000)

    assert rows.known_total(b"old") == 20_000
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 61)
    assert rows.known_total(b"old") is None


def test_a_thousand_numbers_are_kept_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "totals", {})
    for number in range(1001):
        rows.remember_total(b"%d" % number, 20_000)

    assert len(rows.totals) <= 1000
    assert rows.known_total(b"1000") == 20_000


def test_without_redis_no_number_is_kept(
    client: TestClient, redis_fails: Fail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MANY", 0)
    monkeypatch.setattr(rows, "totals", {})
    redis_fails(0)
    client.get("/posts")

    client.post("/posts", json={"title": "Hello", "content": "World"})

    assert client.get("/posts").json()["total"] == 1
    assert rows.totals == {}


def test_a_change_that_fails_has_new_versions_too(cache: Cache, source: Source) -> None:
    async def fail() -> bytes:
        with suppress(RuntimeError):
            async with cache.changing("a"):
                await cache.get("key", ["a"], source.load)
                raise RuntimeError("perhaps the database has done it")
        return (await cache.get("key", ["a"], source.load))[0]

    assert run(fail()) == b"2"


def test_who_goes_does_not_end_the_query_of_the_others(cache: Cache, source: Source) -> None:
    async def two() -> bytes:
        first, second = (
            asyncio.create_task(cache.get("key", ["a"], source.load)) for _ in range(2)
        )
        while not cache.loads:
            await asyncio.sleep(0)
        first.cancel()
        return (await second)[0]

    assert run(two()) == b"1"


def test_a_small_number_is_of_the_same_moment_as_the_page(client: TestClient) -> None:
    client.post("/posts", json={"title": "Hello", "content": "World"})
    client.get("/posts")

    assert rows.totals == {}


def test_the_process_has_a_redis_of_its_own_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    redis_client.new_client(settings.redis_url)

    (line,) = caplog.messages
    assert line.startswith("REDIS_URL is not set.")


def test_these_tests_empty_no_real_redis() -> None:
    assert settings.model_fields_set >= {"redis_url"}  # whatever the environment and `.env` say
    assert settings.redis_url == MEMORY
    assert isinstance(client, FakeAsyncRedis)
