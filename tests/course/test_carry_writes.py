"""An edit is written into all files or into none."""

import os
import sys
from pathlib import Path

import pytest

from roadmap.carry.store import CannotCarry
from roadmap.carry.writing import write_all


class Folder:
    """A folder with `one.txt` and `deep/two.txt`, and what is to be written to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.new = root / ".carry" / "new"
        self.old = root / ".carry" / "old"
        (root / "deep").mkdir()
        (root / "one.txt").write_bytes(b"one")
        (root / "deep" / "two.txt").write_bytes(b"two")

    def prepare(self, path: str, content: bytes) -> None:
        """Lay down what `path` is to hold."""
        (self.new / path).parent.mkdir(parents=True, exist_ok=True)
        (self.new / path).write_bytes(content)

    def write(self, *paths: str) -> None:
        """Write or remove these paths."""
        write_all(self.root, paths, self.new, self.old)

    def read(self, path: str) -> bytes:
        """What a file holds."""
        return (self.root / path).read_bytes()

    def names(self, path: str = ".") -> list[str]:
        """The names in a folder, without those that start with a dot."""
        return sorted(p.name for p in (self.root / path).iterdir() if p.name != ".carry")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def in_use(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """No new file can be put in its place."""
    replace = os.replace

    def refuse_new(source: Path, target: Path) -> None:
        if source.is_relative_to(folder.new):
            raise PermissionError("in use")
        replace(source, target)

    monkeypatch.setattr(os, "replace", refuse_new)


class Replace:
    """`os.replace`, but some calls fail; None is a call that works, and so are all after them."""

    def __init__(self, *failures: BaseException | None) -> None:
        self.failures = iter(failures)
        self.replace = os.replace

    def __call__(self, source: Path, target: Path) -> None:
        if failure := next(self.failures, None):
            raise failure
        self.replace(source, target)


def test_files_are_written_added_and_removed(folder: Folder) -> None:
    folder.prepare("one.txt", b"ONE\r\n")
    folder.prepare("a/b/new.txt", b"new")

    folder.write("one.txt", "deep/two.txt", "a/b/new.txt")

    assert folder.read("one.txt") == b"ONE\r\n"
    assert folder.read("a/b/new.txt") == b"new"
    assert folder.names() == ["a", "one.txt"]


def test_removing_what_is_not_there_is_fine(folder: Folder) -> None:
    folder.write("nothing/at-all.txt")

    assert folder.names() == ["deep", "one.txt"]


def test_a_removed_file_comes_back_when_a_later_one_cannot_be_written(
    folder: Folder, in_use: None
) -> None:
    folder.prepare("one.txt", b"ONE")
    folder.prepare("x/new.txt", b"new")

    with pytest.raises(CannotCarry, match="nothing was written: in use"):
        folder.write("one.txt", "deep/two.txt", "x/new.txt")

    assert folder.read("one.txt") == b"one"
    assert folder.read("deep/two.txt") == b"two"
    assert folder.names() == ["deep", "one.txt"]
    assert folder.names("deep") == ["two.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_removed_link_comes_back_as_a_link(folder: Folder, in_use: None) -> None:
    (folder.root / "link").symlink_to("one.txt")
    folder.prepare("one.txt", b"ONE")

    with pytest.raises(CannotCarry):
        folder.write("link", "one.txt")

    assert (folder.root / "link").readlink() == Path("one.txt")


def test_a_name_may_change_in_case_alone(folder: Folder) -> None:
    (folder.root / "Readme.md").write_bytes(b"one")
    folder.prepare("README.md", b"two")

    folder.write("README.md", "Readme.md")

    assert folder.names() == ["README.md", "deep", "one.txt"]
    assert folder.read("README.md") == b"two"


def test_what_cannot_be_put_back_is_kept_and_named(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.prepare("one.txt", b"ONE")
    folder.prepare("deep/two.txt", b"TWO")
    in_use = PermissionError("in use")
    monkeypatch.setattr(os, "replace", Replace(None, in_use, in_use, in_use))

    with pytest.raises(CannotCarry, match=r"one\.txt, deep/two\.txt could not be put back") as told:
        folder.write("one.txt", "deep/two.txt")

    assert folder.read(".carry.old/one.txt") == b"one"
    assert str(folder.root / ".carry.old") in str(told.value)


def test_a_file_where_a_folder_should_be_is_told_and_nothing_written(folder: Folder) -> None:
    folder.prepare("deep/two.txt", b"TWO")
    folder.prepare("one.txt.d/new.txt", b"new")
    (folder.root / "one.txt.d").touch()

    with pytest.raises(CannotCarry, match="nothing was written"):
        folder.write("deep/two.txt", "one.txt.d/new.txt")

    assert folder.read("deep/two.txt") == b"two"


def test_an_interrupted_write_leaves_all_as_it_was(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.prepare("one.txt", b"ONE")
    folder.prepare("deep/two.txt", b"TWO")
    monkeypatch.setattr(os, "replace", Replace(None, KeyboardInterrupt()))

    with pytest.raises(KeyboardInterrupt):
        folder.write("one.txt", "deep/two.txt")

    assert folder.read("one.txt") == b"one"
    assert folder.read("deep/two.txt") == b"two"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_file_keeps_its_mode(folder: Folder) -> None:
    (folder.root / "one.txt").chmod(0o640)
    folder.prepare("one.txt", b"ONE")

    folder.write("one.txt")

    assert (folder.root / "one.txt").stat().st_mode & 0o777 == 0o640
