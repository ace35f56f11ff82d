"""What cannot be carried leaves every file as it was, and says what to do."""

import os
from pathlib import Path

import pytest

from roadmap.carry import carry
from roadmap.course import Course, CourseError, Stage

from .fake_course import MAIN, FakeCourse


@pytest.fixture
def conflicting(course: FakeCourse) -> FakeCourse:
    """Stage 3 says its own thing where stage 1 is edited; a second edit conflicts nowhere."""
    course.edit("stages/03-three/app/main.py", '"hello"', '"welcome"')
    course.edit("final/app/main.py", '"hello"', '"welcome"')
    course.commit()
    course.edit("stages/01-one/app/main.py", '"hello"', '"good day"')
    course.edit("stages/01-one/app/main.py", '"Blog"', '"The Blog"')
    course.write("stages/01-one/app/new.py", "NEW = True\n")
    return course


def test_a_conflict_writes_nothing_at_all(conflicting: FakeCourse) -> None:
    before = conflicting.fingerprint()

    assert conflicting.carry("1") == 1

    assert conflicting.fingerprint() == before


def test_a_conflict_names_the_file_shows_the_place_alone_and_says_what_to_do(
    conflicting: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    conflicting.carry("1")

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[2:11] == [
        "stages/03-three/app/main.py",
        "<<<<<<< as it stands",
        '    return "welcome"',
        "||||||| before the edit",
        '    return "hello"',
        "=======",
        '    return "good day"',
        ">>>>>>> after the edit",
        "",
    ]
    assert "TITLE" not in said.err
    assert "final" not in said.err
    assert 'nox -s carry -- 01-one --keep "stages/03-three/app/main.py"' in said.err


def test_the_edit_made_by_hand_in_the_stage_of_the_conflict_goes_on_from_there(
    conflicting: FakeCourse,
) -> None:
    conflicting.edit("stages/03-three/app/main.py", '"welcome"', '"welcome, good day"')

    assert conflicting.carry("1", "--keep", "stages/03-three/app/main.py") == 0

    assert "welcome, good day" in conflicting.read("stages/03-three/app/main.py")
    assert "welcome, good day" in conflicting.read("final/app/main.py")
    assert "The Blog" in conflicting.read("stages/03-three/app/main.py")
    assert "The Blog" in conflicting.read("final/app/main.py")
    assert conflicting.has("final/app/new.py")


def test_a_later_stage_that_needs_no_edit_stands_as_it_is(conflicting: FakeCourse) -> None:
    assert conflicting.carry("1", "--keep", "stages/03-three/app/main.py") == 0

    assert "good day" in conflicting.read("stages/02-two/app/main.py")
    assert '"welcome"' in conflicting.read("stages/03-three/app/main.py")
    assert '"welcome"' in conflicting.read("final/app/main.py")
    assert "The Blog" in conflicting.read("final/app/main.py")


def test_the_same_edit_made_by_hand_is_recognised_and_goes_on(conflicting: FakeCourse) -> None:
    conflicting.edit("stages/03-three/app/main.py", '"welcome"', '"good day"')

    assert conflicting.carry("1", "--allow-dirty") == 0

    assert "good day" in conflicting.read("final/app/main.py")


def test_a_hand_made_edit_that_is_committed_goes_on_too(conflicting: FakeCourse) -> None:
    conflicting.edit("stages/03-three/app/main.py", '"welcome"', '"welcome, good day"')
    conflicting.commit()

    keep = ["--keep", "stages/03-three/app/main.py"]
    assert conflicting.carry("1", "--since", "HEAD~1", *keep) == 0

    assert "welcome, good day" in conflicting.read("final/app/main.py")


def test_the_next_conflict_repeats_what_was_settled_before(
    conflicting: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    conflicting.write("final/app/new.py", "NEW = None\n")
    conflicting.commit()
    settled = ["--since", "HEAD~1", "--allow-dirty", "--keep", "stages/03-three/app/main.py"]

    assert conflicting.carry("1", *settled) == 1

    assert capsys.readouterr().err.splitlines()[-1] == (
        "  nox -s carry -- 01-one --since HEAD~1 --allow-dirty"
        ' --keep "stages/03-three/app/main.py" --keep "final/app/new.py"'
    )


def test_a_new_file_conflicts_with_another_of_its_name(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    course.write("final/app/new.py", "NEW = None\n")
    course.commit()
    course.write("stages/02-two/app/new.py", "NEW = True\n")
    before = course.fingerprint()

    assert course.carry("2") == 1

    assert course.fingerprint() == before
    assert "final/app/new.py\nthe edit adds this file, and there is another" in (
        capsys.readouterr().err
    )


def test_a_deleted_file_conflicts_with_one_that_a_later_stage_changed(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    (course.root / "stages/01-one/app/main.py").unlink()
    before = course.fingerprint()

    assert course.carry("1") == 1

    assert course.fingerprint() == before
    assert "stages/02-two/app/main.py\nthe edit deletes this file, and it holds" in (
        capsys.readouterr().err
    )


def test_a_renamed_file_conflicts_where_both_names_are_taken(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    course.write("final/app/blog.py", "BLOG = True\n")
    course.commit()
    three = course.root / "stages" / "03-three" / "app"
    (three / "main.py").rename(three / "blog.py")
    before = course.fingerprint()

    assert course.carry("3") == 1

    assert course.fingerprint() == before
    said = capsys.readouterr().err
    assert "final/app/main.py\nthe edit deletes this file" in said
    assert "final/app/blog.py\nthe edit adds this file" in said


def test_both_files_stand_where_a_rename_conflicts_and_they_are_kept(course: FakeCourse) -> None:
    course.write("final/app/blog.py", "BLOG = True\n")
    course.commit()
    three = course.root / "stages" / "03-three" / "app"
    (three / "main.py").rename(three / "blog.py")
    keep = ["--keep", "final/app/blog.py", "--keep", "final/app/main.py"]

    assert course.carry("3", *keep) == 0

    assert course.read("final/app/blog.py") == "BLOG = True\n"
    assert course.read("final/app/main.py") == MAIN + "\n\n# More.\n" * 3


def test_a_conflict_in_a_renamed_file_is_told_by_the_name_that_it_has(
    conflicting: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    one = conflicting.root / "stages" / "01-one" / "app"
    (one / "main.py").rename(one / "blog.py")

    assert conflicting.carry("1") == 1
    assert "stages/03-three/app/main.py\n<<<<<<< as it stands\n" in capsys.readouterr().err

    assert conflicting.carry("1", "--keep", "stages/03-three/app/main.py") == 0
    assert '"welcome"' in conflicting.read("final/app/blog.py")
    assert "The Blog" in conflicting.read("final/app/blog.py")
    assert not conflicting.has("final/app/main.py")


def test_a_kept_file_keeps_its_end_without_a_newline(course: FakeCourse) -> None:
    course.write("stages/03-three/notes.txt", "one\ntwo")
    course.write("final/notes.txt", "one\n2")
    course.commit()
    course.write("stages/03-three/notes.txt", "one\nzwei")

    assert course.carry("3", "--keep", "final/notes.txt") == 0

    assert course.read("final/notes.txt") == "one\n2"


def test_a_file_cannot_take_the_place_of_a_folder(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    course.write("final/app/part/deep.py", "PART = True\n")
    course.commit()
    course.write("stages/03-three/app/part", "a file\n")
    before = course.fingerprint()

    assert course.carry("3", "--keep", "final/app/part") == 1

    assert course.fingerprint() == before
    assert "app/part is a file in one stage and a folder" in capsys.readouterr().err


def test_a_folder_cannot_take_the_place_of_a_file(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    course.write("final/app/part", "a file\n")
    course.commit()
    course.write("stages/03-three/app/part/deep.py", "PART = True\n")
    before = course.fingerprint()

    assert course.carry("3", "--keep", "final/app/part") == 1

    assert course.fingerprint() == before
    assert "app/part is a file in one stage and a folder" in capsys.readouterr().err


def test_a_binary_file_conflicts_where_it_is_another(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    course.write("stages/03-three/logo.png", b"\x89PNG\0one")
    course.write("final/logo.png", b"\x89PNG\0final")
    course.commit()
    course.write("stages/03-three/logo.png", b"\x89PNG\0two")

    assert course.carry("3") == 1

    assert (course.root / "final/logo.png").read_bytes() == b"\x89PNG\0final"
    assert "final/logo.png\nthis is no text" in capsys.readouterr().err


def test_uncommitted_changes_of_later_stages_are_named_and_left_alone(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    course.edit("stages/01-one/app/main.py", '"hello"', '"good day"')
    course.edit("stages/03-three/app/main.py", '"bye"', '"farewell"')
    course.write("final/app/new.py", "NEW = True\n")
    before = course.fingerprint()

    assert course.carry("1") == 1

    assert course.fingerprint() == before
    assert capsys.readouterr().err.splitlines()[1:3] == [
        "  stages/03-three/app/main.py",
        "  final/app/new.py",
    ]


def test_uncommitted_changes_of_earlier_stages_are_none_of_its_business(
    course: FakeCourse,
) -> None:
    course.edit("stages/01-one/app/main.py", '"bye"', '"farewell"')
    course.edit("stages/02-two/app/main.py", '"hello"', '"good day"')

    assert course.carry("2") == 0

    assert "good day" in course.read("final/app/main.py")
    assert "farewell" not in course.read("final/app/main.py")


def test_uncommitted_changes_go_on_from_their_stage_when_they_are_allowed(
    course: FakeCourse,
) -> None:
    course.edit("stages/01-one/app/main.py", '"hello"', '"good day"')
    course.edit("stages/03-three/app/main.py", '"bye"', '"farewell"')

    assert course.carry("1", "--allow-dirty") == 0

    assert "farewell" not in course.read("stages/02-two/app/main.py")
    assert "good day" in course.read("final/app/main.py")
    assert "farewell" in course.read("final/app/main.py")


def test_a_stage_that_was_never_committed_takes_the_edit_and_hands_on_that_alone(
    course: FakeCourse,
) -> None:
    course.git("rm", "-r", "--quiet", "--cached", "stages/03-three")
    course.git("commit", "--quiet", "--message=Work")
    course.edit("stages/01-one/app/main.py", '"hello"', '"good day"')

    assert course.carry("1", "--allow-dirty") == 0

    assert "good day" in course.read("stages/03-three/app/main.py")
    assert course.read("final/app/main.py").count("# More.") == 3
    assert "good day" in course.read("final/app/main.py")


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_failure_while_writing_takes_back_what_was_written(
    course: FakeCourse,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    failing: int,
) -> None:
    course.edit("stages/01-one/app/main.py", '"hello"', '"good day"')
    before = course.fingerprint()
    monkeypatch.setattr(os, "replace", FailsAt(failing))

    assert course.carry("1") == 1

    assert course.fingerprint() == before
    assert capsys.readouterr().err == "nothing was written: the disk is full\n"


class FailsAt:
    """`os.replace`, but for one call."""

    def __init__(self, failing: int) -> None:
        self.calls = 0
        self.failing = failing
        self.replace = os.replace

    def __call__(self, source: Path, target: Path) -> None:
        self.calls += 1
        if self.calls == self.failing:
            raise OSError("the disk is full")
        self.replace(source, target)


@pytest.mark.parametrize("name", ["app/local.py", ".env.example"])
def test_a_file_that_git_ignores_is_not_overwritten(
    course: FakeCourse, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    course.write("final/.gitignore", f"/{name}\n")
    course.commit()
    course.write(f"final/{name}", "my own")
    course.write(f"stages/01-one/{name}", "from stage 1")
    before = course.fingerprint()

    assert course.carry("1") == 1

    assert course.fingerprint() == before
    said = capsys.readouterr().err
    assert (
        f"would overwrite these files, which are no part of their stage\n  final/{name}\n" in said
    )
    assert "Move them away or give them other names, and carry again." in said


def test_a_file_of_an_environment_is_not_overwritten(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    course.write("final/tools/pyvenv.cfg", "")
    course.write("final/tools/run.py", "my own")
    course.write("stages/01-one/tools/run.py", "from stage 1")
    before = course.fingerprint()

    assert course.carry("1", "--dry-run") == 1

    assert course.fingerprint() == before
    assert "  final/tools/run.py\n" in capsys.readouterr().err


def test_an_unknown_stage_and_an_unknown_revision_are_said(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    assert course.carry("7") == 1
    assert course.carry("1", "--since", "yesterday") == 1

    assert capsys.readouterr().err.splitlines() == [
        "there is no stage '7': choose one of 1 (one), 2 (two), 3 (three), final",
        "git knows no revision 'yesterday'",
    ]


def test_the_last_stage_has_none_to_carry_to(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    assert course.carry("final") == 1

    assert capsys.readouterr().err == "final is the last stage: there is none to carry to\n"


def test_a_stage_that_was_not_there_at_the_revision_is_said(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    course.write("stages/04-four/pyproject.toml", course.read("final/pyproject.toml"))

    assert course.carry("4") == 1

    assert capsys.readouterr().err == "04-four was not there at HEAD: name a commit that holds it\n"


def test_a_file_to_keep_has_to_lie_in_a_later_stage(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    course.edit("stages/02-two/app/main.py", '"hello"', '"good day"')

    assert course.carry("2", "--keep", "stages/01-one/app/main.py") == 1

    assert "stages/01-one/app/main.py lies in no later stage" in capsys.readouterr().err


def test_a_folder_that_is_no_repository_is_said(
    git_of_its_own: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = FakeCourse(tmp_path / "plain")
    plain.write("stages/01-one/pyproject.toml", "")
    plain.write("final/pyproject.toml", "")

    assert plain.carry("1") == 1

    assert "not a git repository" in capsys.readouterr().err


def test_a_course_whose_folder_is_missing_is_told_so(tmp_path: Path) -> None:
    gone = Course(tmp_path / "gone")
    stage = Stage(1, gone.root / "stages" / "01-one")
    gone.stages = (stage, Stage(2, gone.root / "final"))

    with pytest.raises(CourseError, match="gone: this folder is missing"):
        carry(gone, stage)


def test_a_machine_without_git_is_told_so(
    course: FakeCourse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")

    assert course.carry("1") == 1

    assert "git was not found: install it" in capsys.readouterr().err
