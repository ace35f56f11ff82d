"""What holds on every page: no error, nobody else asked, legible to everyone, everywhere."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from .conftest import Visit

SCREEN: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
PAPER: ViewportSize = {"width": 700, "height": 1000}

STILL = "*, ::before, ::after { transition: none !important }"


@pytest.fixture(scope="module")
def visit(open_tab: Callable[[str], Visit], axe: str, path: str) -> Iterator[Visit]:
    """One page, opened once for all tests of this module."""
    visit = open_tab(path)
    visit.page.add_style_tag(content=STILL)
    visit.page.evaluate(axe)
    yield visit
    visit.page.close()


@pytest.fixture
def on_screen(visit: Visit) -> Page:
    """The page on a wide screen."""
    visit.page.set_viewport_size(SCREEN)
    visit.page.emulate_media(media="screen", color_scheme="light")
    return visit.page


@pytest.fixture
def on_phone(visit: Visit) -> Page:
    """The page on a phone."""
    visit.page.set_viewport_size(PHONE)
    visit.page.emulate_media(media="screen", color_scheme="light")
    return visit.page


@pytest.fixture
def on_paper(visit: Visit) -> Page:
    """The page as somebody prints it who reads in dark colours."""
    visit.page.set_viewport_size(PAPER)
    visit.page.emulate_media(media="screen", color_scheme="dark")
    expect(visit.page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    visit.page.emulate_media(media="print", color_scheme="dark")
    return visit.page


def test_folded_code_is_printed(on_paper: Page) -> None:
    assert on_paper.evaluate("inPage.hidden()") == []


def test_everything_is_legible_on_white_paper(on_paper: Page) -> None:
    assert on_paper.evaluate("inPage.faint()") == []


def test_nothing_is_cut_off_on_paper(on_paper: Page) -> None:
    assert on_paper.evaluate("inPage.cutOff()") == []


def test_axe_has_nothing_to_say(on_screen: Page) -> None:
    expect(on_screen.locator("body")).to_have_attribute("data-md-color-scheme", "default")

    assert on_screen.evaluate("inPage.violations()") == []


def test_axe_has_nothing_to_say_about_the_dark_colours(on_screen: Page) -> None:
    on_screen.emulate_media(color_scheme="dark")
    expect(on_screen.locator("body")).to_have_attribute("data-md-color-scheme", "slate")

    assert on_screen.evaluate("inPage.violations(['color-contrast', 'link-in-text-block'])") == []


def test_a_page_does_not_scroll_sideways_on_a_phone(on_phone: Page) -> None:
    assert on_phone.evaluate("inPage.tooWide()") == []


def test_nothing_is_cut_off_on_a_phone(on_phone: Page) -> None:
    assert on_phone.evaluate("inPage.cutOff()") == []


def test_a_page_causes_no_error(visit: Visit) -> None:
    assert visit.errors == []


def test_a_page_asks_nobody_but_its_own_site(visit: Visit) -> None:
    assert visit.elsewhere == []
