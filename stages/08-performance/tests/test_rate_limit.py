import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from limits import parse
from sqlalchemy.ext.asyncio import AsyncEngine

from app.main import app
from app.rate_limit import alone, seconds_to_wait
from app.settings import settings

from .conftest import API

BODY = {"title": "Hello", "content": "World"}


@pytest.fixture
def three_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "rate_limit_writes", "3/minute")


@pytest.fixture
def three_logins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "rate_limit_login", "3/minute")


def log_in(visitor: TestClient, name: str = "nobody") -> Response:
    return visitor.post("/auth/token", data={"username": name, "password": "wrong password"})


def address(host: str) -> TestClient:
    """A client without a token that comes from another address."""
    return TestClient(app, base_url=API, client=(host, 50_000))


def test_too_many_writes_are_refused(client: TestClient, three_writes: None) -> None:
    statuses = [client.post("/posts", json=BODY).status_code for _ in range(4)]

    assert statuses == [201, 201, 201, 429]


def test_a_refusal_is_a_problem_that_says_how_long_to_wait(
    client: TestClient, three_writes: None
) -> None:
    response = [client.post("/posts", json=BODY) for _ in range(4)][-1]

    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["title"] == "Too Many Requests"
    assert 1 <= int(response.headers["Retry-After"]) <= 61


def test_all_kinds_of_writes_count_together(
    client: TestClient, post: dict[str, Any], three_writes: None
) -> None:
    assert client.put("/posts/1", json=BODY).status_code == 200
    assert client.patch("/posts/1", json={"title": "Bye"}).status_code == 200
    assert client.post("/posts/1/image").status_code == 422
    assert client.delete("/posts/1").status_code == 429
    assert client.get("/posts/1").status_code == 200


def test_each_user_has_a_limit_of_their_own(
    client: TestClient, bob: TestClient, three_writes: None
) -> None:
    for _ in range(4):
        client.post("/posts", json=BODY)

    assert bob.post("/posts", json=BODY).status_code == 201


def test_writes_without_a_token_are_401_and_do_not_count(
    client: TestClient, visitor: TestClient, three_writes: None
) -> None:
    assert [visitor.post("/posts", json=BODY).status_code for _ in range(5)] == [401] * 5
    assert client.post("/posts", json=BODY).status_code == 201


def test_a_refusal_comes_before_404_and_403(
    client: TestClient, bob: TestClient, post: dict[str, Any], three_writes: None
) -> None:
    statuses = [bob.delete("/posts/1").status_code for _ in range(4)]

    assert statuses == [403, 403, 403, 429]
    assert bob.delete("/posts/9").status_code == 429


def test_sign_ups_count_by_address(visitor: TestClient, three_writes: None) -> None:
    def sign_up(visitor: TestClient, name: str) -> int:
        body = {"username": name, "email": f"{name}@example.com", "password": "correct horse"}
        return visitor.post("/users", json=body).status_code

    assert [sign_up(visitor, f"user-{number}") for number in range(4)] == [201, 201, 201, 429]
    assert sign_up(address("192.0.2.7"), "user-9") == 201


def test_logins_count_by_address_whatever_the_name(
    client: TestClient, visitor: TestClient, three_logins: None
) -> None:
    statuses = [log_in(visitor, f"user-{number}").status_code for number in range(4)]

    assert statuses == [401, 401, 401, 429]
    assert log_in(address("192.0.2.7")).status_code == 401
    assert client.post("/posts", json=BODY).status_code == 201


def test_sign_ups_do_not_count_as_logins(
    visitor: TestClient, three_logins: None, three_writes: None
) -> None:
    statuses = [log_in(visitor).status_code for _ in range(3)]
    body = {"username": "ann", "email": "ann@example.com", "password": "correct horse"}

    assert statuses == [401] * 3
    assert visitor.post("/users", json=body).status_code == 201
    assert log_in(visitor).status_code == 429


def test_an_unreadable_login_counts(visitor: TestClient, three_logins: None) -> None:
    assert [visitor.post("/auth/token").status_code for _ in range(4)] == [422, 422, 422, 429]


def test_reading_has_no_limit(client: TestClient, three_writes: None) -> None:
    assert [client.get("/posts").status_code for _ in range(9)] == [200] * 9


def test_the_next_window_begins_after_retry_after(
    visitor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "rate_limit_login", "1 per 3 seconds")
    log_in(visitor)
    refused = log_in(visitor)

    time.sleep(float(refused.headers["Retry-After"]))

    assert refused.status_code == 429
    assert log_in(visitor).status_code == 401


@pytest.mark.parametrize("passed", [0, 0.3, 10.5, 10.7, 59.6])
def test_retry_after_is_not_less_than_the_rest_of_the_window(
    empty: AsyncEngine, monkeypatch: pytest.MonkeyPatch, passed: float
) -> None:
    now = time.time()

    async def hit_twice() -> int:
        monkeypatch.setattr(time, "time", lambda: now)
        await seconds_to_wait(alone, parse("1/minute"), "logins", str(passed))
        monkeypatch.setattr(time, "time", lambda: now + passed)
        return await seconds_to_wait(alone, parse("1/minute"), "logins", str(passed))

    assert 60 - passed <= asyncio.run(hit_twice()) <= 62 - passed


def test_without_redis_the_process_counts_alone(
    visitor: TestClient, three_logins: None, redis_fails: Callable[[float], None]
) -> None:
    redis_fails(0)

    assert [log_in(visitor).status_code for _ in range(4)] == [401, 401, 401, 429]
