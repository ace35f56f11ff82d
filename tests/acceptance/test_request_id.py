"""Every response has an id and a time, and the log names the id."""

import re
import time
from collections.abc import Iterator
from uuid import UUID

import httpx2
import pytest

from roadmap.copies import Copies
from roadmap.course import Stage
from roadmap.server import Server

from .blog import Blog, told, unique
from .database import database_of
from .images import FORM, form, part
from .problems import problem
from .rules import rule, slow
from .settings import settings_at
from .visits import visit
from .waiting import eventually

LONGEST = "aZ09._-" + "x" * 57
SITE = "https://site.example"


def assert_marked(response: httpx2.Response) -> None:
    """It has one id and one time."""
    ids = response.headers.get_list("X-Request-ID")
    times = response.headers.get_list("X-Process-Time")
    assert len(ids) == 1, f"{len(ids)} ids: {told(response)}"
    assert ids[0]
    assert len(times) == 1, f"{len(times)} times: {told(response)}"
    assert re.fullmatch(r"\d+(\.\d+)?(e-?\d+)?", times[0]), f"no seconds: {times[0]!r}"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/posts", 200),
        ("GET", "/api/v1/posts/2147483647", 404),
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/posts/", 404),
        ("DELETE", "/api/v1/posts", 405),
        ("GET", "/api/v1/posts?page=0", 422),
        ("GET", "/api/v1/users/me", 401),
        ("POST", "/api/v1/auth/token", 422),
        ("HEAD", "/api/v1/posts", 200),
        ("HEAD", "/nowhere", 404),
        ("GET", "/", 200),
        ("GET", "/docs", 200),
        ("GET", "/openapi.json", 200),
    ],
)
@rule(7, "middleware")
def test_every_response_is_marked(blog: Blog, method: str, path: str, status: int) -> None:
    response = blog.http.request(method, path)

    assert response.status_code == status
    assert_marked(response)


@rule(7, "correlation-id-timing")
def test_responses_to_writers_are_marked(alice: Blog, bob: Blog) -> None:
    created = alice.request("POST", "/posts", json_body={"title": "Marked", "content": "x"})
    path = f"/posts/{created.json()['id']}"
    refused = bob.request("DELETE", path)
    deleted = alice.request("DELETE", path)

    assert [created.status_code, refused.status_code, deleted.status_code] == [201, 403, 204]
    assert_marked(created)
    assert_marked(refused)
    assert_marked(deleted)


@rule(7, "correlation-id-timing")
def test_an_upload_that_is_refused_is_marked(alice: Blog) -> None:
    path = f"/posts/{alice.create_post()['id']}/image"

    large, strange = (
        alice.request("POST", path, content=form(part(content)), headers=FORM)
        for content in (bytes(6_000_000), b"no image")
    )

    assert [large.status_code, strange.status_code] == [413, 415]
    assert_marked(large)
    assert_marked(strange)


@pytest.mark.parametrize("chosen", ["a", LONGEST, "ann-1_2.3"])
@rule(7, "correlation-id-timing")
def test_a_client_may_choose_the_id(blog: Blog, chosen: str) -> None:
    response = blog.request("GET", "/posts", headers={"X-Request-ID": chosen})

    assert response.headers.get_list("X-Request-ID") == [chosen]


@pytest.mark.parametrize(
    "chosen", ["", LONGEST + "x", "a b", "a/b", "a,b", "<b>", b"\xc3\xa9", b"a\xff", "a\tb"]
)
@rule(7, "correlation-id-timing")
def test_an_id_that_does_not_fit_is_replaced_by_a_new_one(blog: Blog, chosen: str | bytes) -> None:
    headers = {"X-Request-ID": chosen}
    one = blog.request("GET", "/posts", headers=headers).headers.get("X-Request-ID", "")
    other = blog.request("GET", "/posts", headers=headers).headers.get("X-Request-ID", "")

    assert len(one) == len(other) == 36, f"no UUIDs: {one!r}, {other!r}"
    assert UUID(one) != UUID(other)


@rule(7, "correlation-id-timing")
def test_the_time_is_that_of_the_app(blog: Blog, alice: Blog) -> None:
    begin = time.perf_counter()
    response = blog.log_in(alice.account.username, alice.account.password)
    took = time.perf_counter() - begin

    assert_marked(response)
    assert 0 < float(response.headers["X-Process-Time"]) < took


@rule(7, "correlation-id-timing")
def test_the_line_of_a_background_task_names_the_id(blog: Blog, server: Server) -> None:
    name = unique("sign-up")
    blog.request("POST", "/users", json_body=blog.sign_up_body(), headers={"X-Request-ID": name})

    eventually(lambda: any("mail" in line.lower() and name in line for line in lines(server)))


def lines(server: Server) -> list[str]:
    """The log so far."""
    return server.log.splitlines()


@pytest.fixture(scope="module")
def bug(copies: Copies, stage: Stage) -> Iterator[tuple[httpx2.Response, Server]]:
    """What a page of another site gets from a server that has lost its posts."""
    with copies.server(env=settings_at(stage.number) | {"CORS_ORIGINS": SITE}) as server:
        database = database_of(server)
        table = database.table_with("slug")
        with visit(server, stage) as blog:
            blog.create_user()
            with database.connect() as connection:
                connection.execute(f'ALTER TABLE "{table}" RENAME TO lost')
            headers = {"Origin": SITE, "X-Request-ID": "lost-posts"}
            yield blog.http.get("/api/v1/posts", headers=headers), server


@slow
@rule(7, "correlation-id-timing")
def test_an_unexpected_error_is_marked(bug: tuple[httpx2.Response, Server]) -> None:
    response, _ = bug

    problem(response, 500)
    assert_marked(response)
    assert response.headers["X-Request-ID"] == "lost-posts"


@slow
@rule(7, "cors")
def test_a_page_of_another_site_can_read_an_unexpected_error(
    bug: tuple[httpx2.Response, Server],
) -> None:
    response, _ = bug

    assert response.status_code == 500
    assert response.headers.get("Access-Control-Allow-Origin") == SITE


@slow
@rule(7, "middleware")
def test_the_log_names_the_id_beside_an_unexpected_error(
    bug: tuple[httpx2.Response, Server],
) -> None:
    _, server = bug

    eventually(lambda: "lost-posts" in server.log)
    assert "Traceback" in server.log
