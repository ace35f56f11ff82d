"""A console block that holds its last answer back until the reader has chosen one."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from roadmap.site.blocks.console import ANYTHING, agrees, normalised, reason, turns, wrong_choices
from roadmap.site.elements import inline
from roadmap.site.pages import Block, Page

FEWEST_WRONG = 2

_WRONG = re.compile(r"- `(?P<text>[^`]+)` +(?P<why>.+)")


@dataclass(frozen=True)
class Choice:
    """What may come back, and why it does not; the right one needs no reason."""

    text: str
    why: str = ""


@dataclass(frozen=True)
class Prediction:
    """A question about the last answer, and its choices in the order of the page."""

    question: str
    choices: tuple[Choice, ...]


def prediction(block: Block) -> Prediction:
    """The block's question. Raises PageError where a wrong choice may be right."""
    answer = turns(block)[-1].answer
    if not answer:
        raise block.error("a prediction needs an answer: `nox -s docs -- update` writes it")
    right = Choice(answer[0])
    if not right.text.replace(ANYTHING, "").strip():
        raise block.error("the answer's first line is the right choice: it says nothing here")
    wrong = [_wrong(block, number, line, right) for number, line in wrong_choices(block)]
    texts = [choice.text for choice in wrong]
    for (number, _), text in zip(wrong_choices(block), texts, strict=True):
        if texts.count(text) > 1:
            raise block.error(f"`{text}` is there twice: a reader chooses between answers", number)
    if len(wrong) < FEWEST_WRONG:
        raise block.error(
            f"a prediction has {FEWEST_WRONG} or more wrong choices: add lines"
            " - `another answer` and why it does not come"
        )
    return Prediction(block.options["predict"], tuple(sorted([right, *wrong], key=_place)))


def _wrong(block: Block, number: int, line: str, right: Choice) -> Choice:
    found = _WRONG.fullmatch(line.strip())
    if not found:
        raise block.error("a wrong choice is written - `its text` and why it is wrong", number)
    if agrees([right.text], [found["text"]]) or agrees([found["text"]], [right.text]):
        raise block.error(f"`{found['text']}` is called wrong, and it is today's answer", number)
    return Choice(found["text"], found["why"])


def _place(choice: Choice) -> str:
    """The same on every machine and day, and no sign of what is right."""
    return hashlib.sha256(normalised(choice.text).encode()).hexdigest()


BEFORE = "Choose below what the last command answers, before you run it."


def prediction_html(page: Page, block: Block, answer: str) -> str:
    """The question as a form; `answer` is the HTML that it holds back."""
    asked = prediction(block)
    number = [one for one in page.of("console") if "predict" in one.options].index(block) + 1
    name = f"predict-{number}"
    key = f"{page.name.removeprefix('docs/').removesuffix('.md')}/.{number}"
    return (
        f'<form class="predict" method="dialog" data-predict="{escape(key)}"><fieldset>'
        f"<legend>Predict first: {inline(asked.question)}</legend>"
        f"{''.join(_choice_html(name, choice) for choice in asked.choices)}</fieldset>"
        '<p class="predict-said" aria-live="polite"></p>'
        f"<details><summary>Show the answer</summary>{answer}{_why_html(block)}"
        f"{_reasons_html(asked.choices)}"
        "</details></form>"
    )


def _choice_html(name: str, choice: Choice) -> str:
    right = "" if choice.why else " data-right"
    return (
        f'<label><input type="radio" name="{name}" value="{escape(choice.text)}"{right}>'
        f" <code>{escape(choice.text)}</code></label>"
    )


def _why_html(block: Block) -> str:
    said = reason(block)
    return f'<p class="predict-reason">{inline(said)}</p>' if said else ""


def _reasons_html(choices: Sequence[Choice]) -> str:
    items = (
        f'<li data-choice="{escape(choice.text)}"><code>{escape(choice.text)}</code>'
        f" <span>{inline(choice.why)}</span></li>"
        for choice in choices
        if choice.why
    )
    return f'<p>Why not the others?</p><ul class="predict-why">{"".join(items)}</ul>'
