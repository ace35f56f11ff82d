"""The width of a page: 100 columns of code fit, text is not wider than it reads, edges show."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize

from .conftest import Visit

STAGE = "stages/01-crud/"
SMALL, WIDE = ViewportSize(width=1280, height=800), ViewportSize(width=1920, height=1080)
PHONE = ViewportSize(width=390, height=844)
COLUMNS = 100
GUTTER = 5.5
"""In ems of the code: the circle of a note, the line's number, its sign."""

SCROLLBAR = 15
TEXT = 42
"""In rems: the widest a line of text may be."""

MEASURE = """columns => {
  const code = inPage.widestCode();
  const probe = document.createElement("span");
  probe.textContent = "0".repeat(columns);
  probe.style.cssText = "position: absolute; white-space: pre";
  code.append(probe);
  const found = {
    area: code.clientWidth,
    columns: probe.getBoundingClientRect().width,
    em: parseFloat(getComputedStyle(code).fontSize),
  };
  probe.remove();
  return found;
}"""

SHADE = """() => {
  const code = inPage.widestCode();
  return parseFloat(getComputedStyle(code.parentElement, "::after").opacity);
}"""


@pytest.fixture
def page(open_tab: Callable[[str], Visit]) -> Page:
    """The page of stage 1."""
    return open_tab(STAGE).page


@pytest.mark.parametrize("screen", [SMALL, WIDE], ids=["1280", "1920"])
def test_100_columns_of_code_fit_beside_their_numbers(page: Page, screen: ViewportSize) -> None:
    page.set_viewport_size(screen)

    found = page.evaluate(MEASURE, COLUMNS)

    assert found["columns"] + GUTTER * found["em"] <= found["area"] - SCROLLBAR


def test_code_is_not_small(page: Page) -> None:
    page.set_viewport_size(SMALL)

    assert page.evaluate(MEASURE, COLUMNS)["em"] >= 12.5


@pytest.mark.parametrize("screen", [SMALL, WIDE], ids=["1280", "1920"])
def test_a_line_of_text_is_not_too_long(page: Page, screen: ViewportSize) -> None:
    page.set_viewport_size(screen)

    widest = page.evaluate("""() => {
      const paragraphs = document.querySelectorAll(".md-content__inner > p");
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      return Math.max(...Array.from(paragraphs, one => one.clientWidth)) / rem;
    }""")

    assert widest <= TEXT


def test_a_shadow_shows_that_code_goes_on_and_ends_with_it(page: Page) -> None:
    if not page.evaluate("CSS.supports('animation-timeline: scroll()')"):
        pytest.skip("this browser has no scroll-driven animations")
    page.set_viewport_size(PHONE)

    page.wait_for_function(f"({SHADE})() === 1")
    page.evaluate("inPage.widestCode().scrollLeft = 1e6")

    page.wait_for_function(f"({SHADE})() < 0.1")


def test_code_that_fits_has_no_shadow(page: Page) -> None:
    page.set_viewport_size(PHONE)

    assert page.evaluate(
        "Array.from(document.querySelectorAll('.highlight > pre:is(.piece-code, .console-code)'))"
        ".filter(pre => pre.clientWidth && pre.scrollWidth === pre.clientWidth)"
        ".map(pre => getComputedStyle(pre.parentElement, '::after').opacity)"
        ".every(opacity => opacity === '0')"
    )
