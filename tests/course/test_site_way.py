"""The way of a stage: waypoints between two stages, and several pages."""

from pathlib import Path

import pytest

from roadmap.course import Course, CourseError, UnknownStage
from roadmap.site.__main__ import _fast_failures
from roadmap.site.blocks import resting
from roadmap.site.blocks.fences import RENDERED
from roadmap.site.difference.changes import tree
from roadmap.site.difference.coverage import prove_coverage
from roadmap.site.difference.pieces import pieces
from roadmap.site.difference.replay import prove_replay, replay
from roadmap.site.difference.way import folders_of_tests, legs, prove_waypoints
from roadmap.site.pages import Page, PageError

from .small_course import OLD, PAGE, SmallCourse

HALF_WAY = OLD.replace("hello", "hi")
PIECE = "```piece\nfile: {}\n```\n\n"
MAIN, EMPTY = PIECE.format("app/main.py"), PIECE.format("app/empty.py")
REACHED = "```waypoint\n1-half\n```\n\n"
PLACE = "docs/waypoints/02-two/1-half"
SECOND_PAGE = "docs/stages/02-two/2-more.md"


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    """On the way to stage 2 `greet` says `hi`, and the empty file is not there yet."""
    course = SmallCourse(tmp_path)
    course.write(f"{PLACE}/waypoint.toml", 'absent = ["app/empty.py"]\ntests = ["tests"]\n')
    course.write(f"{PLACE}/app/main.py", HALF_WAY)
    return course


def way(course: SmallCourse, text: str, second: str = "") -> Page:
    """The first page of stage 2 with this text, and a second one if there is a text for it."""
    course.write(PAGE, text)
    if second:
        course.write(SECOND_PAGE, second)
    return next(page for page in course.pages if page.name == PAGE)


def test_a_waypoint_is_its_stage_but_for_what_it_holds_and_lacks(course: SmallCourse) -> None:
    (waypoint,) = Course(course.root).waypoints(Course(course.root).find("2"))

    files = tree(waypoint)

    assert sorted(files) == ["app/main.py", "pyproject.toml"]
    assert files["app/main.py"] == HALF_WAY


def test_the_states_of_a_course_are_in_order(course: SmallCourse) -> None:
    states = Course(course.root).states

    assert [state.name for state in states] == ["01-one", "1-half", "02-two"]


@pytest.mark.parametrize("name", ["3/1-half", "2/1-hal"])
def test_a_waypoint_that_is_not_there_is_refused(course: SmallCourse, name: str) -> None:
    with pytest.raises(UnknownStage):
        Course(course.root).find_state(name)


def test_every_line_is_shown_once_from_state_to_state(course: SmallCourse) -> None:
    page = way(course, MAIN + REACHED + MAIN + EMPTY)

    assert prove_coverage([page], []) == []
    assert prove_replay([page], []) == []
    assert replay(page, [], until=page.of("waypoint")[0])["app/main.py"] == HALF_WAY


def test_a_way_goes_on_over_several_pages(course: SmallCourse) -> None:
    page = way(course, MAIN + REACHED, MAIN + EMPTY)
    second = page.way[1]

    assert [piece.change.path for piece in pieces(second)] == ["app/main.py", "app/empty.py"]
    assert replay(second, [], until=second.of("piece")[1])["app/main.py"] != HALF_WAY
    assert prove_coverage([page], []) == []
    assert prove_replay([page], []) == []


def test_a_line_that_is_not_shown_before_its_waypoint_is_named(course: SmallCourse) -> None:
    page = way(course, REACHED + MAIN + EMPTY)

    (failure,) = prove_coverage([page], [])

    assert failure.startswith(f"{PAGE}: stages/01-one/app/main.py:7: 2 changed lines of `greet`")
    assert "before the waypoint 1-half" in failure


def test_a_line_of_a_waypoint_is_found_in_its_folder(course: SmallCourse) -> None:
    page = way(course, MAIN + REACHED + EMPTY)

    failures = prove_coverage([page], [])

    assert any(f"{PLACE}/app/main.py:7: 2 changed lines of `greet`" in one for one in failures)


def test_the_replay_stops_at_each_waypoint(course: SmallCourse) -> None:
    page = way(course, REACHED + MAIN + EMPTY)

    failures = prove_replay([page], [])

    assert failures[0].startswith(f"{PAGE}: after the last piece before the waypoint 1-half line 7")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MAIN + EMPTY, "no `waypoint` block says where docs/waypoints/02-two/1-half is reached"),
        (MAIN + REACHED.replace("half", "hal"), "there is no waypoint '1-hal': did you mean"),
        (REACHED + REACHED, "the waypoint '1-half' is number 1"),
    ],
)
def test_pages_that_miss_a_waypoint_are_refused(
    course: SmallCourse, text: str, message: str
) -> None:
    with pytest.raises(PageError, match=message):
        legs(way(course, text))


@pytest.mark.parametrize(
    ("path", "text", "failure"),
    [
        ("app/empty.py", "", "app/empty.py: `waypoint.toml` says that it is not there yet"),
        ("pyproject.toml", None, "pyproject.toml is as it is at the end of the stage: remove it"),
        ("waypoint.toml", 'absent = ["x.py"]\ntests = ["t"]\n', "the end of the stage has no x.py"),
        ("waypoint.toml", 'absent = ["app/emp"]\ntests = ["t"]\n', "the stage has no app/emp:"),
        ("waypoint.toml", 'absent = [""]\ntests = ["t"]\n', "the end of the stage has no :"),
        ("waypoint.toml", "", "`tests` names what pytest is given here"),
    ],
)
def test_a_waypoint_stores_no_more_than_it_needs(
    course: SmallCourse, path: str, text: str | None, failure: str
) -> None:
    same = (course.root / "stages/02-two/pyproject.toml").read_text(encoding="utf-8")
    course.write(f"{PLACE}/{path}", same if text is None else text)
    known = Course(course.root)

    (said,) = prove_waypoints(known, known.stages)

    assert said.startswith(f"{PLACE}/")
    assert failure in said


@pytest.mark.parametrize(
    "text", ["absnt = []\n", "absent =\n", 'tests = "tests"\n', "absent = [1]\n"]
)
def test_a_waypoint_that_cannot_be_read_is_named(course: SmallCourse, text: str) -> None:
    course.write(f"{PLACE}/waypoint.toml", text)

    with pytest.raises(CourseError, match=r"waypoint\.toml"):
        prove_waypoints(Course(course.root), Course(course.root).stages)


@pytest.mark.parametrize(
    "path",
    ["docs/waypoints/02-tow/1-half/waypoint.toml", "docs/waypoints/02-two/2-more/app/main.py"],
)
def test_a_folder_that_nothing_reads_is_named(course: SmallCourse, path: str) -> None:
    course.write(path, "")
    known = Course(course.root)

    (said,) = prove_waypoints(known, known.stages)

    assert said.startswith(
        f"{path.rpartition('/app')[0] or path.rpartition('/')[0]} is no waypoint"
    )


def test_a_file_that_is_a_folder_at_the_end_is_named(course: SmallCourse) -> None:
    course.write("stages/02-two/app/more/a.py", "")
    course.write(f"{PLACE}/app/more", "")
    known = Course(course.root)

    (said,) = prove_waypoints(known, known.stages)

    assert "app/more and app/more/a.py cannot be there both" in said


def test_what_a_folder_holds_may_be_absent_as_a_whole(course: SmallCourse) -> None:
    course.write("stages/02-two/app/more/a.py", "")
    course.write(
        f"{PLACE}/waypoint.toml", 'absent = ["app/empty.py", "app/more/"]\ntests = ["t"]\n'
    )
    known = Course(course.root)

    assert prove_waypoints(known, known.stages) == []


def test_a_waypoint_is_a_place_to_rest(course: SmallCourse) -> None:
    page = way(course, MAIN + REACHED + MAIN + EMPTY)

    html = RENDERED["waypoint"](page, page.of("waypoint")[0])

    assert "A place to rest." in html
    assert f"<code>{PLACE}</code>" in html
    assert "uv run pytest" in html


def test_a_file_whose_name_begins_like_an_absent_one_is_there(course: SmallCourse) -> None:
    course.write("stages/02-two/app/empty.pyi", "")
    (waypoint,) = Course(course.root).waypoints(Course(course.root).find("2"))

    assert "app/empty.pyi" in waypoint.sources()


def test_a_page_beside_the_way_needs_no_waypoint(course: SmallCourse) -> None:
    course.write("docs/reference/02-two.md", "# Two\n")
    page = next(page for page in course.pages if page.name == "docs/reference/02-two.md")

    assert [leg.after.name for leg in legs(page)] == ["02-two"]


def test_a_waypoint_without_tests_of_its_own_has_those_of_the_stage(course: SmallCourse) -> None:
    page = way(course, MAIN + REACHED + MAIN + EMPTY)

    assert folders_of_tests(page, page.of("waypoint")[0]) == ["stages/02-two/tests"]


def test_a_checkpoint_names_tests_of_the_state_that_it_leads_to(course: SmallCourse) -> None:
    course.write("stages/02-two/tests/test_it.py", "")
    course.write(
        f"{PLACE}/waypoint.toml", 'absent = ["app/empty.py", "tests/"]\ntests = ["tests"]\n'
    )
    page = way(course, MAIN + "```checkpoint\ntests/test_it.py\n```\n\n" + REACHED + MAIN + EMPTY)

    with pytest.raises(PageError, match=r"there is no tests/test_it\.py in 1-half"):
        resting.tests_of(page, page.of("checkpoint")[0])


def test_the_fast_proofs_see_each_waypoint_and_each_way(course: SmallCourse) -> None:
    course.write("docs/stages/01-one.md", "# One\n")
    course.write(f"{PLACE}/waypoint.toml", 'absent = ["app/empty.py"]\n')
    way(course, MAIN + REACHED + MAIN)

    failures = "\n".join(_fast_failures(Course(course.root), ()))

    assert f"{PLACE}/waypoint.toml: `tests` names" in failures
    assert "docs/stages/01-one.md: stages/01-one/app/main.py:1: " in failures
    assert "docs/stages/02-two.md: app/empty.py is new and empty" in failures


def test_the_map_leads_to_the_page_that_shows_a_file_first(course: SmallCourse) -> None:
    way(course, MAIN + REACHED, MAIN + EMPTY)
    course.write("docs/map.md", "# Map\n\n```map\n```\n")
    page = next(page for page in course.pages if page.name == "docs/map.md")

    html = RENDERED["map"](page, page.blocks[0])

    assert '<a href="../stages/02-two/#app-main-py">' in html
    assert '<a href="../stages/02-two/2-more/#app-empty-py">' in html


def test_what_changes_leads_to_the_pieces_of_all_pages(course: SmallCourse) -> None:
    page = way(course, "```changes\n```\n\n" + MAIN + REACHED, MAIN + EMPTY)

    html = RENDERED["changes"](page, page.of("changes")[0])

    assert '<a href="#app-main-py">' in html
    assert '<a href="2-more/#app-main-py">' in html


@pytest.mark.parametrize(("before", "after", "is_said"), [("", "T", True), ("T", "", False)])
def test_a_checkpoint_says_when_its_tests_come_later(
    course: SmallCourse, before: str, after: str, is_said: bool
) -> None:
    course.write("stages/02-two/tests/test_it.py", "def test_it():\n    assert True\n")
    course.write(f"{PLACE}/waypoint.toml", 'absent = ["app/empty.py", "tests/"]\ntests = ["x"]\n')
    piece = PIECE.format("tests/test_it.py")
    check = "```checkpoint\ntests/test_it.py::test_it\n```\n\n"
    text = MAIN + REACHED + before.replace("T", piece) + check + after.replace("T", piece)
    page = way(course, text)

    html = RENDERED["checkpoint"](page, page.of("checkpoint")[0])

    assert ("Some of them come later" in html) is is_said


def test_a_block_in_a_comment_tells_nothing(course: SmallCourse) -> None:
    with pytest.raises(PageError, match=r"02-two\.md:3: nobody sees a block in a comment"):
        way(course, f"<!-- later\n\n{MAIN}\n-->\n\n{REACHED}{MAIN}{EMPTY}")


def test_a_comment_that_ends_hides_nothing(course: SmallCourse) -> None:
    page = way(course, f"<!-- a\nb -->\n\n{MAIN}<!-- c -->\n\n{REACHED}{MAIN}{EMPTY}")

    assert prove_coverage([page], []) == []
