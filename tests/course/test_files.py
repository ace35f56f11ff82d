"""Several files are written at once or not at all."""

import os
import sys
from pathlib import Path

import pytest

from roadmap.files import File, NotWritten, write_all


@pytest.fixture
def one(tmp_path: Path) -> Path:
    path = tmp_path / "one.txt"
    path.write_bytes(b"one")
    return path


@pytest.fixture
def two(tmp_path: Path) -> Path:
    path = tmp_path / "deep" / "two.txt"
    path.parent.mkdir()
    path.write_bytes(b"two")
    return path


@pytest.fixture
def in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """No new file can be put in its place."""
    replace = os.replace

    def refuse_new(source: Path, target: Path) -> None:
        if source.suffix == ".new":
            raise PermissionError("in use")
        replace(source, target)

    monkeypatch.setattr(os, "replace", refuse_new)


def test_files_are_written_added_and_removed(one: Path, two: Path, tmp_path: Path) -> None:
    new = tmp_path / "a" / "b" / "new.txt"

    write_all({one: File(b"ONE\r\n"), two: None, new: File(b"new")})

    assert one.read_bytes() == b"ONE\r\n"
    assert new.read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "one.txt"]


def test_removing_what_is_not_there_is_fine(tmp_path: Path) -> None:
    write_all({tmp_path / "nothing" / "at-all.txt": None})

    assert list(tmp_path.iterdir()) == []


def test_a_removed_file_comes_back_when_a_later_one_cannot_be_written(
    one: Path, two: Path, tmp_path: Path, in_use: None
) -> None:
    with pytest.raises(NotWritten, match="nothing was written: in use"):
        write_all({one: File(b"ONE"), two: None, tmp_path / "x" / "new.txt": File(b"new")})

    assert one.read_bytes() == b"one"
    assert two.read_bytes() == b"two"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "one.txt"]
    assert [path.name for path in two.parent.iterdir()] == ["two.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_removed_link_comes_back_as_a_link(one: Path, tmp_path: Path, in_use: None) -> None:
    link = tmp_path / "link"
    link.symlink_to("one.txt")

    with pytest.raises(NotWritten):
        write_all({link: None, one: File(b"ONE")})

    assert link.readlink() == Path("one.txt")


def test_a_name_may_change_in_case_alone(tmp_path: Path) -> None:
    (tmp_path / "Readme.md").write_bytes(b"one")

    write_all({tmp_path / "README.md": File(b"two"), tmp_path / "Readme.md": None})

    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]
    assert (tmp_path / "README.md").read_bytes() == b"two"


def test_what_cannot_be_put_back_is_kept_beside_and_named(
    one: Path, two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace
    calls = iter([replace, None, None])

    def fail_after_the_first(source: Path, target: Path) -> None:
        if next(calls) is None:
            raise PermissionError("in use")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail_after_the_first)

    with pytest.raises(NotWritten, match=r"one\.txt could not be put back") as caught:
        write_all({one: File(b"ONE"), two: File(b"TWO")})

    (kept,) = one.parent.glob(".one.txt.*.old")
    assert kept.read_bytes() == b"one"
    assert str(kept) in str(caught.value)


def test_a_file_where_a_folder_should_be_is_told_and_nothing_written(one: Path, two: Path) -> None:
    with pytest.raises(NotWritten, match="nothing was written"):
        write_all({two: File(b"TWO"), one / "new.txt": File(b"new")})

    assert two.read_bytes() == b"two"


def test_an_interrupted_write_leaves_all_as_it_was(
    one: Path, two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace
    calls = iter([replace, None, replace])

    def interrupt_the_second(source: Path, target: Path) -> None:
        if next(calls) is None:
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", interrupt_the_second)

    with pytest.raises(KeyboardInterrupt):
        write_all({one: File(b"ONE"), two: File(b"TWO")})

    assert one.read_bytes() == b"one"
    assert two.read_bytes() == b"two"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_file_keeps_its_mode(one: Path) -> None:
    one.chmod(0o640)

    write_all({one: File(b"ONE")})

    assert one.stat().st_mode & 0o777 == 0o640
