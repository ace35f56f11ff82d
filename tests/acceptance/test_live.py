"""Live news: each post that becomes public reaches every client once, and no client delays it."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from roadmap.server import HOST, Server

from .blog import Blog, Body, expect, unique
from .rules import rule, slow

WITHIN = 60.0
HANDSHAKE = (
    "GET /ws HTTP/1.1\r\nHost: blog\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


def listening(server: Server) -> AbstractContextManager[ClientConnection]:
    """A client at `/ws`; a server without one is an AssertionError."""
    try:
        return connect(f"ws://{HOST}:{server.port}/ws", open_timeout=WITHIN)
    except Exception as error:
        raise AssertionError(f"/ws takes no client: {error!r}") from error


@pytest.fixture
def listener(server: Server, alice: Blog) -> Iterator[ClientConnection]:
    """Somebody who listens, and has heard a first post: from now on no post is missed."""
    with listening(server) as listener:
        hear_until(listener, alice.create_post()["id"])
        yield listener


def hear(listener: ClientConnection) -> Body:
    """The post of the next event."""
    try:
        event = json.loads(listener.recv(timeout=WITHIN), object_hook=Body)
    except (TimeoutError, ConnectionClosed) as error:
        raise AssertionError(f"nothing was heard: {error!r}") from error
    assert event["type"] == "post.created"
    post: Body = event["post"]
    return post


def hear_until(listener: ClientConnection, post_id: int) -> list[int]:
    """The ids of all posts that are heard before this one."""
    return list(iter(lambda: int(hear(listener)["id"]), post_id))


@rule(6, "broadcast-posts")
def test_a_new_post_is_heard_as_the_api_shows_it(
    alice: Blog, blog: Blog, listener: ClientConnection
) -> None:
    post = alice.create_post(title="Heard live", tags=["live"])

    assert hear(listener) == post == blog.read_post(post["id"])


@rule(6, "broadcast-posts")
def test_all_clients_hear_all_posts_once_and_in_order(alice: Blog, server: Server) -> None:
    with ExitStack() as stack:
        crowd = [stack.enter_context(listening(server)) for _ in range(5)]
        first = alice.create_post()["id"]
        posts = [alice.create_post()["id"] for _ in range(5)]

        heard = [[hear(one)["id"] for _ in range(6)] for one in crowd]

    assert heard == [[first, *posts]] * 5


@pytest.mark.parametrize(
    "publish",
    [
        pytest.param(lambda blog, it: blog.change_post(it, published=True), id="PATCH"),
        pytest.param(lambda blog, it: blog.replace_post(it, title="Out", content="!"), id="PUT"),
    ],
)
@rule(6, "broadcast-posts")
def test_a_draft_is_heard_when_it_becomes_public(
    alice: Blog, listener: ClientConnection, publish: Callable[[Blog, int], Body]
) -> None:
    draft = alice.create_post(published=False)
    alice.change_post(draft["id"], title="Still a draft")
    other = alice.create_post()

    published = publish(alice, draft["id"])

    assert hear(listener)["id"] == other["id"]
    assert hear(listener) == published


@rule(6, "broadcast-posts")
def test_no_other_change_is_heard(alice: Blog, bob: Blog, listener: ClientConnection) -> None:
    post = alice.create_post(title=unique("quiet"))
    alice.change_post(post["id"], title="Changed", published=True)
    alice.change_post(post["id"], published=False)
    alice.delete_post(post["id"])
    expect(bob.request("POST", "/posts", json_body={"title": ""}), 422)

    assert hear_until(listener, alice.create_post()["id"]) == [post["id"]]


@pytest.mark.parametrize("message", ["{", "", "null", b"\xff\x00", "x" * 100_000])
@rule(6, "websockets")
def test_what_a_client_sends_is_ignored(
    alice: Blog, listener: ClientConnection, message: str | bytes
) -> None:
    listener.send(message)

    assert hear_until(listener, alice.create_post()["id"]) == []


@slow
@rule(6, "websockets")
def test_clients_that_read_nothing_or_break_off_delay_nobody(
    alice: Blog, server: Server, listener: ClientConnection
) -> None:
    with ExitStack() as stack:
        for number in range(20):
            silent = stack.enter_context(socket.create_connection((HOST, server.port)))
            silent.sendall(HANDSHAKE.encode())
            if number % 2:
                silent.recv(10)
                silent.close()
        content = "x" * 100_000

        posts = [alice.create_post(content=content)["id"] for _ in range(60)]

        assert [hear(listener)["id"] for _ in posts] == posts


@rule(6, "websockets")
def test_the_page_at_the_root_loads_nothing_from_elsewhere(blog: Blog) -> None:
    page = expect(blog.http.get("/"), 200)

    assert page.headers["content-type"].startswith("text/html")
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page.text) == []
