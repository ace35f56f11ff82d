"""The search: it finds names of code, with the keyboard, and asks no server but the site's own."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .conftest import Visit

RESULT = ".md-search-result__link[href*='/stages/03-auth/']"


@pytest.fixture
def searched(open_tab: Callable[[str], Visit], axe: str) -> Visit:
    """The landing page once somebody has typed a name of stage 3."""
    visit = open_tab("")
    visit.page.evaluate(axe)
    visit.page.keyboard.press("/")
    visit.page.keyboard.type("get_current_user")
    expect(visit.page.locator(RESULT).first).to_be_visible()
    return visit


def test_search_leads_to_the_stage_that_brings_a_name(searched: Visit) -> None:
    searched.page.locator(RESULT).first.press("Enter")

    searched.page.wait_for_url("**/stages/03-auth/**")
    expect(searched.page.locator(".md-content")).to_contain_text("get_current_user")


def test_axe_has_nothing_to_say_about_the_results(searched: Visit) -> None:
    assert searched.page.evaluate("inPage.violations()") == []


def test_search_asks_nobody_but_its_own_site(searched: Visit) -> None:
    assert (searched.elsewhere, searched.errors) == ([], [])


def test_escape_closes_the_search(searched: Visit) -> None:
    searched.page.keyboard.press("Escape")

    expect(searched.page.locator(RESULT).first).to_be_hidden()
