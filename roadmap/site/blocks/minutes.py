"""How long a page takes, and each of its steps, by one rule; the blocks `minutes` and `steps`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from math import ceil

from markdown.extensions.toc import slugify, unique

from roadmap.site.blocks.console import target, turns
from roadmap.site.blocks.scripts import script_of
from roadmap.site.blocks.starts import asks_a_server
from roadmap.site.difference.pieces import pieces
from roadmap.site.elements import THIN, inline, table
from roadmap.site.pages import Block, Page

WORDS_A_MINUTE = 180
SECONDS_A_LINE = 12
"""To type a new line, or to read it closely."""

SECONDS_A_FOLDED_LINE = 1
SECONDS_A_COMMAND = 20

_HEADING = re.compile(r"(?P<marks>#{1,6}) +(?P<text>.+?)(?: +\{(?P<attributes>[^}]*)\})? *")
_ID = re.compile(r"#([\w-]+)")
_ANCHOR = re.compile(r"(`+).+?\1:?\s+")
"""The code at the beginning of a note, which names its line."""

_NO_WORDS = re.compile(r"\]\([^)]*\)|<[^>]+>|\{ [^}]*\}")
_WORD = re.compile(r"\S*\w\S*")


@dataclass(frozen=True)
class Effort:
    """What a reader does: reads words, types lines, skims folded ones, runs commands."""

    words: int
    lines: int
    folded: int
    commands: int

    @property
    def minutes(self) -> int:
        """Whole minutes, rounded up."""
        seconds = (
            self.words * 60 / WORDS_A_MINUTE
            + self.lines * SECONDS_A_LINE
            + self.folded * SECONDS_A_FOLDED_LINE
            + self.commands * SECONDS_A_COMMAND
        )
        return ceil(seconds / 60)


@dataclass(frozen=True)
class Step:
    """A `###` heading below `## Steps`: its HTML, its id, and the page's lines that it covers."""

    title: str
    anchor: str
    lines: range


def effort(page: Page) -> Effort:
    """What a whole page asks of a reader. Raises PageError."""
    return efforts(page, [range(page.text.count("\n") + 2)])[0]


def efforts(page: Page, parts: Sequence[range]) -> list[Effort]:
    """What each of these runs of a page's lines asks of a reader. Raises PageError."""
    shown = pieces(page)
    found = []
    for lines in parts:
        prose = [text for number, text in page.prose if number in lines]
        notes = [note for one in page.of("piece") if one.line in lines for _, note in one.notes]
        prose += [_ANCHOR.sub("", note, count=1) for note in notes]
        words = sum(len(_WORD.findall(_NO_WORDS.sub(" ", text))) for text in prose)
        new = {True: 0, False: 0}
        for piece in shown:
            if piece.block.line in lines:
                new[piece.folded] += sum(line.is_added for line in piece.lines)
        copied = [script_of(page, block) for block in page.of("script") if block.line in lines]
        new[True] += sum(path.read_text(encoding="utf-8").count("\n") for path in copied)
        commands = sum(len(turns(block)) for block in page.of("console") if block.line in lines)
        found.append(Effort(words, new[False], new[True], commands))
    return found


def steps(page: Page) -> list[Step]:
    """The steps of a page in reading order."""
    found: list[Step] = []
    is_below = False
    for level, title, anchor, lines in _sections(page):
        if level <= 2:
            is_below = title == "Steps"
        elif level == 3 and is_below:
            found.append(Step(title, anchor, lines))
    return found


def minutes_html(page: Page, block: Block) -> str:
    """One line: the page's minutes, and what they are made of."""
    block.fields()
    whole = effort(page)
    made_of = [
        _count(_rounded(whole.words), "word"),
        _count(whole.lines, "new line") + (f" and {whole.folded} folded" if whole.folded else ""),
        _count(whole.commands, "command"),
    ]
    return (
        f'<p class="minutes"><strong>About {_count(whole.minutes, "minute")}</strong>: '
        f"{', '.join(made_of)}.</p>"
    )


def steps_html(page: Page, block: Block) -> str:
    """The page's steps with their minutes, and whether the app runs at their end."""
    block.fields()
    found = steps(page)
    if not found:
        raise block.error("there is no step: a step is a `###` heading below `## Steps`")
    rows = []
    for step, asked in zip(found, efforts(page, [step.lines for step in found]), strict=True):
        numbers = map(_number, (asked.minutes, asked.words, asked.lines))
        rows.append([f'<a href="#{step.anchor}">{step.title}</a>', *numbers, _end(page, step)])
    heads = ["Step", "Minutes", "Words", "New lines", "At its end"]
    return table("Steps", heads, rows, "computed steps")


def _end(page: Page, step: Step) -> str:
    """What a proof has seen at the end of a step, or in it."""
    there = [block for block in page.blocks if block.line in step.lines]
    if any(block.kind == "waypoint" for block in there):
        return "a place to rest"
    return "the app runs" if any(map(_has_run, there)) else ""


def _has_run(block: Block) -> bool:
    if block.kind == "console":
        return target(block).server == "here" and asks_a_server(block)
    return block.kind == "checkpoint"


def _sections(page: Page) -> Iterator[tuple[int, str, str, range]]:
    """Each heading: its level, its HTML, its id as the site has it, and its lines to the next one.

    The next one is a heading of the same level or above.
    """
    headings = [(at, found) for at, text in page.prose if (found := _HEADING.fullmatch(text))]
    said = [_ID.search(heading["attributes"] or "") for _, heading in headings]
    taken = {found[1] for found in said if found}
    last = page.text.count("\n") + 2
    for place, (at, heading) in enumerate(headings):
        level, title = len(heading["marks"]), inline(heading["text"])
        own = said[place]
        anchor = own[1] if own else unique(slugify(_text(title), "-"), taken)
        after = (line for line, one in headings[place + 1 :] if len(one["marks"]) <= level)
        yield level, title, anchor, range(at, next(after, last))


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def _rounded(words: int) -> int:
    return round(words, -2) if words >= 1000 else words


def _number(number: int) -> str:
    return f"{number:,}".replace(",", THIN)


def _count(number: int, thing: str) -> str:
    return f"{_number(number)} {thing}{'' if number == 1 else 's'}"
