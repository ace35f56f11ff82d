"""Too many writes and logins of one client are refused."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
import pytest

from roadmap.copies import Copies
from roadmap.course import Stage
from roadmap.server import Server, running

from .blog import PASSWORD, Blog, unique
from .problems import problem
from .rules import rule, slow
from .settings import settings_at
from .visits import visit

WRITES, LOGINS = 5, 3
LIMITS = {"RATE_LIMIT_WRITES": f"{WRITES}/minute", "RATE_LIMIT_LOGIN": f"{LOGINS}/minute"}
TRUST = {"trusted": "127.0.0.1", "strange": "192.0.2.1"}


@pytest.fixture(scope="module")
def servers(copies: Copies, stage: Stage) -> Iterator[Mapping[str, Server]]:
    """Servers with small limits: one trusts the proxy that asks it, and one does not."""
    settings = settings_at(stage.number) | LIMITS
    servers = {
        name: copies.server(env=settings | {"FORWARDED_ALLOW_IPS": trusted}, fresh=True)
        for name, trusted in TRUST.items()
    }
    with running(list(servers.values())):
        yield servers


@pytest.fixture(scope="module")
def limited(servers: Mapping[str, Server], stage: Stage) -> Iterator[Blog]:
    with visit(servers["trusted"], stage) as blog:
        yield blog


@pytest.fixture
def address() -> str:
    """An address that no other check uses, as a trusted proxy tells it."""
    return f"2001:db8::{unique('').encode().hex()[:4]}:{next(numbers):x}"


numbers = iter(range(1, 60_000))


def asks(blog: Blog, method: str, path: str, address: str, **how: Any) -> httpx2.Response:
    """One request that a proxy passes on for this address."""
    return blog.request(method, path, headers={"X-Forwarded-For": address}, **how)


def signs_up(blog: Blog, address: str) -> httpx2.Response:
    return asks(blog, "POST", "/users", address, json_body=blog.sign_up_body())


def logs_in(blog: Blog, address: str, name: str = "nobody") -> httpx2.Response:
    return asks(blog, "POST", "/auth/token", address, form={"username": name, "password": PASSWORD})


def new_user(blog: Blog, address: str) -> Blog:
    """Somebody who has signed up and in from this address."""
    body = blog.sign_up_body()
    asks(blog, "POST", "/users", address, json_body=body)
    form = {"username": body["username"], "password": body["password"]}
    token = asks(blog, "POST", "/auth/token", address, form=form).json()["access_token"]
    return blog.with_token(token)


def writes(blog: Blog) -> httpx2.Response:
    return blog.request("POST", "/posts", json_body={"title": "A title", "content": "Content."})


@rule(8, "rate-limiting")
def test_a_refusal_is_a_problem_with_the_time_to_wait(limited: Blog, address: str) -> None:
    refused = [logs_in(limited, address) for _ in range(LOGINS + 1)][-1]

    problem(refused, 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 61


@rule(8, "rate-limiting")
def test_logins_are_counted_by_address_whatever_the_name(limited: Blog, address: str) -> None:
    statuses = [logs_in(limited, address, f"user-{n}").status_code for n in range(LOGINS + 1)]

    assert statuses == [401] * LOGINS + [429]
    assert logs_in(limited, f"{address}1").status_code == 401


@rule(8, "rate-limiting")
def test_reading_is_not_limited(limited: Blog, address: str) -> None:
    user = new_user(limited, address)

    statuses = {user.request("GET", "/posts").status_code for _ in range(3 * WRITES)}

    assert statuses == {200}
    assert [writes(user).status_code for _ in range(WRITES + 1)] == [201] * WRITES + [429]


@rule(8, "throttle-writes")
def test_writes_are_counted_by_user(limited: Blog, address: str) -> None:
    carol, dave = new_user(limited, address), new_user(limited, f"{address}1")

    assert [writes(carol).status_code for _ in range(WRITES + 1)] == [201] * WRITES + [429]
    assert writes(dave).status_code == 201


@rule(8, "throttle-writes")
def test_all_writes_count_together(limited: Blog, address: str) -> None:
    user = new_user(limited, address)
    post = user.create_post()
    path = f"/posts/{post['id']}"

    statuses = [
        user.request("PUT", path, json_body={"title": "Changed", "content": "Changed."}),
        user.request("PATCH", path, json_body={"title": "Changed"}),
        user.request("POST", f"{path}/image", content=b"", headers={"Content-Type": "text/plain"}),
        user.request("PATCH", path, json_body={"title": "Changed again"}),
        user.request("DELETE", path),
    ]

    assert statuses[-1].status_code == 429
    assert 429 not in [response.status_code for response in statuses[:-1]]


@rule(8, "throttle-writes")
def test_writes_without_a_token_are_401_and_do_not_count(limited: Blog, address: str) -> None:
    user = new_user(limited, address)

    assert {writes(limited).status_code for _ in range(2 * WRITES)} == {401}
    assert [writes(user).status_code for _ in range(WRITES + 1)] == [201] * WRITES + [429]


@rule(8, "throttle-writes")
def test_sign_ups_are_counted_by_address(limited: Blog, address: str) -> None:
    statuses = [signs_up(limited, address).status_code for _ in range(WRITES + 1)]

    assert statuses == [201] * WRITES + [429]
    assert signs_up(limited, f"{address}1").status_code == 201


@rule(8, "throttle-writes")
def test_a_strange_proxy_cannot_choose_the_address(
    servers: Mapping[str, Server], stage: Stage, address: str
) -> None:
    with visit(servers["strange"], stage) as blog:
        statuses = [logs_in(blog, f"{address}{n}").status_code for n in range(LOGINS + 1)]

    assert statuses == [401] * LOGINS + [429]


@slow
@pytest.mark.parametrize("setting", LIMITS)
@pytest.mark.parametrize("value", ["many", "5", "0/minute", "5/fortnight", "-1/minute"])
@rule(8, "rate-limiting")
def test_a_wrong_limit_stops_the_server_and_is_named(
    copies: Copies, stage: Stage, setting: str, value: str
) -> None:
    said = copies.server(env=settings_at(stage.number) | {setting: value}).refusal()

    assert setting in said
    assert "Traceback" not in said


@pytest.mark.redis
@rule(8, "rate-limiting")
def test_several_workers_count_together(copies: Copies, stage: Stage) -> None:
    settings = settings_at(stage.number) | LIMITS
    with copies.server(env=settings, workers=2) as server:
        statuses = []
        for _ in range(4 * LOGINS):  # a new connection each time: any worker takes it
            with visit(server, stage) as blog:
                statuses.append(logs_in(blog, "192.0.2.9").status_code)

    assert statuses == [401] * LOGINS + [429] * (3 * LOGINS)
