"""What git is asked: what a folder holds and held, which files moved, how three texts merge."""

import os
import subprocess
import tempfile
from functools import cached_property
from pathlib import Path

from roadmap.course import CourseError
from roadmap.files import File

Tree = dict[str, File]
"""A folder's files by their paths in it, with `/` between the parts."""


class GitFailed(CourseError):
    """Git is missing, or refused; the message is its own."""


class Repository:
    """The git repository that `root` lies in; nothing of it is changed."""

    def __init__(self, root: Path) -> None:
        """Raises GitFailed."""
        self.root = root
        try:
            _git(root, "rev-parse", "--show-toplevel")
        except GitFailed as error:
            raise GitFailed(f"{root}: {error}") from error

    def commit(self, revision: str) -> str:
        """The full name of the commit that `revision` means. Raises GitFailed."""
        try:
            name = _git(self.root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        except GitFailed as error:
            raise GitFailed(f"git knows no revision {revision!r}") from error
        return name.decode("ascii").strip()

    def files(self, folder: Path) -> Tree:
        """What lies in `folder` now, but for what git ignores."""
        listed = _git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return {
            name: self._read(folder / name)
            for name in _names(listed)
            if (folder / name).is_symlink() or (folder / name).is_file()
        }

    def changed(self, folder: Path, commit: str) -> set[str]:
        """The paths in `folder` that differ from `commit`, untracked ones too."""
        compare = ["diff", "--no-ext-diff", "--no-renames", "--name-only", "-z", "--relative"]
        tracked = _git(folder, *compare, commit, "--", ".")
        untracked = _git(folder, "ls-files", "-z", "--others", "--exclude-standard")
        return {*_names(tracked), *_names(untracked)}

    def files_at(self, folder: Path, commit: str) -> Tree:
        """What lay in `folder` at `commit`; empty if the folder was not there.

        A content is as a checkout writes it. What git calls unchanged is taken as it lies there
        now, whatever its line endings are.
        """
        modes = {}
        for entry in _names(_git(folder, "ls-tree", "-r", "-z", commit)):
            about, _, name = entry.partition("\t")
            modes[name] = about.split()[0]
        if not modes:
            return {}
        changed = self.changed(folder, commit)
        tree = {name: file for name, file in self.files(folder).items() if name not in changed}
        for name in changed & modes.keys():
            tree[name] = self._read_at(folder, commit, name, modes[name])
        return tree

    def _read_at(self, folder: Path, commit: str, name: str, mode: str) -> File:
        blob = f"{commit}:./{name}"
        if mode == "120000" and self._setting("core.symlinks"):
            return File(_git(folder, "cat-file", "blob", blob), link=True)
        executable = mode == "100755" if self._keeps_modes else None
        return File(_git(folder, "cat-file", "--filters", blob), executable=executable)

    def _read(self, path: Path) -> File:
        if path.is_symlink():
            return File(os.fsencode(path.readlink()), link=True)
        executable = bool(path.stat().st_mode & 0o100) if self._keeps_modes else None
        return File(path.read_bytes(), executable=executable)

    @cached_property
    def _keeps_modes(self) -> bool:
        """Whether the file system has an executable bit."""
        return self._setting("core.fileMode")

    def _setting(self, name: str) -> bool:
        value = _git(self.root, "config", "--type=bool", "--default=true", "--get", name)
        return value.strip() == b"true"


def renames(old: Tree, new: Tree) -> dict[str, str]:
    """The files that moved, as git sees it: where from, where to. Empty files do not count."""
    gone = {name: file for name, file in old.items() if name not in new and file.content}
    come = {name: file for name, file in new.items() if name not in old and file.content}
    if not gone or not come:
        return {}
    with tempfile.TemporaryDirectory() as temporary:
        for side, tree in (("old", gone), ("new", come)):
            for name, file in tree.items():
                copy = Path(temporary, side, name)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(file.content)
        compare = ["diff", "--no-index", "--no-ext-diff", "--name-status", "-z", "-M", "old", "new"]
        found = iter(_names(_git(Path(temporary), *compare, most=1)))
    moved = {}
    for status in found:
        path = next(found)
        if status.startswith("R"):
            moved[path.removeprefix("old/")] = next(found).removeprefix("new/")
    return moved


def merge_texts(base: bytes, ours: bytes, theirs: bytes) -> tuple[bytes, list[str]]:
    """The merged text, ours wherever they conflict, and the places where they do."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.joinpath("ours").write_bytes(ours)
        folder.joinpath("base").write_bytes(base)
        folder.joinpath("theirs").write_bytes(theirs)
        labels = ["-L", "as it stands", "-L", "before the edit", "-L", "after the edit"]
        files = ["ours", "base", "theirs"]
        # The exit code counts the conflicts, up to 127.
        marked = _git(folder, "merge-file", "-p", "--diff3", *labels, *files, most=127)
        places = _conflicts(marked)
        if not places:
            return marked, []
        return _git(folder, "merge-file", "-p", "--ours", *files), places


def _conflicts(marked: bytes) -> list[str]:
    places: list[list[str]] = []
    inside = False
    for line in marked.decode("utf-8", "replace").splitlines():
        if line == "<<<<<<< as it stands":
            places.append([])
            inside = True
        if inside:
            places[-1].append(line)
        inside = inside and line != ">>>>>>> after the edit"
    return ["\n".join(place) for place in places]


def _git(folder: Path, *arguments: str, most: int = 0) -> bytes:
    """What `git` prints in `folder`. Raises GitFailed if its exit code is above `most`."""
    environment = os.environ | {"LC_ALL": "C"}
    command = ["git", *arguments]
    try:
        ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise GitFailed("git was not found: install it, https://git-scm.com") from error
    if not 0 <= ran.returncode <= most:
        said = ran.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        raise GitFailed(said or f"`{' '.join(command)}` failed ({ran.returncode})")
    return ran.stdout


def _names(listed: bytes) -> list[str]:
    """The parts of what git prints with `-z`."""
    return [os.fsdecode(name) for name in listed.split(b"\0") if name]
