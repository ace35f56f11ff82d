"""Console blocks that ask what will come back before they show it."""

import re
from pathlib import Path

import pytest

from roadmap.site.blocks.console import turns, written
from roadmap.site.blocks.predict import prediction
from roadmap.site.blocks.terminal import console_html
from roadmap.site.elements import inline
from roadmap.site.pages import Block, Page, PageError

from .small_course import PAGE, SmallCourse

ASK = """\
$ curl a
first
$ curl b
HTTP/1.1 409 Conflict

{}
- `HTTP/1.1 201 Created` Both are *one*.
- `HTTP/1.1 422` The **body** is right."""


def block(body: str) -> Block:
    return Block("console", body, {"predict": "Which status?"}, "docs/a.md", 10)


@pytest.fixture
def page(tmp_path: Path) -> Page:
    course = SmallCourse(tmp_path)
    course.write(PAGE, f'```console predict="Which status?"\n{ASK}\n```\n')
    return course.pages[0]


@pytest.fixture
def html(page: Page) -> str:
    return console_html(page, page.of("console")[0])


def test_the_wrong_choices_are_no_part_of_the_answer() -> None:
    assert turns(block(ASK))[-1].answer == ("HTTP/1.1 409 Conflict", "", "{}")


def test_without_a_question_they_are_an_answer() -> None:
    assert turns(Block("console", "$ a\n- b", {}, "docs/a.md", 1))[0].answer == ("- b",)


def test_a_new_answer_keeps_the_wrong_choices() -> None:
    assert written(block(ASK), [["second"], ["HTTP/1.1 400"]]) == [
        "$ curl a", "second", "$ curl b", "HTTP/1.1 400", *ASK.split("\n")[-2:],
    ]  # fmt: skip


def test_why_the_right_one_is_right_waits_with_the_answer(page: Page) -> None:
    course = SmallCourse(page.course.root)
    course.write(PAGE, f'```console predict="Which status?"\n{ASK}\n> A **name** is one.\n```\n')
    asked = course.pages[0]

    html = console_html(asked, asked.of("console")[0])

    assert html.index("<details>") < html.index("A <strong>name</strong> is one.")
    assert written(asked.of("console")[0], [["second"], ["x"]])[-1] == "> A **name** is one."


def test_the_first_line_of_the_last_answer_is_right() -> None:
    choices = prediction(block(ASK)).choices

    assert {one.text: one.why for one in choices} == {
        "HTTP/1.1 409 Conflict": "",
        "HTTP/1.1 201 Created": "Both are *one*.",
        "HTTP/1.1 422": "The **body** is right.",
    }


def test_the_order_of_the_choices_is_that_of_every_day() -> None:
    def order(time: str) -> list[str]:
        body = f"$ a\n2026-11-27T{time}Z\n- `x` no\n- `y` no"
        return [one.why for one in prediction(block(body)).choices]

    assert len({tuple(order(f"12:00:{second}")) for second in range(10, 30)}) == 1


def test_a_choice_that_is_there_twice_is_refused() -> None:
    with pytest.raises(PageError, match=r"^docs/a\.md:14: `x` is there twice"):
        prediction(block("$ a\nb\n- `y` no\n- `x` no\n- `x` no again"))


def test_what_looks_like_a_list_stays_in_its_line() -> None:
    assert inline("1. *a*") == "1. <em>a</em>"
    assert inline("# a") == "# a"
    assert inline("- a") == "- a"


def test_the_right_choice_is_not_always_the_first() -> None:
    def place(right: str) -> int:
        choices = prediction(block(f"$ a\n{right}\n- `x` no\n- `y` no")).choices
        return [one.why for one in choices].index("")

    assert {place(f"answer {number}") for number in range(20)} == {0, 1, 2}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("$ a\nb\n- `c` no", r"a\.md:10: a prediction has 2 or more wrong choices"),
        ("$ a\nb\n- `b` no\n- `c` no", r"a\.md:13: `b` is called wrong, and it is today's answer"),
        ("$ a\nb…\n- `bcd` no\n- `c` no", r"a\.md:13: `bcd` is called wrong"),
        ("$ a\nbcd\n- `b…` no\n- `c` no", r"a\.md:13: `b…` is called wrong"),
        ("$ a\n2 passed in 1s\n- `c` no\n- `2 passed in 3s` no", r"a\.md:14: `2 passed in 3s` is"),
        ("$ a\nb\n- c no\n- `d` no", r"a\.md:13: a wrong choice is written"),
        ("$ a\nb\n- `c`\n- `d` no", r"a\.md:13: a wrong choice is written"),
        ("$ a\n- `c` no\n- `d` no", r"a\.md:10: a prediction needs an answer"),
        ("$ a\n…\nb\n- `c` no\n- `d` no", r"a\.md:10: the answer's first line"),
    ],
)
def test_a_question_that_does_not_work_is_refused(body: str, message: str) -> None:
    with pytest.raises(PageError, match=message):
        prediction(block(body))


def test_only_the_last_answer_is_held_back(html: str) -> None:
    shown, held = html.split("<form", 1)

    assert "<samp>first</samp>" in shown
    assert "curl b" in re.sub("<[^>]+>", "", shown)
    assert "409" not in shown
    assert "HTTP/1.1 409 Conflict\n\n" in held.split("<details>")[1]


def test_each_choice_is_a_button_of_one_group(html: str) -> None:
    buttons = re.findall(r'<input type="radio" name="(.*?)" value="(.*?)"( data-right)?>', html)

    assert sorted(buttons) == [
        ("predict-1", "HTTP/1.1 201 Created", ""),
        ("predict-1", "HTTP/1.1 409 Conflict", " data-right"),
        ("predict-1", "HTTP/1.1 422", ""),
    ]
    assert "<legend>Predict first: Which status?</legend>" in html
    assert 'data-predict="stages/02-two/.1"' in html


def test_a_reason_is_markdown(html: str) -> None:
    assert "<span>Both are <em>one</em>.</span>" in html
