from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from app import main, realtime
from app.dependencies import get_db
from app.settings import Settings, settings
from tests.live import Server

BLOG = "https://blog.example"
EVIL = "https://blog.example.evil.example"


@pytest.fixture
def open_to_blog(visitor: TestClient, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A client of the app, which pages of https://blog.example may use."""
    cors = next(one for one in main.middleware if "allow_origins" in one.kwargs)
    monkeypatch.setitem(cors.kwargs, "allow_origins", [BLOG])
    monkeypatch.setattr(settings, "cors_origins", [BLOG])
    monkeypatch.setattr(main.app, "middleware_stack", main.app.build_middleware_stack())
    return visitor


def allowed(response: Response) -> str | None:
    return response.headers.get("Access-Control-Allow-Origin")


# The setting


@pytest.mark.parametrize(
    "written",
    [
        f"{BLOG},http://localhost:3000",
        f" {BLOG}/ , http://localhost:3000/ ",
        f'["{BLOG}", "http://localhost:3000"]',
        f' [ "{BLOG}/", "HTTP://LOCALHOST:3000" ] ',
        f"{BLOG}:443,http://localhost:3000",
    ],
)
def test_origins_can_be_written_in_several_ways(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("CORS_ORIGINS", written)

    assert Settings().cors_origins == [BLOG, "http://localhost:3000"]


@pytest.mark.parametrize(
    "written",
    [
        "blog.example", f"{BLOG}/path", f"{BLOG}?x=1", "[", '["', "[1]", "{}", "null", ",", "file:///",
        "https://ann:horse@blog.example", f"{BLOG} {BLOG}", "https://*.example.com", f"{BLOG}?",
        f"{BLOG}#", f"{BLOG},",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("CORS_ORIGINS", written)

    with pytest.raises(ValueError, match="cors_origins"):
        Settings()


def test_credentials_are_not_for_every_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", " * ")
    assert Settings().cors_origins == ["*"]

    monkeypatch.setenv("CORS_CREDENTIALS", "true")
    with pytest.raises(ValueError, match="any site could act for your users"):
        Settings()
    monkeypatch.setenv("CORS_ORIGINS", f"{BLOG},*")
    with pytest.raises(ValueError, match="any site could act for your users"):
        Settings()


# HTTP


def test_by_default_no_other_site_may_read(visitor: TestClient) -> None:
    assert allowed(visitor.get("/posts", headers={"Origin": BLOG})) is None


def test_a_site_of_the_list_may_read(open_to_blog: TestClient) -> None:
    response = open_to_blog.get("/users", headers={"Origin": BLOG})

    assert allowed(response) == BLOG
    assert response.headers["Vary"] == "Origin"
    assert response.headers["Access-Control-Expose-Headers"] == (
        "X-Request-ID, X-Process-Time, Location, Link, Retry-After"
    )
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("origin", [EVIL, "http://blog.example", f"{BLOG}:8443", "null", ""])
def test_another_site_may_not(open_to_blog: TestClient, origin: str) -> None:
    response = open_to_blog.get("/posts", headers={"Origin": origin})

    assert allowed(response) is None
    assert response.headers["Vary"] == "Origin"


def test_a_site_of_the_list_may_change_posts(open_to_blog: TestClient) -> None:
    asks = {
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization, content-type",
    }

    mine = open_to_blog.options("/posts/1", headers=asks | {"Origin": BLOG})
    other = open_to_blog.options("/posts/1", headers=asks | {"Origin": EVIL})

    assert (mine.status_code, allowed(mine)) == (200, BLOG)
    assert "PATCH" in mine.headers["Access-Control-Allow-Methods"]
    assert mine.headers["Access-Control-Allow-Headers"] == "authorization, content-type"
    assert (other.status_code, allowed(other)) == (400, None)


def test_an_unexpected_error_can_be_read_there(
    open_to_blog: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("the inside")

    monkeypatch.setitem(main.app.dependency_overrides, get_db, fail)

    response = open_to_blog.get("/users", headers={"Origin": BLOG})

    assert response.status_code == 500
    assert allowed(response) == BLOG


# WebSockets


@pytest.fixture
def server(open_to_blog: TestClient) -> Iterator[Server]:
    """A server of the same app."""
    with Server().running() as server:
        yield server


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://{server}"},
        {"Origin": "https://{server}"},
        {"Origin": BLOG},
        {"Origin": "https://www.example", "X-Forwarded-Host": "www.example"},
    ],
)
def test_a_page_of_a_known_origin_may_listen(server: Server, headers: dict[str, str]) -> None:
    said = {name: value.format(server=server.address) for name, value in headers.items()}

    with connect(f"ws://{server.address}/ws", additional_headers=said):
        assert len(realtime.hub.clients) == 1


def test_every_page_may_listen_if_the_setting_says_so(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "cors_origins", ["*"])

    with connect(f"ws://{server.address}/ws", additional_headers={"Origin": EVIL}):
        assert len(realtime.hub.clients) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": EVIL},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://"},
        {"Origin": "http://["},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://{server}.evil.example"},
        {"Origin": "https://www.example", "X-Forwarded-Host": "blog.example"},
    ],
)
def test_a_page_of_another_origin_may_not(server: Server, headers: dict[str, str]) -> None:
    said = {name: value.format(server=server.address) for name, value in headers.items()}

    with (
        pytest.raises(InvalidStatus) as refused,
        connect(f"ws://{server.address}/ws", additional_headers=said),
    ):
        pass

    assert refused.value.response.status_code == 403
    assert not realtime.hub.clients
