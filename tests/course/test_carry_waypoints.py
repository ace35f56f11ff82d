"""An edit goes on over the waypoints between two stages, and from them."""

import pytest

from .fake_course import MAIN, FakeCourse

WAYPOINT = "docs/waypoints/02-two/1-half"


@pytest.fixture
def half_way(course: FakeCourse) -> FakeCourse:
    """On the way to stage 2 `part` says something else, and a file is not there yet."""
    course.write(f"{WAYPOINT}/waypoint.toml", 'absent = ["app/later.py"]\ntests = ["tests"]\n')
    course.write(f"{WAYPOINT}/app/main.py", MAIN.replace("bye", "so long"))
    for stage in ("stages/02-two", "stages/03-three", "final"):
        course.write(f"{stage}/app/later.py", "LATER = 1\n")
    course.commit()
    return course


def test_an_edit_reaches_the_waypoint_and_the_stage(half_way: FakeCourse) -> None:
    half_way.edit("stages/01-one/app/main.py", '"hello"', '"good day"')

    assert half_way.carry("1") == 0

    assert "good day" in half_way.read(f"{WAYPOINT}/app/main.py")
    assert "so long" in half_way.read(f"{WAYPOINT}/app/main.py")
    assert "good day" in half_way.read("stages/02-two/app/main.py")
    assert "good day" in half_way.read("final/app/main.py")


def test_a_file_that_is_as_in_the_stage_is_not_stored(half_way: FakeCourse) -> None:
    half_way.edit("stages/01-one/pyproject.toml", '"blog"', '"weblog"')
    half_way.write("stages/01-one/app/new.py", "NEW = True\n")

    assert half_way.carry("1") == 0

    assert not half_way.has(f"{WAYPOINT}/pyproject.toml")
    assert not half_way.has(f"{WAYPOINT}/app/new.py")
    assert half_way.has("stages/02-two/app/new.py")


def test_an_edit_of_a_waypoint_goes_on_from_it(half_way: FakeCourse) -> None:
    half_way.edit(f"{WAYPOINT}/app/main.py", '"hello"', '"good day"')

    assert half_way.carry("2/1-half") == 0

    assert "good day" in half_way.read("stages/02-two/app/main.py")
    assert "good day" not in half_way.read("stages/01-one/app/main.py")


def test_an_edit_of_a_stage_says_which_waypoint_holds_the_file(
    half_way: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    half_way.edit("stages/02-two/app/main.py", '"hello"', '"good day"')

    assert half_way.carry("2") == 0

    assert f"look at {WAYPOINT}/app/main.py" in capsys.readouterr().out


def test_a_conflict_in_a_waypoint_writes_nothing(
    half_way: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    half_way.edit(f"{WAYPOINT}/app/main.py", '"hello"', '"salut"')
    half_way.commit()
    half_way.edit("stages/01-one/app/main.py", '"hello"', '"good day"')
    before = half_way.fingerprint()

    assert half_way.carry("1") == 1

    assert f"{WAYPOINT}/app/main.py" in capsys.readouterr().err
    assert half_way.fingerprint() == before


def test_a_file_that_only_the_waypoint_loses_is_asked_for(
    half_way: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in ("stages/01-one", WAYPOINT):
        half_way.write(f"{place}/app/extra.py", "EXTRA = 1\n")
    half_way.write("stages/02-two/app/extra.py", "EXTRA = 2\n")
    half_way.commit()
    (half_way.root / "stages/01-one/app/extra.py").unlink()

    assert half_way.carry("1", "--keep", "stages/02-two/app/extra.py") == 1

    assert f"name it in `absent` of {WAYPOINT}/waypoint.toml" in capsys.readouterr().err
    assert half_way.has(f"{WAYPOINT}/app/extra.py")


def test_a_file_that_comes_earlier_than_the_waypoint_says_is_asked_for(
    half_way: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    half_way.write("stages/01-one/app/later.py", "LATER = 1\n")

    assert half_way.carry("1") == 1

    said = capsys.readouterr().err
    assert "the edit brings app/later.py to 02-two/1-half" in said
    half_way.edit(f"{WAYPOINT}/waypoint.toml", '"app/later.py"', "")

    assert half_way.carry("1", "--allow-dirty") == 0

    assert not half_way.has(f"{WAYPOINT}/app/later.py")


def test_a_waypoint_that_is_new_takes_the_edit(half_way: FakeCourse) -> None:
    new = "docs/waypoints/02-two/2-more"
    half_way.write(f"{new}/waypoint.toml", 'tests = ["tests"]\n')
    half_way.write(f"{new}/app/main.py", MAIN.replace("bye", "farewell"))
    half_way.edit("stages/01-one/app/main.py", '"hello"', '"good day"')

    assert half_way.carry("1", "--allow-dirty") == 0

    assert "good day" in half_way.read(f"{new}/app/main.py")
    assert "farewell" in half_way.read(f"{new}/app/main.py")
    assert "farewell" not in half_way.read("stages/02-two/app/main.py")


def test_a_conflict_in_a_file_of_the_stage_names_the_file_that_is_there(
    half_way: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    half_way.edit("stages/02-two/pyproject.toml", '"blog"', '"log"')
    half_way.commit()
    half_way.edit("stages/01-one/pyproject.toml", '"blog"', '"weblog"')

    assert half_way.carry("1") == 1

    said = capsys.readouterr().err
    assert "stages/02-two/pyproject.toml" in said
    assert f"{WAYPOINT}/pyproject.toml" not in said
