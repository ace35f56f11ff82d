"""The live page of the newest stage in a browser, while its real server runs, stops and returns."""

from collections.abc import Callable, Iterator
from typing import Literal
from uuid import uuid4

import pytest
from httpx2 import Client
from playwright.sync_api import Browser, Locator, Page, Route, ViewportSize, expect

from roadmap.copies import Copies
from roadmap.course import Course
from roadmap.server import Server

from .conftest import IN_PAGE, PATIENCE, Visit

SCREEN: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
SETTINGS = {
    "BCRYPT_ROUNDS": "4",
    "JWT_SECRET": "the same one after a new start, and long",
    "RATE_LIMIT_WRITES": "1000000/minute",
    "RATE_LIMIT_LOGIN": "1000000/minute",
}
COMES_BACK_WITHIN = 120_000
"""Milliseconds: the longer a server is away, the longer the page waits between two attempts."""

ANN = {"username": "ann", "password": "correct horse"}
SCRIPT = "<script>document.title = 'taken over'</script>"
TAG = "<img src=x onerror=\"document.title = 'taken over'\">"
LONG = "W" * 150
MOST_SHOWN = 50
LAST_SOCKET = "[opened.length, opened.at(-1).readyState]"
COUNT_SOCKETS = """
  window.opened = [];
  window.WebSocket = class extends WebSocket {
    constructor(address) { super(address); opened.push(this); }
  };
"""

Write = Callable[[str], None]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The newest stage, in an environment of its own."""
    copies = Copies(Course().highest.folder, tmp_path_factory.mktemp("live"))
    with copies.server(env=SETTINGS) as server:
        yield server


@pytest.fixture
def write(server: Server) -> Iterator[Write]:
    """Writes a post with this title, as Ann."""
    with Client(base_url=f"{server.url}/api/v1", timeout=60) as client:
        client.post("/users", json=ANN | {"email": "ann@example.com"})
        token = client.post("/auth/token", data=ANN).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"

        def write(title: str) -> None:
            answer = client.post("/posts", json={"title": title, "content": "World"})
            answer.raise_for_status()

        yield write


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """The page, connected."""
    context = browser.new_context(viewport=SCREEN, reduced_motion="reduce")
    context.add_init_script(IN_PAGE)
    context.add_init_script(COUNT_SOCKETS)
    visit = Visit(context.new_page(), server.url)
    visit.page.set_default_timeout(PATIENCE)
    visit.page.goto(server.url)
    expect(status(visit.page, "Connected")).to_be_visible()
    yield visit
    context.close()


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit.page


@pytest.fixture
def checked(page: Page, write: Write, axe: str) -> Page:
    """The page with some posts, ready for the accessibility checker."""
    for title in ("Hello", SCRIPT, LONG):
        write(title)
    expect(titles(page).first).to_have_text(LONG)
    page.evaluate(axe)
    return page


def status(page: Page, text: str) -> Locator:
    """What a screen reader says by itself, if it holds this text."""
    return page.get_by_role("status").filter(has_text=text)


def titles(page: Page) -> Locator:
    """The titles of all posts that the page shows. The newest is the first."""
    return page.get_by_role("listitem").get_by_role("heading")


# Posts


def test_posts_appear_as_they_are_made(page: Page, write: Write) -> None:
    write("First")
    expect(titles(page).first).to_have_text("First")

    write("Second")
    expect(titles(page).first).to_have_text("Second")
    expect(titles(page).nth(1)).to_have_text("First")


def test_older_posts_are_there_from_the_start(page: Page, write: Write) -> None:
    title = str(uuid4())
    write(title)

    page.reload()

    expect(titles(page).first).to_have_text(title)
    expect(titles(page).get_by_text(title)).to_have_count(1)


@pytest.mark.parametrize("title", [SCRIPT, TAG])
def test_a_title_stays_text(visit: Visit, write: Write, title: str) -> None:
    write(title)

    expect(titles(visit.page).first).to_have_text(title)
    expect(visit.page).to_have_title("Blog: live")
    expect(visit.page.locator("main script, main img")).to_have_count(0)
    assert visit.errors == []


def test_a_screen_reader_says_a_new_post(page: Page, write: Write) -> None:
    write("Good news")

    expect(status(page, "New post: Good news, by ann")).to_have_count(1)


def test_a_screen_reader_says_no_older_posts(page: Page, write: Write) -> None:
    write("Old news")
    expect(status(page, "New post: Old news")).to_have_count(1)

    page.reload()

    expect(titles(page).first).to_have_text("Old news")
    expect(status(page, "New post:")).to_have_count(0)


# The connection


def test_a_page_without_a_network_says_so_and_catches_up(page: Page, write: Write) -> None:
    page.context.set_offline(True)
    expect(status(page, "Offline")).to_be_visible()
    title = str(uuid4())
    write(title)

    page.context.set_offline(False)

    expect(status(page, "Connected")).to_be_visible()
    expect(titles(page).first).to_have_text(title)


def test_a_page_whose_server_stops_says_so_and_comes_back(
    page: Page, write: Write, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roadmap.server.free_port", lambda port=server.port: port)

    server.stop()
    expect(status(page, "Offline")).to_be_visible()
    server.start_as_it_is()

    expect(status(page, "Connected")).to_be_visible(timeout=COMES_BACK_WITHIN)
    title = str(uuid4())
    write(title)
    expect(titles(page).first).to_have_text(title)


def test_a_page_that_was_away_for_long_shows_the_newest_50_posts(page: Page, write: Write) -> None:
    page.context.set_offline(True)
    expect(status(page, "Offline")).to_be_visible()
    written = [str(uuid4()) for _ in range(MOST_SHOWN + 5)]
    for title in written:
        write(title)

    page.context.set_offline(False)

    expect(titles(page)).to_have_text(written[: -MOST_SHOWN - 1 : -1])


def test_a_page_that_cannot_read_the_list_connects_again(page: Page, write: Write) -> None:
    page.route("**/api/v1/posts?*", lambda route: route.fulfill(status=503), times=1)
    page.reload()
    expect(status(page, "Offline")).to_be_visible()
    title = str(uuid4())
    write(title)

    expect(status(page, "Connected")).to_be_visible()
    expect(titles(page).first).to_have_text(title)


def test_a_page_has_one_connection_however_often_it_is_told_to_connect(visit: Visit) -> None:
    visit.page.evaluate("for (let i = 0; i < 3; i++) window.dispatchEvent(new Event('online'))")

    expect(status(visit.page, "Connected")).to_be_visible()
    visit.page.wait_for_function(
        "opened.filter((one) => one.readyState < WebSocket.CLOSING).length === 1"
    )


@pytest.mark.parametrize(
    "end", [lambda route: route.fulfill(json={"items": []}), lambda route: route.abort()]
)
def test_a_list_that_comes_late_changes_nothing(
    visit: Visit, write: Write, end: Callable[[Route], None]
) -> None:
    page, late = visit.page, list[Route]()
    page.route("**/api/v1/posts?*", lambda route: late.append(route), times=1)
    page.reload()
    expect(status(page, "Connected")).to_be_visible()
    page.context.set_offline(True)
    page.context.set_offline(False)
    title = str(uuid4())
    write(title)
    expect(titles(page).first).to_have_text(title)

    before = page.evaluate(LAST_SOCKET)

    end(late[0])

    page.wait_for_timeout(500)
    assert page.evaluate(LAST_SOCKET) == before
    expect(titles(page).first).to_have_text(title)


# Everywhere, for everyone


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [SCREEN, PHONE], ids=["1280", "390"])
def test_axe_has_nothing_to_say(
    checked: Page, scheme: Literal["light", "dark"], screen: ViewportSize
) -> None:
    checked.set_viewport_size(screen)
    checked.emulate_media(color_scheme=scheme)

    assert checked.evaluate("inPage.violations()") == []


def test_the_page_does_not_scroll_sideways_on_a_phone(checked: Page) -> None:
    checked.set_viewport_size(PHONE)

    assert checked.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_the_page_causes_no_error_and_asks_nobody_else(checked: Page, visit: Visit) -> None:
    assert visit.errors == []
    assert visit.elsewhere == []


def test_the_policy_stops_code_in_the_page_and_an_error_tells_of_it(visit: Visit) -> None:
    visit.page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "document.title = 'taken over'";
      document.body.append(script);
    }""")

    expect(visit.page).to_have_title("Blog: live")
    visit.page.wait_for_timeout(0)
    assert "Content Security Policy" in "".join(visit.errors)
