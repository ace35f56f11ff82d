"""An edit of one stage reaches every later one."""

import os
import sys
from pathlib import Path

import pytest

from .fake_course import MAIN, FakeCourse


def test_an_edit_reaches_every_later_stage_and_keeps_what_each_has_added(
    course: FakeCourse,
) -> None:
    course.edit("stages/01-one/app/main.py", '"hello"', '"good day"')

    assert course.carry("1") == 0

    edited = MAIN.replace("hello", "good day")
    assert course.read("stages/02-two/app/main.py") == edited + "\n\n# More.\n"
    assert course.read("stages/03-three/app/main.py") == edited + "\n\n# More.\n" * 2
    assert course.read("final/app/main.py") == edited + "\n\n# More.\n" * 3


def test_earlier_stages_stay_as_they_are_and_nothing_is_staged(course: FakeCourse) -> None:
    course.edit("stages/03-three/app/main.py", '"hello"', '"good day"')

    assert course.carry("3") == 0

    assert course.read("stages/02-two/app/main.py") == MAIN + "\n\n# More.\n"
    assert "good day" in course.read("final/app/main.py")
    course.git("diff", "--cached", "--exit-code")


def test_a_stage_is_called_by_its_number_its_topic_or_its_folder(course: FakeCourse) -> None:
    assert course.carry("2") == 0
    assert course.carry("two") == 0
    assert course.carry("02-two") == 0


def test_the_summary_says_what_became_of_each_file(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    course.write("stages/03-three/app/old.py", "OLD = 1\n")
    course.commit()
    course.edit("stages/03-three/app/main.py", '"hello"', '"good day"')
    course.write("stages/03-three/app/new.py", "NEW = True\n")

    course.carry("3")

    assert capsys.readouterr().out.splitlines() == [
        "final",
        "  merged             app/main.py",
        "  added              app/new.py",
    ]


def test_a_committed_edit_is_carried_since_the_commit_before_it(course: FakeCourse) -> None:
    course.edit("stages/01-one/app/main.py", '"hello"', '"good day"')
    course.commit()

    assert course.carry("1", "--since", "HEAD~1") == 0

    assert "good day" in course.read("final/app/main.py")


def test_a_dry_run_says_the_same_and_writes_nothing(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    course.edit("stages/03-three/app/main.py", '"hello"', '"good day"')
    before = course.fingerprint()

    assert course.carry("3", "--dry-run") == 0

    assert course.fingerprint() == before
    said = capsys.readouterr().out
    assert "merged             app/main.py" in said
    assert "nothing was written" in said


def test_without_an_edit_there_is_nothing_to_carry(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    assert course.carry("2") == 0

    assert capsys.readouterr().out == "nothing to carry: 02-two is as it was at HEAD\n"


def test_an_untracked_file_is_added_to_every_later_stage(course: FakeCourse) -> None:
    course.write("stages/02-two/app/deep/er/new.py", "NEW = True\n")

    assert course.carry("2") == 0

    assert course.read("stages/03-three/app/deep/er/new.py") == "NEW = True\n"
    assert course.read("final/app/deep/er/new.py") == "NEW = True\n"
    assert not course.has("stages/01-one/app/deep")


def test_an_ignored_file_is_not_carried(course: FakeCourse) -> None:
    course.write(".gitignore", "*.db\n")
    course.commit()
    course.write("stages/01-one/blog.db", "rows")
    course.write("stages/01-one/app/new.py", "NEW = True\n")

    assert course.carry("1") == 0

    assert course.has("final/app/new.py")
    assert not course.has("stages/02-two/blog.db")


@pytest.mark.parametrize("end", ["new", "old"])
def test_what_an_interrupted_write_left_behind_is_not_carried(course: FakeCourse, end: str) -> None:
    course.write(f"stages/01-one/app/.main.py.1a2b3c4d.{end}", "half")
    course.edit("stages/01-one/app/main.py", '"hello"', '"good day"')

    assert course.carry("1") == 0

    assert "good day" in course.read("final/app/main.py")
    assert not course.has(f"stages/02-two/app/.main.py.1a2b3c4d.{end}")


def test_a_deleted_file_goes_from_every_later_stage_and_its_empty_folder_too(
    course: FakeCourse,
) -> None:
    course.write("stages/02-two/app/deep/old.py", "OLD = True\n")
    course.write("stages/03-three/app/deep/old.py", "OLD = True\n")
    course.write("final/app/deep/old.py", "OLD = True\n")
    course.commit()
    (course.root / "stages/02-two/app/deep/old.py").unlink()

    assert course.carry("2") == 0

    assert not course.has("stages/03-three/app/deep")
    assert not course.has("final/app/deep")
    assert course.has("final/app/main.py")


def test_a_renamed_file_moves_in_later_stages_with_what_they_changed_in_it(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    (course.root / "stages/01-one/app/main.py").rename(course.root / "stages/01-one/app/blog.py")
    course.edit("stages/01-one/app/blog.py", '"hello"', '"good day"')

    assert course.carry("1") == 0

    edited = MAIN.replace("hello", "good day")
    assert course.read("stages/02-two/app/blog.py") == edited + "\n\n# More.\n"
    assert course.read("final/app/blog.py") == edited + "\n\n# More.\n" * 3
    assert not course.has("stages/02-two/app/main.py")
    assert not course.has("final/app/main.py")
    assert "renamed            app/main.py -> app/blog.py" in capsys.readouterr().out


def test_a_folder_is_renamed_and_what_a_later_stage_added_to_it_stays(course: FakeCourse) -> None:
    course.write("final/app/later.py", "LATER = 1\n")
    course.commit()
    (course.root / "stages/03-three/app").rename(course.root / "stages/03-three/blog")

    assert course.carry("3") == 0

    assert course.has("final/blog/main.py")
    assert course.has("final/app/later.py")
    assert not course.has("final/app/main.py")


def test_an_edit_follows_a_file_that_a_later_stage_has_renamed(course: FakeCourse) -> None:
    (course.root / "final/app/main.py").rename(course.root / "final/app/blog.py")
    course.commit()
    course.edit("stages/03-three/app/main.py", '"hello"', '"good day"')

    assert course.carry("3") == 0

    assert "good day" in course.read("final/app/blog.py")
    assert not course.has("final/app/main.py")


def test_a_person_s_own_settings_of_git_change_nothing(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    course.git("config", "merge.renames", "false")
    course.git("config", "merge.directoryRenames", "true")
    (course.root / "stages/01-one/app/main.py").rename(course.root / "stages/01-one/app/blög.py")

    assert course.carry("1") == 0

    assert "renamed            app/main.py -> app/blög.py" in capsys.readouterr().out
    assert course.read("final/app/blög.py") == MAIN + "\n\n# More.\n" * 3


def test_a_file_that_git_keeps_but_no_stage_has_is_left_alone(course: FakeCourse) -> None:
    course.write("stages/01-one/uv.lock", "one\n")
    course.write("final/uv.lock", "final\n")
    course.commit()
    course.write("final/uv.lock", "final, changed\n")
    course.edit("stages/01-one/app/main.py", '"hello"', '"good day"')

    assert course.carry("1") == 0

    assert course.read("final/uv.lock") == "final, changed\n"
    assert "good day" in course.read("final/app/main.py")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has one name for both already")
def test_a_name_that_changes_in_case_alone_is_no_other_file(course: FakeCourse) -> None:
    course.write("stages/03-three/Readme.md", "How to run it.\n")
    course.write("final/Readme.md", "How to run it.\n")
    course.write("final/.gitignore", "README.md\n")
    course.git("config", "core.ignoreCase", "false")
    course.commit()
    (course.root / "stages/03-three/Readme.md").rename(course.root / "stages/03-three/README.md")
    # One file with two names, as where case does not count.
    (course.root / "final/README.md").hardlink_to(course.root / "final/Readme.md")

    assert course.carry("3") == 0

    assert course.read("final/README.md") == "How to run it.\n"


def test_nothing_is_left_behind_and_git_s_own_files_stay_as_they_are(course: FakeCourse) -> None:
    course.edit("stages/03-three/app/main.py", '"hello"', '"good day"')
    course.edit("final/app/main.py", '"hello"', '"good day"')
    edited = course.fingerprint()
    course.edit("final/app/main.py", '"good day"', '"hello"')

    assert course.carry("3", "--allow-dirty") == 0

    assert course.fingerprint() == edited


def test_a_file_that_a_later_stage_has_moved_likewise_takes_the_edit_there(
    course: FakeCourse,
) -> None:
    (course.root / "final/app/main.py").rename(course.root / "final/app/blog.py")
    course.commit()
    (course.root / "stages/03-three/app/main.py").rename(
        course.root / "stages/03-three/app/blog.py"
    )
    course.edit("stages/03-three/app/blog.py", '"hello"', '"good day"')

    assert course.carry("3") == 0

    assert "good day" in course.read("final/app/blog.py")
    assert not course.has("final/app/main.py")


def test_a_renamed_file_that_a_later_stage_has_not_does_not_come_back_there(
    course: FakeCourse,
) -> None:
    (course.root / "stages/03-three/app/main.py").unlink()
    course.commit()
    (course.root / "stages/02-two/app/main.py").rename(course.root / "stages/02-two/app/blog.py")

    assert course.carry("2") == 0

    assert not course.has("stages/03-three/app/blog.py")
    assert not course.has("final/app/blog.py")
    assert course.has("final/app/main.py")


def test_empty_files_that_come_and_go_are_no_rename(course: FakeCourse) -> None:
    course.write("stages/03-three/app/old/__init__.py", "")
    course.commit()
    (course.root / "stages/03-three/app/old/__init__.py").unlink()
    course.write("stages/03-three/app/new/__init__.py", "")

    assert course.carry("3") == 0

    assert course.has("final/app/new/__init__.py")


def test_an_edit_ends_at_the_stage_that_has_taken_the_file_out(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    (course.root / "stages/03-three/app/main.py").unlink()
    course.commit()
    course.edit("stages/01-one/app/main.py", '"hello"', '"good day"')

    assert course.carry("1") == 0

    assert "good day" in course.read("stages/02-two/app/main.py")
    assert not course.has("stages/03-three/app/main.py")
    assert "good day" not in course.read("final/app/main.py")
    assert capsys.readouterr().out.splitlines()[2:] == [
        "03-three",
        "  not in this stage  app/main.py",
        "final",
        "  nothing to do",
    ]


def test_an_edit_that_a_later_stage_has_already_is_no_conflict(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    course.edit("final/app/main.py", '"hello"', '"good day"')
    course.commit()
    course.edit("stages/03-three/app/main.py", '"hello"', '"good day"')

    assert course.carry("3") == 0

    assert "already so         app/main.py" in capsys.readouterr().out


def test_an_identical_new_file_and_one_that_is_gone_are_so_already(
    course: FakeCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    course.write("stages/03-three/app/old.py", "OLD = 1\n")
    course.write("final/app/new.py", "NEW = 2, True\n")
    course.commit()
    (course.root / "stages/03-three/app/old.py").unlink()
    course.write("stages/03-three/app/new.py", "NEW = 2, True\n")

    assert course.carry("3") == 0

    said = capsys.readouterr().out
    assert "already so         app/new.py" in said
    assert "already so         app/old.py" in said


def test_a_binary_file_is_replaced_where_it_is_the_same(course: FakeCourse) -> None:
    course.write("stages/03-three/logo.png", b"\x89PNG\0one")
    course.write("final/logo.png", b"\x89PNG\0one")
    course.commit()
    course.write("stages/03-three/logo.png", b"\x89PNG\0two\r\n")

    assert course.carry("3") == 0

    assert (course.root / "final/logo.png").read_bytes() == b"\x89PNG\0two\r\n"


def test_line_endings_stay_as_they_are(course: FakeCourse) -> None:
    course.write("stages/03-three/notes.txt", "one\r\ntwo\r\nthree\r\nfour\r\nfive\r\n")
    course.write("final/notes.txt", "one\r\ntwo\r\nthree\r\nfour\r\nfive\r\nsix")
    course.commit()
    course.edit("stages/03-three/notes.txt", "one", "ONE")

    assert course.carry("3") == 0

    assert course.read("final/notes.txt") == "ONE\r\ntwo\r\nthree\r\nfour\r\nfive\r\nsix"


def test_a_checkout_that_turns_line_endings_around_merges_as_well(course: FakeCourse) -> None:
    course.git("config", "core.autocrlf", "true")
    (course.root / "stages/03-three/app/main.py").unlink()
    (course.root / "final/app/main.py").unlink()
    course.git("checkout", "--", ".")
    course.edit("stages/03-three/app/main.py", '"hello"\r\n', '"good day"\r\n')

    assert course.carry("3") == 0

    edited = MAIN.replace("hello", "good day") + "\n\n# More.\n" * 3
    assert course.read("final/app/main.py") == edited.replace("\n", "\r\n")


def test_names_with_spaces_and_other_letters_are_carried(course: FakeCourse) -> None:
    name = "app/größe und\u2028日本 [1].txt"
    course.write(f"stages/01-one/{name}", "one\n")

    assert course.carry("1") == 0

    assert course.read(f"final/{name}") == "one\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no executable bit")
def test_the_executable_bit_is_carried_and_kept(course: FakeCourse) -> None:
    course.write("stages/03-three/start.sh", "#!/bin/sh\necho one\n\n\n\n")
    course.write("final/start.sh", "#!/bin/sh\necho one\n\n\n\necho final\n")
    course.commit()
    course.edit("stages/03-three/start.sh", "echo one", "echo two")
    (course.root / "stages/03-three/start.sh").chmod(0o755)

    assert course.carry("3") == 0

    assert course.read("final/start.sh") == "#!/bin/sh\necho two\n\n\n\necho final\n"
    assert os.access(course.root / "final/start.sh", os.X_OK)
    assert not os.access(course.root / "final/app/main.py", os.X_OK)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_symbolic_link_is_carried_as_a_link(course: FakeCourse) -> None:
    (course.root / "stages/03-three/entry.py").symlink_to("app/main.py")

    assert course.carry("3") == 0

    assert (course.root / "final/entry.py").readlink() == Path("app/main.py")


def test_a_course_below_the_repository_s_own_folder_is_carried(
    course: FakeCourse,
) -> None:
    nested = FakeCourse(course.root / "nested")
    nested.write("stages/01-one/pyproject.toml", course.read("final/pyproject.toml"))
    nested.write("final/pyproject.toml", course.read("final/pyproject.toml"))
    course.commit()
    nested.edit("stages/01-one/pyproject.toml", "blog", "journal")

    assert nested.carry("1") == 0

    assert "journal" in nested.read("final/pyproject.toml")
    assert "journal" not in course.read("final/pyproject.toml")
