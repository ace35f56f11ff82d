"""Minutes and words of a page and of its steps."""

from pathlib import Path

import pytest
from markdown import Markdown
from markdown.extensions.toc import TocExtension

from roadmap.course import Course
from roadmap.site.blocks import minutes
from roadmap.site.blocks.minutes import Effort, effort, minutes_html, steps, steps_html
from roadmap.site.pages import Page, PageError, read_pages

from .small_course import PAGE, SmallCourse

STEPS = """\
# Two

```minutes
```

One two *three* `four five` [six](https://example.com/seven).

## Steps

```steps
```

Eight words below the heading of the steps.

### 1. The imports

```piece
file: app/main.py
symbol: imports
- `import os` Three more words.
```

### 2. A *post*, and `the rest`

```piece
file: app/main.py
fold: true
```

```console
$ curl http://127.0.0.1:8000/greeting
good morning
$ NAME=$(curl \\
    http://127.0.0.1:8000/greeting)
```

```checkpoint
tests/test_it.py
```

#### Below it

```piece
file: app/empty.py
```

## The end

### 3. No step
"""


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return two(tmp_path, STEPS)


def two(root: Path, text: str) -> Page:
    """The page of stage 2 of a small course."""
    SmallCourse(root).write(PAGE, text)
    return read_pages(Course(root))[0]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Effort(words=180, lines=0, folded=0, commands=0), 1),
        (Effort(words=181, lines=0, folded=0, commands=0), 2),
        (Effort(words=0, lines=5, folded=0, commands=0), 1),
        (Effort(words=0, lines=6, folded=0, commands=0), 2),
        (Effort(words=0, lines=0, folded=61, commands=0), 2),
        (Effort(words=0, lines=0, folded=0, commands=3), 1),
        (Effort(words=90, lines=2, folded=0, commands=0), 1),
        (Effort(words=0, lines=0, folded=0, commands=0), 0),
    ],
)
def test_minutes_follow_one_rule(asked: Effort, expected: int) -> None:
    assert asked.minutes == expected


def test_a_page_counts_its_words_lines_and_commands(page: Page) -> None:
    assert effort(page) == Effort(words=35, lines=1, folded=10, commands=2)


def test_the_line_at_the_top_says_what_the_minutes_are_made_of(page: Page) -> None:
    html = minutes_html(page, page.of("minutes")[0])

    assert (
        "<strong>About 2 minutes</strong>: 35 words, 1 new line and 10 folded, 2 commands." in html
    )


def test_many_words_are_rounded(tmp_path: Path) -> None:
    page = two(tmp_path, "```minutes\n```\n\n" + "word " * 5140)

    assert "5\u202f100 words" in minutes_html(page, page.of("minutes")[0])


def test_steps_are_the_headings_below_steps(page: Page) -> None:
    assert [step.title for step in steps(page)] == [
        "1. The imports",
        "2. A <em>post</em>, and <code>the rest</code>",
    ]


def test_the_table_says_how_long_each_step_takes_and_how_it_ends(page: Page) -> None:
    html = steps_html(page, page.of("steps")[0])

    first, second = html.split("<tr>")[2:]
    assert '<a href="#1-the-imports">1. The imports</a></td><td>1</td><td>6</td><td>1</td>' in first
    assert "<td></td></tr>" in first
    assert "<td>1</td><td>8</td><td>0</td><td>the app runs</td>" in second


def test_a_waypoint_is_a_place_to_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minutes, "pieces", lambda _: [])
    text = "```steps\n```\n\n## Steps\n\n### One\n\n```checkpoint\n```\n\n```waypoint\n```\n"
    page = two(tmp_path, text)

    html = steps_html(page, page.of("steps")[0])

    assert "<td>a place to rest</td>" in html


@pytest.mark.parametrize(
    ("block", "runs"),
    [
        ('```console server="here"\n$ curl http://127.0.0.1:8000/\n```', True),
        ('```console server="here"\n$ uv run python -c 1\n```', False),
        ("```console\n$ curl http://127.0.0.1:8000/\n```", False),
    ],
)
def test_the_app_runs_where_a_block_asks_the_code_so_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: str, runs: bool
) -> None:
    monkeypatch.setattr(minutes, "pieces", lambda _: [])
    page = two(tmp_path, f"```steps\n```\n\n## Steps\n\n### One\n\n{block}\n")

    assert ("the app runs" in steps_html(page, page.of("steps")[0])) is runs


def test_a_step_has_the_id_that_the_page_gives_it(tmp_path: Path) -> None:
    text = (
        "# Two\n\n## Steps\n\n### 1. It's `a.b` & *more*\n\n### Again\n\n### Again\n\n"
        "### Named { #steps }\n\n### A_b, [a link](x.md), ÄÖ\n"
    )
    markdown = Markdown(extensions=["attr_list", TocExtension(permalink=False)])
    markdown.convert(text)
    (top,) = markdown.toc_tokens  # type: ignore[attr-defined]
    (below,) = top["children"]

    ours = [step.anchor for step in steps(two(tmp_path, text))]

    assert ours == [token["id"] for token in below["children"]]


def test_a_page_without_steps_is_refused(tmp_path: Path) -> None:
    page = two(tmp_path, "# Two\n\n```steps\n```\n\n### 1. Lost\n")

    with pytest.raises(PageError, match=r"02-two\.md:3: there is no step"):
        steps_html(page, page.of("steps")[0])


@pytest.mark.parametrize("kind", ["steps", "minutes"])
def test_a_block_with_a_text_is_refused(tmp_path: Path, kind: str) -> None:
    page = two(tmp_path, f"# Two\n\n```{kind}\nall: true\n```\n\n## Steps\n\n### One\n")
    (block,) = page.of(kind)

    with pytest.raises(PageError, match=f"a `{kind}` block knows no 'all'"):
        (steps_html if kind == "steps" else minutes_html)(page, block)
