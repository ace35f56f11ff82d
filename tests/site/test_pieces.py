"""The pieces of a stage page: what their buttons copy, and their two ways to stand."""

from collections.abc import Callable
from itertools import groupby

import pytest
from playwright.sync_api import Locator, Page, expect

from roadmap.course import Course
from roadmap.site.difference.pieces import Piece, pieces
from roadmap.site.difference.view import Kind
from roadmap.site.pages import Page as Source

from .conftest import Visit

COURSE = Course()


@pytest.fixture
def stage_2(open_tab: Callable[[str], Visit]) -> Page:
    """The page of stage 2, in the hands of somebody who was never here."""
    return open_tab("stages/02-structure/").page


@pytest.fixture
def stage_2_side_by_side(stage_2: Page) -> Page:
    """The page of stage 2 once the switch is pressed."""
    switch(stage_2).click()
    return stage_2


@pytest.fixture
def whole_file() -> Piece:
    """A piece of stage 1 that is all of its file."""
    whole = [
        piece for piece in pieces(_page("01-crud")) if len(piece.shown) == len(piece.change.lines)
    ]
    return max(whole, key=lambda piece: len(piece.shown))


@pytest.mark.parametrize("stage", [stage.name for stage in COURSE.stages])
def test_each_run_of_new_lines_is_copied_alone(
    open_tab: Callable[[str], Visit], stage: str
) -> None:
    copied = {
        name: open_tab(name.removeprefix("docs/").removesuffix(".md") + "/").page.evaluate(
            "inPage.copyEverything()"
        )
        for name in new_lines(stage)
    }

    assert copied == new_lines(stage)


def test_both_ways_to_stand_copy_the_same(stage_2_side_by_side: Page) -> None:
    copied = stage_2_side_by_side.evaluate("inPage.copyEverything()")

    assert copied == new_lines("02-structure")["docs/stages/02-structure.md"]


def test_a_whole_new_file_is_copied_as_it_is(
    open_tab: Callable[[str], Visit], whole_file: Piece
) -> None:
    page = open_tab("stages/01-crud/").page
    piece = page.locator(f"[id='{whole_file.anchor}']")

    piece.get_by_role("button", name="Copy").first.press("Enter")
    expect(piece.get_by_role("button", name="Copied")).to_be_visible()

    file = COURSE.find("01-crud").folder / whole_file.change.path
    assert page.evaluate("navigator.clipboard.readText()") == file.read_text(encoding="utf-8")


def test_a_piece_stands_unified_until_the_switch_is_pressed(stage_2: Page) -> None:
    expect(switch(stage_2)).to_have_attribute("aria-pressed", "false")
    assert come(stage_2)["x"] == gone(stage_2)["x"]


def test_the_switch_puts_the_new_beside_the_old(stage_2_side_by_side: Page) -> None:
    expect(switch(stage_2_side_by_side)).to_have_attribute("aria-pressed", "true")
    assert come(stage_2_side_by_side)["x"] >= gone(stage_2_side_by_side)["right"]


def test_the_switch_works_with_the_keyboard_and_turns_back(stage_2_side_by_side: Page) -> None:
    switch(stage_2_side_by_side).press("Enter")

    expect(switch(stage_2_side_by_side)).to_have_attribute("aria-pressed", "false")
    assert come(stage_2_side_by_side)["x"] == gone(stage_2_side_by_side)["x"]


@pytest.mark.parametrize("where", ["stages/02-structure/", "stages/03-auth/"], ids=str)
def test_the_switch_is_remembered_after_a_reload_and_elsewhere(
    stage_2_side_by_side: Page, where: str
) -> None:
    stage_2_side_by_side.goto(where)

    expect(switch(stage_2_side_by_side)).to_have_attribute("aria-pressed", "true")
    assert come(stage_2_side_by_side)["x"] >= gone(stage_2_side_by_side)["right"]


def test_code_scrolls_in_its_own_box_on_a_phone(stage_2: Page) -> None:
    stage_2.set_viewport_size({"width": 390, "height": 844})
    stage_2.evaluate("inPage.widestCode().scrollIntoView({ block: 'center' })")

    stage_2.locator("[data-widest]").hover(position={"x": 20, "y": 20})
    stage_2.mouse.wheel(delta_x=60, delta_y=0)

    stage_2.wait_for_function("inPage.widestCode().scrollLeft > 0")
    assert stage_2.evaluate("scrollX") == 0


def new_lines(stage: str) -> dict[str, dict[str, list[str]]]:
    """The runs of new lines that the stage's pages bring: by page, and by the piece's anchor."""
    return {
        page.name: {piece.anchor: texts for piece in pieces(page) if (texts := _runs(piece))}
        for page in _page(stage).way
    }


def _page(stage: str) -> Source:
    return Source.read(COURSE, COURSE.root / "docs" / "stages" / f"{stage}.md")


def _runs(piece: Piece) -> list[str]:
    texts = []
    for spot in piece.spots:
        rows = [piece.rows[position] for position in spot.rows]
        for changed, run in groupby(rows, key=lambda row: row.kind != Kind.SAME):
            added = [row.at for row in run if row.kind == Kind.COME]
            if changed and added:
                texts.append("".join(piece.change.lines[at].text for at in added))
    return texts


def switch(page: Page) -> Locator:
    """The first of the page's switches."""
    return page.get_by_role("button", name="Side by side").first


def come(page: Page) -> dict[str, float]:
    """Where the first new line of a piece with both kinds stands."""
    return _box(page, "ins")


def gone(page: Page) -> dict[str, float]:
    """Where the first line that goes stands."""
    return _box(page, "del")


def _box(page: Page, tag: str) -> dict[str, float]:
    row = page.locator(".two-sided", has=page.locator("pre:visible")).first.locator(tag).first
    found: dict[str, float] = row.evaluate("row => row.getBoundingClientRect().toJSON()")
    return found
