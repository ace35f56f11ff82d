"""The fast proofs: each is broken here, and says where and what to do."""

from pathlib import Path

import pytest

from roadmap.course import Course
from roadmap.site.blocks.names import prove_names
from roadmap.site.blocks.scripts import prove_scripts
from roadmap.site.difference.coverage import Exemption, prove_coverage, read_exemptions
from roadmap.site.difference.pieces import pieces
from roadmap.site.difference.replay import WorkingCopy, prove_replay, replay
from roadmap.site.pages import PageError

from .small_course import NEW, OLD, PAGE, SmallCourse

MAIN = "file: app/main.py\n"
EMPTY = "file: app/empty.py"


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    return SmallCourse(tmp_path)


def test_a_page_that_tells_everything_is_proven(course: SmallCourse) -> None:
    walks = [page for page in course.pages if page.is_walk and page.stage and page.before]

    assert prove_coverage(walks, []) == []
    assert prove_replay(walks, []) == []


@pytest.mark.parametrize("left", ["blog.egg-info/x", ".idea/x", "build/x.py", "blog.db", ".venv/x"])
def test_what_programs_leave_in_a_stage_changes_no_proof(course: SmallCourse, left: str) -> None:
    course.write(f"stages/02-two/{left}", "x = 1\n")
    page = course.page(MAIN, EMPTY)

    assert prove_coverage([page], []) == []
    assert prove_replay([page], []) == []


def test_a_changed_line_that_is_not_shown_is_named(course: SmallCourse) -> None:
    page = course.page(f"{MAIN}symbol: imports, Post, part", EMPTY)

    (gone_and_come,) = prove_coverage([page], [])

    assert gone_and_come == (
        "docs/stages/02-two.md: stages/01-one/app/main.py:7: 2 changed lines of `greet` are not"
        " shown: add a piece with `file: app/main.py` and `symbol: greet`"
    )


def test_a_line_that_is_shown_twice_is_named(course: SmallCourse) -> None:
    page = course.page(MAIN, f"{MAIN}symbol: greet", f"{MAIN}symbol: greet", EMPTY)

    (failure,) = prove_coverage([page], [])

    assert failure.startswith("docs/stages/02-two.md:12: stages/01-one/app/main.py:7: `greet` is")
    assert "shown 2 times, by the pieces of lines 7 and 12: name it in one of them" in failure


def test_an_empty_new_file_has_to_be_shown(course: SmallCourse) -> None:
    (failure,) = prove_coverage([course.page(MAIN)], [])

    assert "app/empty.py is new and empty, and not shown: add a piece" in failure


def test_an_exemption_is_read_with_its_reason(course: SmallCourse) -> None:
    course.write("docs/exemptions.toml", '[[exempt]]\nfile = "a.md"\nreason = "It is long."\n')

    assert read_exemptions(Course(course.root)) == [Exemption("a.md", "It is long.")]


def test_an_exemption_without_a_reason_is_refused(course: SmallCourse) -> None:
    course.write("docs/exemptions.toml", '[[exempt]]\nfile = "a.md"\n')

    with pytest.raises(PageError, match="needs a file and a reason"):
        read_exemptions(Course(course.root))


def test_an_exempt_file_need_not_be_shown(course: SmallCourse) -> None:
    page = course.page(MAIN)

    assert prove_coverage([page], [Exemption("app/empty.py", "Empty.")]) == []
    assert prove_replay([page], [Exemption("app/empty.py", "Empty.")]) == []


def test_an_exempt_file_that_is_shown_once_is_shown_in_full(course: SmallCourse) -> None:
    page = course.page(f"{MAIN}symbol: greet", EMPTY)

    failures = prove_coverage([page], [Exemption("app/main.py", "it is long")])

    assert any("changed lines of `Post` are not shown" in one for one in failures)


def test_a_file_that_no_piece_brings_breaks_the_replay(course: SmallCourse) -> None:
    (failure,) = prove_replay([course.page(MAIN)], [])

    assert failure.endswith("app/empty.py is not there: show it")


def test_an_exemption_that_is_not_needed_fails(course: SmallCourse) -> None:
    (failure,) = prove_coverage([course.page(MAIN, EMPTY)], [Exemption("README.md", "Long.")])

    assert failure.startswith("docs/exemptions.toml: README.md needs no exemption")


def test_a_piece_that_is_missing_breaks_the_replay(course: SmallCourse) -> None:
    page = course.page(f"{MAIN}symbol: imports, Post, part", EMPTY)

    assert prove_replay([page], []) == [
        "docs/stages/02-two.md: after the last piece line 17 of app/main.py is"
        " '    return \"hello\"\\n' and should be '    return \"good morning\"\\n':"
        " see which piece shows it"
    ]


def test_a_piece_that_is_typed_twice_breaks_the_replay(course: SmallCourse) -> None:
    page = course.page(MAIN, f"{MAIN}symbol: greet", f"{MAIN}symbol: greet", EMPTY)

    (failure,) = prove_replay([page], [])

    assert failure.startswith("docs/stages/02-two.md:12: line 17 of app/main.py is not")


def test_an_edit_refuses_code_that_is_not_what_it_changes(course: SmallCourse) -> None:
    (piece,) = pieces(course.page(f"{MAIN}symbol: greet"))
    copy = WorkingCopy({"app/main.py": OLD.replace("hello", "salut")})

    with pytest.raises(PageError, match=r"line 7 of app/main\.py is not"):
        copy.type(piece)


@pytest.mark.parametrize("times", [0, 2])
def test_a_script_is_shown_once(course: SmallCourse, times: int) -> None:
    course.write("docs/scripts/02-two/trial.py", "print(1)\n")
    course.write(PAGE, "# Two\n\n" + "```script\ntrial.py\n```\n\n" * times)

    failures = prove_scripts(Course(course.root), course.pages)

    assert failures == [f"docs/scripts/02-two/trial.py is on {times} pages: show it once"]


def test_the_replay_can_stop_on_the_way(course: SmallCourse) -> None:
    page = course.page(f"{MAIN}symbol: greet", MAIN, EMPTY)
    second = page.of("piece")[1]

    half_way = replay(page, [], until=second)

    assert half_way["app/main.py"] == OLD.replace("hello", "good morning")
    assert "app/empty.py" not in half_way


def test_the_order_of_the_pieces_is_free(course: SmallCourse) -> None:
    named = ["Post.publish", "greet", "part", "Post", "imports"]
    page = course.page(EMPTY, *(f"{MAIN}symbol: {name}" for name in named))

    assert replay(page, [])["app/main.py"] == NEW


def test_a_file_goes_when_its_piece_says_so(course: SmallCourse) -> None:
    course.write("stages/01-one/app/old.py", "x = 1\n")
    page = course.page(MAIN, EMPTY, "file: app/old.py")

    assert "app/old.py" not in replay(page, [])
    assert prove_replay([page], []) == []


def test_a_file_that_goes_unsaid_breaks_the_replay(course: SmallCourse) -> None:
    course.write("stages/01-one/app/old.py", "x = 1\n")

    (failure,) = prove_replay([course.page(MAIN, EMPTY)], [])

    assert failure.endswith("after the last piece app/old.py is still there: show that it goes")


@pytest.mark.parametrize(
    ("prose", "failure"),
    [
        ("Open `app/man.py`.", "there is no `app/man.py`: did you mean app/main.py"),
        ("See `stages/03-three/`.", "there is no `stages/03-three/`"),
        ("It is in `04-four`.", "there is no stage `04-four`"),
        ("Run ``tests/test_x.py``.", "there is no `tests/test_x.py`"),
    ],
)
def test_a_name_in_the_prose_that_does_not_exist_fails(
    course: SmallCourse, prose: str, failure: str
) -> None:
    page = course.page(MAIN, EMPTY, after=prose)

    (said,) = prove_names(Course(course.root), [page])

    assert said.startswith(f"docs/stages/02-two.md:11: {failure}")


@pytest.mark.parametrize(
    "prose",
    [
        "`app/main.py`, `app/`, `stages/01-one`, `02-two`, `POST /posts`, `app/{name}.py`",
        "```\napp/man.py\n```",
        "    `app/main.py` in what is indented",
    ],
)
def test_a_name_that_exists_or_is_no_name_passes(course: SmallCourse, prose: str) -> None:
    page = course.page(MAIN, EMPTY, after=prose)

    assert prove_names(Course(course.root), [page]) == []
