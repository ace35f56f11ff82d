"""The pieces of a page: what they name, where they go, how they look."""

import re
from pathlib import Path

import pytest

from roadmap.site.blocks.highlight import changed_words, line_html
from roadmap.site.blocks.listings import piece_html
from roadmap.site.difference.pieces import Piece, pieces
from roadmap.site.difference.view import Kind
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
        ([f"{MAIN}symbol: greet"], "in `greet()`, replace 1 line"),
        ([f"{MAIN}symbol: imports"], "in the imports, add 1 line"),
        ([f"{MAIN}symbol: part"], "remove `part()`"),
        ([f"{MAIN}symbol: Post"], "after the imports, add 9 lines"),
        ([f"{MAIN}symbol: Post.publish", f"{MAIN}symbol: Post"], "after the imports, add 6 lines"),
        (
            [f"{MAIN}symbol: Post", f"{MAIN}symbol: Post.publish"],
            "after `Post.title`, add 3 lines",
        ),
        ([MAIN], "4 places"),
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
    assert second.place == "at the end of the file, add 4 lines"


def test_each_place_of_a_piece_says_what_to_do_there(course: SmallCourse) -> None:
    (piece,) = pieces(course.page(MAIN))

    assert [spot.words for spot in piece.spots] == [
        "in the imports, add 1 line",
        "after the imports, add 9 lines",
        "in `greet()`, replace 1 line",
        "remove `part()`",
    ]
    assert piece_html(piece).count('class="row spot"') == 4


def test_a_line_with_code_in_it_is_named_as_text(course: SmallCourse) -> None:
    course.write("stages/01-one/notes.txt", "A title `<b>` stays.\n\nEnd.\n")
    course.write("stages/02-two/notes.txt", "A title `<b>` stays.\nMore.\n\nEnd.\n")

    (piece,) = pieces(course.page("file: notes.txt"))

    assert piece.place == "below `` A title `<b>` stays. ``, add 1 line"
    assert "<b>" not in piece_html(piece)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("*.db\nbuild/\n", "*.db\nbuild/\nmedia/\n", "below `build/`, add 1 line"),
        (
            "# How slow.\nA=1\n\nC=3\n",
            "# How slow.\nA=1\n\nB=2\n\nC=3\n",
            "below `A=1`, add 2 lines",
        ),
        (
            "f {\n}\n\nh\n",
            "f {\n}\n\ng\n\nh\n",
            "below the lines that begin with `f {`, add 2 lines",
        ),
    ],
)
def test_a_paragraph_has_no_name_so_its_last_line_says_where(
    course: SmallCourse, old: str, new: str, place: str
) -> None:
    course.write("stages/01-one/x.txt", old)
    course.write("stages/02-two/x.txt", new)

    (piece,) = pieces(course.page("file: x.txt"))

    assert piece.place == place


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("[a]\nx = 1\n\n[b]\n", "[a]\nx = 1\ny = 2\n\n[b]\n", "at the end of `[a]`, add 1 line"),
        ("[a]\nx = 1\n\n[b]\n", "[a]\nw = 0\nx = 1\n\n[b]\n", "in `[a]`, add 1 line"),
        ("[a]\nx = 1\n", "[a]\nx = 1\n\n[b]\ny = 2\n", "at the end of the file, add 3 lines"),
        ("[a]\nx = 1\ny = 1\n", "[a]\nx = 2\n", "in `[a]`, replace 2 lines with 1"),
        ("[a]\nx = 1\ny = 1\n", "[a]\nx = 1\n", "in `[a]`, remove 1 line"),
        (
            "[a]\nx = 1\n\n[c]\nz = 1\n",
            "[a]\nx = 1\n\n[b]\ny = 2\n\n[c]\nz = 1\n",
            "after `[a]`, add 3 lines",
        ),
        ("# Old.\nx = 1\n", "# New.\nx = 1\n", "in the first lines, replace 1 line"),
    ],
)
def test_a_table_says_where_in_it_a_line_goes(
    course: SmallCourse, old: str, new: str, place: str
) -> None:
    course.write("stages/01-one/x.toml", old)
    course.write("stages/02-two/x.toml", new)

    (piece,) = pieces(course.page("file: x.toml"))

    assert piece.place == place


def test_what_moves_says_from_where_and_to_where(course: SmallCourse) -> None:
    part = "def part():\n    a = 1\n    return a\n"
    course.write("stages/01-one/app/main.py", f"x = 1\n\n\n{part}")
    course.write("stages/02-two/app/main.py", "x = 1\n")
    course.write("stages/01-one/app/other.py", "y = 1\n")
    course.write("stages/02-two/app/other.py", f"y = 1\n\n\n{part}")

    gone, come = pieces(course.page(MAIN, "file: app/other.py"))

    assert gone.place == "`part()` moves to `app/other.py`"
    assert come.place == (
        "at the end of the file, add 5 lines; `part()` moves here from `app/main.py`"
    )


def test_another_function_of_the_same_name_does_not_move(course: SmallCourse) -> None:
    course.write("stages/01-one/app/main.py", "def part():\n    a = 1\n    return a\n")
    course.write("stages/02-two/app/main.py", "x = 1\n")
    course.write("stages/02-two/app/other.py", "def part():\n    b()\n    c()\n    d()\n")

    gone, _ = pieces(course.page(f"{MAIN}symbol: part", "file: app/other.py"))

    assert gone.place == "remove `part()`"


def test_lines_that_were_typed_already_are_context(course: SmallCourse) -> None:
    course.write("stages/02-two/app/new.py", "def f():\n    pass\n\n\ndef g():\n    pass\n")

    _, second = pieces(course.page("file: app/new.py\nsymbol: f", "file: app/new.py\nsymbol: g"))

    assert '<span class="row same" style="--row:2"><span class="no" data-n="2">' in piece_html(
        second
    )


def test_lines_have_the_numbers_of_the_readers_file_at_that_point(course: SmallCourse) -> None:
    _, greet = pieces(course.page(f"{MAIN}symbol: Post", f"{MAIN}symbol: greet"))

    numbers = [(row.kind, row.number) for row in greet.rows if row.kind != Kind.SAME]

    assert numbers == [(Kind.GONE, 16), (Kind.COME, 16)]


def test_a_gap_is_not_what_comes_later(course: SmallCourse) -> None:
    course.write("stages/02-two/app/new.py", "a = 1\n\nb = 2\n\nc = 3\n")
    named = ["file: app/new.py\nsymbol: a, c", "file: app/new.py\nsymbol: b"]

    first, second = map(piece_html, pieces(course.page(*named)))

    assert first.count('class="row later"') == 1
    assert 'class="row gap"' not in first
    assert 'class="row later"' not in second


def test_a_new_file_is_plain_code_once(course: SmallCourse) -> None:
    course.write("stages/02-two/app/new.py", "a = 1\n\nb = 2\n")
    named = ["file: app/new.py\nsymbol: a", "file: app/new.py\nsymbol: b"]

    first, second = map(piece_html, pieces(course.page(*named)))

    assert '<figure class="piece whole-file"' in first
    assert '<figure class="piece"' in second


def test_a_line_has_one_note(course: SmallCourse) -> None:
    page = course.page(f"{MAIN}symbol: Post.publish\n- `def publish` One.\n- `(self)` Another.")

    with pytest.raises(PageError, match="this line has a note already"):
        pieces(page)


def test_notes_are_numbered_as_their_lines_stand(course: SmallCourse) -> None:
    (piece,) = pieces(course.page(f"{MAIN}symbol: Post\n- `publish` Second.\n- `title` First."))

    assert [callout.text for callout in piece.callouts] == ["First.", "Second."]


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

    assert re.search(r'<del [^>]*><span class="no" data-n="" data-old="7">.*hello', html)
    assert re.search(r'<ins [^>]*><a class="piece-note".*<span class="no" data-n="7">.*mo', html)
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


def test_what_moves_within_a_file_says_so(course: SmallCourse) -> None:
    one = "def one():\n    a = 1\n    b = 2\n    c = 3\n    return a + b + c\n"
    two = "def two():\n    a = 1\n    return a\n"
    course.write("stages/01-one/app/main.py", f"{one}\n\n{two}\n\nLAST = 1\n")
    course.write("stages/02-two/app/main.py", f"{two}\n\n{one}\n\nLAST = 1\n")

    come, _, gone = pieces(course.page(MAIN))[0].spots

    assert come.words == (
        "at the top, add 3 lines; `two()` moves here from another place in this file"
    )
    assert gone.words == "`two()` moves to another place in this file"


def test_methods_that_change_places_go_and_come(course: SmallCourse) -> None:
    x, y = ("    def x(self):\n        return 1\n", "    def y(self):\n        return 2\n")
    course.write("stages/01-one/app/main.py", f"class A:\n{x}\n{y}")
    course.write("stages/02-two/app/main.py", f"class A:\n{y}\n{x}")

    first, *_, last = pieces(course.page(MAIN))[0].spots

    assert first.words == "at the top of `A`, add 2 lines"
    assert last.words == "remove `A.y()`"


def test_an_empty_line_that_goes_beside_new_lines_is_one_edit_with_them(
    course: SmallCourse,
) -> None:
    course.write("stages/01-one/app/main.py", "def a() -> None:\n    pass\n\n\nb = 2\n")
    course.write("stages/02-two/app/main.py", "def a() -> None:\n    pass\n\n\nc = 1\n\nb = 2\n")

    (piece,) = pieces(course.page(MAIN))

    assert [spot.words for spot in piece.spots] == ["after `a()`, replace 1 line with 3"]


def test_an_empty_line_stands_above_what_owns_it(course: SmallCourse) -> None:
    course.write("stages/01-one/app/main.py", "a = 1\n\nb = 2\n")
    course.write("stages/02-two/app/main.py", "a = 1\nb = 2\n")

    (piece,) = pieces(course.page(MAIN))

    assert piece.place == "above `b`, remove the empty line"
