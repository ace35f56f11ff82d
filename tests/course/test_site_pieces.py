"""The pieces of a page: what they name, where they go, how they look."""

import re
from pathlib import Path

import pytest

from roadmap.site.blocks.highlight import changed_words, line_html
from roadmap.site.blocks.listings import piece_html
from roadmap.site.difference.pieces import Piece, pieces
from roadmap.site.pages import Page, PageError

from .small_course import SmallCourse

MAIN = "file: app/main.py\n"


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    return SmallCourse(tmp_path)


def texts(piece: Piece) -> list[str]:
    return [line.text.strip() for line in piece.lines if line.text.strip()]


def refusal(page: Page) -> str:
    with pytest.raises(PageError) as raised:
        pieces(page)
    return str(raised.value)


def test_a_piece_shows_the_changed_lines_of_its_symbol(course: SmallCourse) -> None:
    (piece,) = pieces(course.page(f"{MAIN}symbol: greet"))

    assert texts(piece) == ['return "hello"', 'return "good morning"']


def test_a_class_is_shown_with_its_members(course: SmallCourse) -> None:
    (piece,) = pieces(course.page(f"{MAIN}symbol: Post"))

    assert "def publish(self):" in texts(piece)


def test_the_closest_name_wins(course: SmallCourse) -> None:
    rest, post, publish = pieces(
        course.page(MAIN, f"{MAIN}symbol: Post", f"{MAIN}symbol: Post.publish")
    )

    assert texts(publish) == ["def publish(self):", "return True"]
    assert texts(post) == ["class Post:", '"""A post."""', 'title = "Untitled"']
    assert 'return "hello"' in texts(rest)


def test_symbols_may_be_named_from_one_to_another(course: SmallCourse) -> None:
    (piece,) = pieces(course.page(f"{MAIN}symbol: greet .. part"))

    assert 'return "bye"' in texts(piece)
    assert 'return "hello"' in texts(piece)


def test_a_part_of_a_text_is_named_by_one_of_its_lines(course: SmallCourse) -> None:
    course.write("stages/02-two/.env.example", "A=1\n\nB=2\n")

    (piece,) = pieces(course.page("file: .env.example\ntext: B=2"))

    assert texts(piece) == ["B=2"]


@pytest.mark.parametrize(
    ("pieces_of_the_page", "place"),
    [
        ([f"{MAIN}symbol: greet"], "inside `greet`"),
        ([f"{MAIN}symbol: imports"], "inside the imports"),
        ([f"{MAIN}symbol: part"], "without `part`"),
        ([f"{MAIN}symbol: Post"], "after the imports"),
        ([f"{MAIN}symbol: Post.publish", f"{MAIN}symbol: Post"], "after the imports"),
        ([f"{MAIN}symbol: Post", f"{MAIN}symbol: Post.publish"], "after `Post.title`"),
        ([MAIN], "inside the imports and `greet`, without `part`"),
        (["file: app/empty.py"], "a new file, empty"),
    ],
)
def test_the_margin_says_where_a_piece_goes(
    course: SmallCourse, pieces_of_the_page: list[str], place: str
) -> None:
    assert pieces(course.page(*pieces_of_the_page))[-1].place == place


def test_a_new_file_is_new_once(course: SmallCourse) -> None:
    course.write("stages/02-two/app/new.py", '"""New."""\n\n\ndef f():\n    pass\n')
    named = ["file: app/new.py\nsymbol: docstring", "file: app/new.py\nsymbol: f"]

    first, second = pieces(course.page(*named))

    assert first.place == "a new file"
    assert second.place == "after the docstring at the top"


@pytest.mark.parametrize(
    ("piece", "message"),
    [
        ("file: app/man.py", "02-two.md:3: there is no file 'app/man.py' in this stage"),
        ("file: app/man.py", "did you mean `app/main.py`"),
        (f"{MAIN}symbol: gret", "there is no 'gret' in app/main.py: did you mean `greet`"),
        (f"{MAIN}symbol: docstring", "nothing is left to show of `docstring`"),
        (f"{MAIN}symbol: part .. greet", "'greet' does not come after 'part'"),
        (f"{MAIN}text: return 'helo'", "there is no line"),
        (f"{MAIN}line: 3", "a `piece` block knows no 'line'"),
        (f"{MAIN}symbl: greet", "did you mean `symbol`?"),
        (f"{MAIN}fold: yes", "`fold` is true or false"),
        (f"{MAIN}- no text here", "a note is written"),
        (f"{MAIN}- `return` which one", "'return' is in 4 of the lines that are shown"),
        (f"{MAIN}symbol: greet\n- `return 'bye'` gone", "is in 0 of the lines that are shown"),
        ("file: pyproject.toml", "nothing changes in pyproject.toml"),
    ],
)
def test_a_name_that_does_not_resolve_is_refused_with_what_comes_near(
    course: SmallCourse, piece: str, message: str
) -> None:
    assert message in refusal(course.page(piece))


def test_a_name_that_is_there_twice_is_refused(course: SmallCourse) -> None:
    course.write("stages/02-two/app/two.py", "def f(): ...\n\n\nx = 1\n\n\ndef f(): ...\n")

    message = refusal(course.page("file: app/two.py\nsymbol: f"))

    assert "02-two.md:3: 'f' is there 2 times in app/two.py" in message


def test_a_piece_is_shown_with_its_numbers_and_changed_words(course: SmallCourse) -> None:
    (piece,) = pieces(course.page(f"{MAIN}symbol: greet\n- `good morning` It is **early**."))

    html = piece_html(piece)

    assert re.search(r'<del .*data-n="7"></span><span class="no" data-n="">.*hello', html)
    assert re.search(r'<ins .*data-n=""></span><span class="no" data-n="17">.*morning', html)
    assert "<mark>" in html
    assert "It is <strong>early</strong>." in html
    assert "def</span>" in html, "the head of the function is its context"


def test_a_long_piece_can_be_folded(course: SmallCourse) -> None:
    (piece,) = pieces(course.page(f"{MAIN}fold: true"))

    assert "<details><summary>Show 16 lines" in piece_html(piece)


def test_the_words_that_changed_are_marked_through_their_colours() -> None:
    words = changed_words('greet("ann")', 'greet("bob")')

    assert words == ([(7, 10)], [(7, 10)])
    assert line_html([("n", "greet"), ("s", '("ann")')], [(7, 10)]) == (
        '<span class="n">greet</span><span class="s">(&quot;</span>'
        '<mark><span class="s">ann</span></mark><span class="s">&quot;)</span>'
    )


def test_lines_that_have_little_in_common_are_not_compared() -> None:
    assert changed_words("import json", "return session.scalars(posts)") is None
