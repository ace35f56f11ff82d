"""The slow proofs: checkpoints, consoles and what a stage says of itself, with real servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from roadmap.course import Course, Stage
from roadmap.site.api.generated import generate, prove_described
from roadmap.site.live.runs import (
    OwnTests,
    PageRun,
    prove_checkpoints,
    prove_console,
    updated,
)
from roadmap.site.pages import Page

from .small_course import APP, PAGE, PIECES, PYPROJECT, SmallCourse, running_course

CHECKPOINT = "```checkpoint\ntests/test_it.py\n```\n"


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    """Two stages that run: `hello` becomes `good morning`."""
    return running_course(tmp_path / "course")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def page(course: SmallCourse, text: str) -> Page:
    course.write(PAGE, text)
    return course.pages[0]


def console(command: str, answer: str, options: str = "") -> str:
    return f"```console {options}\n$ {command}\n{answer}\n```\n"


GET = "curl -s http://127.0.0.1:8000/greeting"


@pytest.fixture
def run(course: SmallCourse, folder: Path) -> Iterator[PageRun]:
    """The servers of a page that asks each of them, and is wrong in the last answer."""
    blocks = [
        "# Two\n",
        console(GET, '"hello"', 'server="before"'),
        console(GET, '"hello"', 'server="here"'),
        PIECES,
        console(GET, '"good morning"', 'server="here"'),
        console(GET, '"good night"'),
    ]
    with PageRun(page(course, "\n".join(blocks)), [], folder) as run:
        yield run


def test_every_answer_is_compared_with_the_server_that_it_names(run: PageRun) -> None:
    (failure,) = prove_console(run)

    assert failure.startswith(f"docs/stages/02-two.md:27: `{GET}` is answered otherwise")
    assert '  the page:\n"good night"\n  today:\n"good morning"\n' in failure
    assert "nox -s docs -- update" in failure


def test_an_update_writes_the_answers_that_differ(run: PageRun) -> None:
    text = run.page.text

    assert updated(run) == text.replace('"good night"', '"good morning"')


def test_a_script_can_be_run_below_its_block(course: SmallCourse, folder: Path) -> None:
    course.write("docs/scripts/02-two/trial.py", 'import app.main\nprint("8123")\n')
    early = console("uv run python trial.py", "8123")
    blocks = [f"# Two\n\n{early}", "```script\ntrial.py\n```\n", early.replace("8123", "…")]

    with PageRun(page(course, "\n".join(blocks)), [], folder) as run:
        too_early, later = (next(run.answers(block)) for block in run.page.of("console"))

    assert "No such file" in too_early[0]
    assert later != ["8123"]
    assert later[0].isdecimal()


def test_a_checkpoint_runs_the_code_that_is_typed_so_far(course: SmallCourse, folder: Path) -> None:
    with PageRun(page(course, f"{PIECES}\n{CHECKPOINT}"), [], folder) as run:
        assert prove_checkpoints(run) == []


def test_a_checkpoint_that_comes_too_early_fails(course: SmallCourse, folder: Path) -> None:
    with PageRun(page(course, f"{CHECKPOINT}\n{PIECES}"), [], folder) as run:
        (failure,) = prove_checkpoints(run)

    assert failure.startswith("docs/stages/02-two.md:1: these tests do not pass at this checkpoint")
    assert "test_it_is_polite" in failure


def test_a_checkpoint_where_the_app_does_not_start_fails(course: SmallCourse, folder: Path) -> None:
    course.write("stages/02-two/app/main.py", "import nothing_of_this_name\n" + APP)

    with PageRun(page(course, f"{PIECES}\n{CHECKPOINT}"), [], folder) as run:
        (failure,) = prove_checkpoints(run)

    assert "the app does not run at this checkpoint" in failure
    assert "nothing_of_this_name" in failure


def test_a_checkpoint_before_its_dependencies_fails(course: SmallCourse, folder: Path) -> None:
    course.write("stages/01-one/pyproject.toml", PYPROJECT)
    project = "```piece\nfile: pyproject.toml\n```\n"

    with PageRun(page(course, f"{PIECES}\n{CHECKPOINT}\n{project}"), [], folder) as run:
        (failure,) = prove_checkpoints(run)

    assert "the app does not run at this checkpoint" in failure


def test_tests_that_are_not_there_do_not_pass(course: SmallCourse, folder: Path) -> None:
    early = CHECKPOINT.replace(".py", ".py::test_nothing_of_this_name")

    with PageRun(page(course, f"{PIECES}\n{early}"), [], folder) as run:
        (failure,) = prove_checkpoints(run)

    assert "these tests do not pass at this checkpoint" in failure


def test_a_checkpoint_on_the_way_runs_although_the_stage_has_passed(
    course: SmallCourse, folder: Path
) -> None:
    typed = page(course, f"{CHECKPOINT}\n{PIECES}")

    with PageRun(typed, [], folder, own_tests=known_tests) as run:
        (failure,) = prove_checkpoints(run)

    assert "these tests do not pass at this checkpoint" in failure


WAYPOINT = "docs/waypoints/02-two/1-half"
REACHED = "```waypoint\n1-half\n```\n"
HALF_WAY = "\n\n".join(["# Two", PIECES, REACHED, "```piece\nfile: app/main.py\n```", CHECKPOINT])


@pytest.fixture
def half_way(course: SmallCourse) -> SmallCourse:
    """On the way to `good morning` the app says `hi`, and a test asks for that."""
    course.write(f"{WAYPOINT}/waypoint.toml", 'tests = ["tests"]\n')
    course.write(f"{WAYPOINT}/app/main.py", APP.replace("hello", "hi"))
    test = (course.root / "stages/02-two/tests/test_it.py").read_text(encoding="utf-8")
    course.write(f"{WAYPOINT}/tests/test_it.py", test.replace("good morning", "hi"))
    return course


TEST_PIECE = "```piece\nfile: tests/test_it.py\n```\n"


def test_at_a_waypoint_its_own_tests_pass(half_way: SmallCourse, folder: Path) -> None:
    with PageRun(page(half_way, HALF_WAY + TEST_PIECE), [], folder) as run:
        assert prove_checkpoints(run) == []


def test_a_waypoint_whose_tests_fail_is_named(half_way: SmallCourse, folder: Path) -> None:
    half_way.write(f"{WAYPOINT}/app/main.py", APP.replace("hello", "ho"))

    with PageRun(page(half_way, HALF_WAY + TEST_PIECE), [], folder) as run:
        (failure,) = prove_checkpoints(run)

    assert "these tests do not pass at this waypoint" in failure
    assert "assert 'ho' == 'hi'" in failure


def test_tests_of_the_next_state_fail_first_and_then_pass(
    half_way: SmallCourse, folder: Path
) -> None:
    red_first = "\n".join(
        [
            "# Two",
            console("uv run pytest -q", "…\n1 failed in 1s", 'server="here" tests="yes"'),
            PIECES,
            console("uv run pytest -q", "…\n1 passed in 1s", 'server="here" tests="yes"'),
            REACHED,
        ]
    )

    with PageRun(page(half_way, red_first), [], folder) as run:
        assert prove_console(run) == []


def test_a_checkpoint_at_the_end_is_not_run_when_the_stage_has_passed(
    course: SmallCourse, folder: Path
) -> None:
    course.write("stages/02-two/app/main.py", APP.replace("hello", "something that fails"))
    typed = page(course, f"{PIECES}\n{CHECKPOINT}")

    with PageRun(typed, [], folder, own_tests=known_tests) as run:
        assert prove_checkpoints(run) == []


def known_tests(_: Stage) -> str:
    """What the suite of any stage printed in its own session."""
    return ".\n7 passed in 1s\n"


SUITE = "uv run pytest -q"
PASSED = "…\n1 passed in 1s"


def failures(course: SmallCourse, text: str, folder: Path, own_tests: OwnTests) -> list[str]:
    with PageRun(page(course, text), [], folder, own_tests=own_tests) as run:
        return prove_console(run)


def test_a_suite_that_has_run_with_the_same_code_is_not_run_again(
    course: SmallCourse, folder: Path
) -> None:
    assert failures(course, console(SUITE, ".\n7 passed in 3s"), folder, known_tests) == []


@pytest.mark.parametrize(
    ("command", "options"),
    [
        (f"{SUITE} tests/test_it.py", ""),
        (SUITE, 'server="here"'),
        (SUITE, 'env="A=1"'),
    ],
)
def test_what_is_not_the_whole_suite_of_the_stage_runs(
    course: SmallCourse, folder: Path, command: str, options: str
) -> None:
    text = f"{PIECES}\n{console(command, PASSED, options)}"

    assert failures(course, text, folder, known_tests) == []


def test_what_is_generated_is_proven_fresh(course: SmallCourse) -> None:
    there = Course(course.root)

    assert generate(there) == [
        "docs/generated/01-one/openapi.json",
        "docs/generated/01-one/tables.json",
        "docs/generated/01-one/settings.json",
        "docs/generated/02-two/openapi.json",
        "docs/generated/02-two/tables.json",
        "docs/generated/02-two/settings.json",
    ]
    assert prove_described(there) == []

    course.write("stages/02-two/app/main.py", APP.replace("/greeting", "/salute"))
    (failure,) = prove_described(there)

    assert failure.startswith(
        "docs/generated/02-two/openapi.json is not what 02-two says of itself today"
    )
    assert "nox -s docs -- generate" in failure
