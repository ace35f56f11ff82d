"""Pages of other sites: which of them may read, and which may listen."""

from collections.abc import Iterator, Mapping

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from roadmap.copies import Copies
from roadmap.course import Stage
from roadmap.server import HOST, Server, running

from .blog import Blog
from .rules import rule
from .settings import settings_at
from .visits import visit

SITE, LOCAL = "https://site.example", "http://localhost:3000"
ELSEWHERE = "https://site.example.evil.example"
WRITTEN = {
    "JSON": f'["{SITE}", "{LOCAL}"]',
    "commas": f"{SITE},{LOCAL}",
    "spaces": f" {SITE} , {LOCAL} ",
    "slashes": f"{SITE}/,{LOCAL}/",
}
WITHIN = 60.0


@pytest.fixture(scope="module")
def servers(copies: Copies, stage: Stage) -> Iterator[Mapping[str, Server]]:
    """A server for each way to write the same two sites."""
    servers = {
        name: copies.server(env=settings_at(stage.number) | {"CORS_ORIGINS": value})
        for name, value in WRITTEN.items()
    }
    with running(list(servers.values())):
        yield servers


@pytest.fixture(scope="module")
def opened(servers: Mapping[str, Server], stage: Stage) -> Iterator[Blog]:
    """The blog of a server that lets these sites read."""
    with visit(servers["commas"], stage) as blog:
        yield blog


def allowed(blog: Blog, path: str, origin: str, method: str = "GET", **headers: str) -> str:
    """The origin that the response allows, or an empty text."""
    asks = {"Origin": origin} | {name.replace("_", "-"): value for name, value in headers.items()}
    return str(
        blog.http.request(method, path, headers=asks).headers.get("Access-Control-Allow-Origin", "")
    )


@pytest.mark.parametrize("origin", [SITE, LOCAL])
@pytest.mark.parametrize("written", WRITTEN)
@rule(7, "cors")
def test_sites_can_be_named_in_several_ways(
    servers: Mapping[str, Server], stage: Stage, blog: Blog, written: str, origin: str
) -> None:
    with visit(servers[written], stage) as visitor:
        assert allowed(visitor, "/api/v1/posts", origin) == origin
    assert allowed(blog, "/api/v1/posts", origin) == "", "without the setting nobody may read"


@pytest.mark.parametrize("origin", [ELSEWHERE, "http://site.example", "null", f"{SITE}:8443"])
@rule(7, "cors")
def test_other_sites_may_not_read(opened: Blog, origin: str) -> None:
    assert allowed(opened, "/api/v1/posts", SITE) == SITE
    assert allowed(opened, "/api/v1/posts", origin) == ""


@pytest.mark.parametrize(
    "path",
    ["/api/v1/posts?page=0", "/api/v1/posts/2147483647", "/api/v1/users/me", "/nowhere", "/docs"],
)
@rule(7, "cors")
def test_errors_can_be_read_too(opened: Blog, path: str) -> None:
    assert allowed(opened, path, SITE) == SITE


@rule(7, "cors")
def test_a_page_may_read_the_id_and_the_time(opened: Blog) -> None:
    response = opened.http.get("/api/v1/posts", headers={"Origin": SITE})

    exposed = response.headers.get("Access-Control-Expose-Headers", "").lower()
    assert {"x-request-id", "x-process-time"} <= {name.strip() for name in exposed.split(",")}


@pytest.mark.parametrize("origin", [SITE, ELSEWHERE])
@rule(7, "cors")
def test_caches_are_told_that_the_response_depends_on_the_origin(opened: Blog, origin: str) -> None:
    response = opened.http.get("/api/v1/posts", headers={"Origin": origin})

    names = [name.strip().lower() for name in response.headers.get("Vary", "").split(",")]
    assert names.count("origin") == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@rule(7, "cors")
def test_a_preflight_lets_these_sites_write(opened: Blog, method: str) -> None:
    asks = {
        "Access_Control_Request_Method": method,
        "Access_Control_Request_Headers": "authorization, content-type",
    }

    assert allowed(opened, "/api/v1/posts/1", SITE, "OPTIONS", **asks) == SITE
    assert allowed(opened, "/api/v1/posts/1", ELSEWHERE, "OPTIONS", **asks) == ""


# WebSockets


def handshake(server: Server, headers: Mapping[str, str]) -> int:
    """The status that the handshake of a page with these headers gets."""
    said = {name: value.format(own=f"{HOST}:{server.port}") for name, value in headers.items()}
    try:
        with connect(
            f"ws://{HOST}:{server.port}/ws", additional_headers=said, open_timeout=WITHIN
        ) as listener:
            assert listener.response
            return listener.response.status_code
    except InvalidStatus as refused:
        return refused.response.status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": ELSEWHERE},
        {"Origin": "null"},
        {"Origin": "http://{own}.evil.example"},
        {"Origin": f"http://{HOST}:1"},
        {"Origin": "https://blog.example", "X-Forwarded-Host": "other.example"},
    ],
)
@rule(7, "cors")
def test_a_page_of_another_site_may_not_listen(
    servers: Mapping[str, Server], headers: dict[str, str]
) -> None:
    server = servers["commas"]

    assert handshake(server, headers) == 403
    assert handshake(server, {"Origin": SITE}) == 101
    assert handshake(server, {"Origin": "http://{own}"}) == 101


@rule(7, "cors")
def test_a_program_and_the_page_behind_a_proxy_may_listen(servers: Mapping[str, Server]) -> None:
    server = servers["commas"]
    proxied = {"Origin": "https://blog.example", "X-Forwarded-Host": "blog.example"}

    assert handshake(server, {"Origin": "https://blog.example"}) == 403
    assert handshake(server, proxied) == 101
    assert handshake(server, {}) == 101
