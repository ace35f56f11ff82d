"""The mark that a reader sets when a stage is done: kept in the browser, seen from the start."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Visit

STAGE_2 = "stages/02-structure/"


@pytest.fixture
def done(open_tab: Callable[[str], Visit]) -> Page:
    """The page of stage 2, ticked."""
    page = open_tab(STAGE_2).page
    tick(page).press("Space")
    expect(tick(page)).to_be_checked()
    return page


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


def tick(page: Page) -> Locator:
    """The box at the end of a stage's page."""
    return page.get_by_role("checkbox", name="I have done this stage")


def marks(within: Page | Locator) -> Locator:
    """What says that a stage is done."""
    return within.get_by_role("img", name="done")
