"""What a console block says of the server and the data that it begins with."""

from pathlib import Path

import pytest

from roadmap.site.blocks.starts import starts
from roadmap.site.pages import PageError

from .small_course import PAGE, SmallCourse

ASK = "curl http://127.0.0.1:8000/"
EMPTY = (
    "Begins with an empty database. Restart the server:",
    "rm -f blog.db && uv run fastapi dev",
)
FIRST = ("Begins with an empty database. Start the server:", EMPTY[1])


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    return SmallCourse(tmp_path)


def said(course: SmallCourse, *blocks: tuple[str, str]) -> list[list[tuple[str, str]]]:
    """For each block, given as options and command, its sentences and commands."""
    fences = [f"```console {options}\n$ {command}\n```\n" for options, command in blocks]
    course.write(PAGE, "\n".join(fences))
    return [
        [(one.said, one.command) for one in found] for found in starts(course.pages[0]).values()
    ]


def test_a_block_that_goes_on_says_nothing(course: SmallCourse) -> None:
    assert said(course, ("", ASK), ("", ASK)) == [[FIRST], []]


def test_each_block_on_the_code_so_far_begins_anew(course: SmallCourse) -> None:
    here = 'server="here"'

    assert said(course, (here, ASK), (here, ASK)) == [[FIRST], [EMPTY]]


def test_a_block_that_asks_no_server_needs_none(course: SmallCourse) -> None:
    here = 'server="here"'

    assert said(course, (here, "uv run pytest -q"), ("", "python -c 1")) == [[], []]
    assert said(course, (here, "python -c 1"), (here, ASK)) == [[], [FIRST]]


def test_the_stage_before_is_served_from_a_clone(course: SmallCourse) -> None:
    before = 'server="before"'

    assert said(course, (before, ASK), (before, ASK), (before, "python -c 1")) == [
        [
            (
                "Asks stage 1: your own code of that stage will do. Or in a clone of the course:",
                "rm -f stages/01-one/blog.db && uvx nox -s serve -- 1",
            )
        ],
        [],
        [],
    ]
    assert said(course, (before, "python -c 1")) == [[("With the code of stage 1.", "")]]


def test_a_server_that_comes_again_has_its_data(course: SmallCourse) -> None:
    *_, last = said(course, ("", ASK), ('server="before"', ASK), ("", ASK))

    assert last == [("Goes on with the data from above. Restart the server:", "uv run fastapi dev")]


@pytest.mark.parametrize("between", ['server="here"', 'env="A=1"'])
def test_data_that_are_deleted_meanwhile_are_not_gone_on_with(
    course: SmallCourse, between: str
) -> None:
    with pytest.raises(PageError, match="a block between has deleted"):
        said(course, ("", ASK), (between, ASK), ("", ASK))


def test_a_setting_is_quoted_for_the_shell(course: SmallCourse) -> None:
    ((start,),) = said(course, ('env="DATABASE_URL=sqlite:///x?a=1&b"', ASK))

    assert start[1] == "rm -f x && DATABASE_URL='sqlite:///x?a=1&b' uv run fastapi dev"


def test_data_that_two_stages_share_are_deleted_once(course: SmallCourse) -> None:
    own = 'env="DATABASE_URL=sqlite:////tmp/x.db"'

    first, second = said(course, (f'server="before" {own}', ASK), (own, ASK))

    assert first[0][1] == (
        "rm -f /tmp/x.db && DATABASE_URL=sqlite:////tmp/x.db uvx nox -s serve -- 1"
    )
    assert second[0][1] == "DATABASE_URL=sqlite:////tmp/x.db uv run fastapi dev"


def test_data_of_its_own_stand_at_each_server(course: SmallCourse) -> None:
    own = 'env="DATABASE_URL=sqlite:///x.db"'

    first, second = said(course, (own, ASK), (own, ASK))

    assert first[0][0] == "Has data of its own. Start the server:"
    assert second == []


def test_a_setting_of_half_of_the_blocks_stands_before_the_server(course: SmallCourse) -> None:
    a, b = 'env="A=1"', 'env="B=1"'

    starts_of = said(course, (a, ASK), (a, ASK), (b, ASK), (b, "python -c 1"))

    assert [command for start in starts_of for _, command in start] == [
        "rm -f blog.db && A=1 uv run fastapi dev",
        "rm -f blog.db && B=1 uv run fastapi dev",
    ]


def test_settings_stand_before_the_server(course: SmallCourse) -> None:
    _, empty, own = said(
        course, ("", ASK), ('env="A=1 B=2"', ASK), ('env="DATABASE_URL=sqlite:///x.db"', ASK)
    )

    assert empty == [(EMPTY[0], "rm -f blog.db && A=1 B=2 uv run fastapi dev")]
    assert own == [
        ("Has data of its own. Restart the server:",
         "rm -f x.db && DATABASE_URL=sqlite:///x.db uv run fastapi dev"),
    ]  # fmt: skip


def test_a_setting_of_most_blocks_is_set_once(course: SmallCourse) -> None:
    export = ("Once, in both terminals:", "export A=1")

    assert said(course, ('env="A=1"', "python -c 1"), ('env="A=1 B=2"', ASK)) == [
        [export],
        [(FIRST[0], "rm -f blog.db && B=2 uv run fastapi dev")],
    ]


def test_with_migrations_the_database_is_made_by_them(course: SmallCourse) -> None:
    course.write("stages/02-two/alembic.ini", "")

    assert said(course, ('env="A=1"', ASK)) == [
        [(FIRST[0], "rm -f blog.db && A=1 uv run alembic upgrade head && A=1 uv run fastapi dev")]
    ]


def test_powershell_takes_its_settings_back(course: SmallCourse) -> None:
    course.write(PAGE, f'```console env="A=1"\n$ {ASK}\n```\n')

    ((start,),) = starts(course.pages[0]).values()

    assert start.powershell == (
        "$env:A = '1'",
        "Remove-Item blog.db -ErrorAction Ignore",
        "try { uv run fastapi dev } finally { Remove-Item Env:A }",
    )


def test_the_finished_tests_have_to_be_copied(course: SmallCourse) -> None:
    assert said(course, ('server="here" tests="yes"', "uv run pytest -q")) == [
        [
            (
                "With tests that you have not typed yet: put `stages/02-two/tests` of the course"
                " into a copy of your folder.",
                "",
            )
        ]
    ]


def test_migrations_are_run_from_the_block_on_that_has_them(course: SmallCourse) -> None:
    project = course.root / "stages/02-two/pyproject.toml"
    course.write("stages/02-two/pyproject.toml", project.read_text("utf-8") + "\n[tool.alembic]\n")
    ask = f'```console server="here"\n$ {ASK}\n```\n'
    course.write(PAGE, f"{ask}\n```piece\nfile: pyproject.toml\n```\n\n{ask}")

    first, second = starts(course.pages[0]).values()

    assert [start.command for start in (*first, *second)] == [
        "rm -f blog.db && uv run fastapi dev",
        "rm -f blog.db && uv run alembic upgrade head && uv run fastapi dev",
    ]


def test_before_a_waypoint_its_own_tests_lie_over_those_of_the_stage(course: SmallCourse) -> None:
    course.write("docs/waypoints/02-two/1-half/waypoint.toml", 'tests = ["tests"]\n')
    course.write("docs/waypoints/02-two/1-half/tests/test_it.py", "")
    run = '```console server="here" tests="yes"\n$ uv run pytest -q tests/test_it.py\n```\n'
    course.write(PAGE, f"{run}\n```waypoint\n1-half\n```\n")

    ((start,),) = starts(course.pages[0]).values()

    assert start.said == (
        "With tests that you have not typed yet: put `stages/02-two/tests`"
        " and over it `docs/waypoints/02-two/1-half/tests` of the course into a copy of your"
        " folder."
    )


def test_before_there_is_a_database_nothing_is_deleted(course: SmallCourse) -> None:
    course.write("stages/01-one/app/database.py", "")
    ask = f'```console server="here"\n$ {ASK}\n```\n'
    piece = "```piece\nfile: {}\n```\n"
    project, database = piece.format("pyproject.toml"), piece.format("app/database.py")
    text = "\n".join([ask, ask, project, ask, ask, database, ask])
    course.write("docs/stages/01-one.md", text)
    page = next(page for page in course.pages if page.name.endswith("01-one.md"))

    assert [(one.said, one.command) for found in starts(page).values() for one in found] == [
        (
            "Start the server:",
            "uv run --with fastapi --with uvicorn uvicorn app.main:app --reload",
        ),
        ("Restart the server:", "uv run fastapi dev"),
        EMPTY,
    ]


def test_before_a_waypoint_the_tests_that_run_are_named(course: SmallCourse) -> None:
    course.write("docs/waypoints/02-two/1-half/waypoint.toml", 'tests = ["tests"]\n')
    run = '```console server="here" tests="yes"\n$ uv run pytest -q\n```\n'
    course.write(PAGE, f"{run}\n```waypoint\n1-half\n```\n")

    with pytest.raises(PageError, match="names its tests"):
        starts(course.pages[0])
