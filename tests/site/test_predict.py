"""A question before an answer: what choosing does, for a pointer, a keyboard and a reader."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from roadmap.course import Course
from roadmap.site.pages import read_pages

from .conftest import Visit

ASKING = [
    page.name.removeprefix("docs/").removesuffix(".md") + "/"
    for page in read_pages(Course())
    if any("predict" in block.options for block in page.of("console"))
]


@pytest.fixture
def page(open_tab: Callable[[str], Visit]) -> Page:
    """A page with a question, in the hands of somebody who was never here."""
    return open_tab(ASKING[0]).page


def question(page: Page) -> Locator:
    return page.locator("form.predict").first


def right(page: Page) -> Locator:
    return question(page).locator("label:has(input[data-right])")


def wrong(page: Page) -> Locator:
    return question(page).locator("label:has(input:not([data-right]))").first


def answer(page: Page) -> Locator:
    return question(page).locator("samp")


def said(page: Page) -> Locator:
    return question(page).locator("[aria-live=polite]")


def test_the_answer_is_held_back(page: Page) -> None:
    expect(question(page)).to_be_visible()
    expect(answer(page)).to_be_hidden()
    expect(said(page)).to_be_empty()


def test_the_right_choice_is_called_right(page: Page) -> None:
    right(page).click()

    expect(right(page)).to_contain_text("✓ right")
    expect(question(page).locator(".mark")).to_have_count(1)
    expect(said(page)).to_have_text("Right.")
    expect(answer(page)).to_be_visible()


def test_a_wrong_choice_is_called_wrong_with_the_reason(page: Page) -> None:
    reason = (
        question(page)
        .locator(".predict-why li")
        .filter(has_text=wrong(page).locator("code").inner_text())
    )
    wrong(page).click()

    expect(wrong(page)).to_contain_text("✗ wrong")
    expect(right(page)).to_contain_text("✓ right")
    expect(said(page)).to_contain_text(reason.locator("> span").inner_text())
    expect(answer(page)).to_be_visible()


def test_a_choice_is_remembered(page: Page) -> None:
    wrong(page).click()
    page.reload()

    expect(wrong(page).locator("input")).to_be_checked()
    expect(wrong(page)).to_contain_text("✗ wrong")
    expect(answer(page)).to_be_visible()


def test_the_arrow_keys_look_at_choices_and_enter_settles(page: Page) -> None:
    question(page).locator("input").first.focus()
    page.keyboard.press("ArrowDown")

    expect(question(page).locator("input").nth(1)).to_be_checked()
    expect(answer(page)).to_be_hidden()

    page.keyboard.press("Enter")

    expect(answer(page)).to_be_visible()
    assert "?" not in page.url


def test_a_choice_by_the_keyboard_settles_when_it_is_left(page: Page) -> None:
    question(page).locator("input").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")

    expect(answer(page)).to_be_visible()


def test_the_space_bar_settles_at_once(page: Page) -> None:
    question(page).locator("input").first.focus()
    page.keyboard.press("Space")

    expect(answer(page)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_nothing_to_say_about_a_choice(page: Page, axe: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.add_style_tag(content="*, ::before, ::after { transition: none !important }")
    wrong(page).click()
    page.evaluate(axe)

    assert page.evaluate("inPage.violations()") == []


def test_copying_takes_the_commands_alone(page: Page) -> None:
    block = page.locator("figure.console:has(form.predict)").first
    block.locator("figcaption").get_by_role("button", name="Copy").click()

    copied = page.evaluate("navigator.clipboard.readText()")
    commands = block.locator(".typed").all_text_contents()
    assert copied.splitlines() == "\n".join(commands).splitlines()
    assert all(copied.splitlines())


def test_the_answer_is_printed(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")

    expect(answer(page)).to_be_visible()


def test_without_scripts_the_answer_is_a_fold(browser: Browser, site: str) -> None:
    page = browser.new_context(base_url=site, java_script_enabled=False).new_page()
    page.goto(ASKING[0])
    expect(right(page)).to_be_visible()
    expect(answer(page)).to_be_hidden()

    question(page).locator("summary").click()

    expect(answer(page)).to_be_visible()
    expect(question(page).locator(".predict-why li").first).to_be_visible()
