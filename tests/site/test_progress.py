"""The mark that a reader sets when a stage is done: kept in the browser, seen from the start."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .conftest import Visit
from .long_stage import long_stage

STAGE_2 = "stages/02-structure/"
BEGINNING, END = "stages/02-two/", "stages/02-two/2-more/"
"""The pages of a stage that is told on two."""


@pytest.fixture
def done(open_tab: Callable[[str], Visit]) -> Page:
    """The page of stage 2, ticked."""
    page = open_tab(STAGE_2).page
    tick(page).press("Space")
    expect(tick(page)).to_be_checked()
    return page


@pytest.fixture(scope="module")
def long_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with a stage on two pages."""
    with long_stage(tmp_path_factory.mktemp("long")) as address:
        yield address


@pytest.fixture
def long_tab(browser: Browser, long_site: str) -> Iterator[Page]:
    """A tab of somebody who was never there."""
    with browser.new_context(base_url=long_site) as context:
        yield context.new_page()


@pytest.fixture
def long_done(long_tab: Page) -> Page:
    """The last page of the long stage, ticked."""
    long_tab.goto(END)
    tick(long_tab).press("Space")
    return long_tab


def test_no_stage_is_done_at_first(open_tab: Callable[[str], Visit]) -> None:
    page = open_tab(STAGE_2).page

    expect(tick(page)).not_to_be_checked()
    expect(marks(page)).to_have_count(0)


def test_a_tick_stays_after_a_reload(done: Page) -> None:
    done.reload()

    expect(tick(done)).to_be_checked()


def test_a_tick_is_for_one_stage(done: Page) -> None:
    done.goto("stages/01-crud/")

    expect(tick(done)).not_to_be_checked()


def test_the_landing_page_shows_which_stage_is_done(done: Page) -> None:
    done.goto("")

    expect(done.locator(".md-content a", has=marks(done))).to_have_count(1)
    expect(done.locator(".md-content a", has=marks(done))).to_have_attribute("href", STAGE_2)


def test_the_navigation_shows_which_stage_is_done(done: Page) -> None:
    link = done.get_by_role("navigation", name="Stages").get_by_role("link", name="2. Structure")

    expect(marks(link)).to_be_visible()


def test_a_tick_that_is_taken_back_is_gone(done: Page) -> None:
    tick(done).press("Space")
    done.reload()

    expect(tick(done)).not_to_be_checked()
    expect(marks(done)).to_have_count(0)


def test_a_stage_goes_on_where_it_is_not_at_its_end(long_tab: Page) -> None:
    long_tab.goto(BEGINNING)

    expect(tick(long_tab)).to_have_count(0)
    long_tab.get_by_text("This stage goes on").get_by_role("link", name="More").click()
    expect(tick(long_tab)).to_be_visible()


def test_a_tick_is_for_all_pages_of_its_stage(long_done: Page) -> None:
    navigation = long_done.get_by_role("navigation", name="Stages")

    expect(marks(navigation.get_by_role("link", name="Half"))).to_be_visible()
    expect(marks(navigation.get_by_role("link", name="More"))).to_be_visible()
    expect(marks(navigation.get_by_role("link", name="1. One"))).to_have_count(0)


def test_a_long_stage_is_marked_where_its_pages_are_folded(long_done: Page) -> None:
    long_done.goto("stages/01-one/")

    expect(marks(long_done.locator("label", has_text="2. Two").first)).to_be_visible()


def test_a_list_shows_that_a_long_stage_is_done(long_done: Page) -> None:
    long_done.goto("")

    expect(long_done.locator(".md-content a", has=marks(long_done))).to_have_text("Two✓")


def test_a_tick_from_before_a_stage_was_split_stays(long_tab: Page) -> None:
    long_tab.goto("")
    long_tab.evaluate(f"localStorage.setItem('course.done.{BEGINNING}', 'yes')")
    long_tab.goto(END)

    expect(tick(long_tab)).to_be_checked()


def tick(page: Page) -> Locator:
    """The box at the end of a stage's page."""
    return page.get_by_role("checkbox", name="I have done this stage")


def marks(within: Page | Locator) -> Locator:
    """What says that a stage is done."""
    return within.get_by_role("img", name="done")
