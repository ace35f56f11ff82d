"""The keyboard alone: the Tab key reaches everything, shows where it is, and gets out again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from .conftest import Visit

KINDS = ["", "map/", "reference/02-structure/", "stages/02-structure/"]
"""One page of each kind."""

MORE = 10
"""Turns beyond the last stop: back to the first one, and a few on."""


@pytest.fixture(scope="module", params=KINDS, ids=[kind or "/" for kind in KINDS])
def tabbed_through(open_tab: Callable[[str], Visit], request: pytest.FixtureRequest) -> Page:
    """A page on which the Tab key was pressed until it came round, with every fold open."""
    page = open_tab(request.param).page
    for _ in range(page.evaluate("inPage.watchFocus()") + MORE):
        page.keyboard.press("Tab")
    return page


def test_the_tab_key_reaches_everything(tabbed_through: Page) -> None:
    assert tabbed_through.evaluate("inPage.unreached()") == []


def test_what_has_the_focus_is_in_sight_and_outlined(tabbed_through: Page) -> None:
    assert tabbed_through.evaluate("inPage.unmarked()") == []


def test_the_tab_key_is_caught_nowhere(tabbed_through: Page) -> None:
    assert tabbed_through.evaluate("inPage.cameRound()")


def test_the_first_stop_leads_past_the_navigation(open_tab: Callable[[str], Visit]) -> None:
    page = open_tab("stages/02-structure/").page

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('.md-content') !== null")
