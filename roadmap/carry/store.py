"""Trees of files in a temporary object store, where git merges them."""

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from roadmap.course import CourseError

Tree = dict[str, str]
"""Files by their paths, each as git's mode and object: "100644 5ea0…"."""

# A person's own settings change nothing. A new file of a later stage stays in its folder.
SETTINGS = (
    *("-c", "core.safecrlf=false", "-c", "user.name=carry", "-c", "user.email=carry"),
    *("-c", "merge.conflictStyle=diff3", "-c", "merge.renames=true"),
    *("-c", "merge.directoryRenames=false"),
)
RENAMES = ("-r", "-z", "-M", "--no-rename-empty", "--diff-filter=R", "--name-status")
LABELS = {"<": "as it stands", "|": "before the edit", ">": "after the edit"}
WHY = {
    "12": "the edit deletes this file, and it holds something else here",
    "23": "the edit adds this file, and there is another one of that name here",
    "123": "this is no text, so the edit cannot be merged into what is here",
}


class CannotCarry(CourseError):
    """Nothing was written; the message says why and what to do."""


class Store:
    """Trees of the files below `root`, as git objects in a temporary folder."""

    def __init__(self, root: Path, temporary: Path) -> None:
        """Raises CannotCarry."""
        self.root, self.temporary = root, temporary
        self.environment = os.environ | {"LC_ALL": "C"}
        asked = ("--path-format=absolute", "--show-prefix", "--git-path", "objects")
        self.prefix, objects, _ = os.fsdecode(self.git("rev-parse", *asked)).split("\n")
        listing = ("-z", "--cached", "--others", "--exclude-standard")
        self.listed = frozenset(_split(self.git("ls-files", *listing)))
        (temporary / "objects" / "info").mkdir(parents=True)
        (temporary / "objects" / "info" / "alternates").write_bytes(os.fsencode(f"{objects}\n"))
        self.environment["GIT_OBJECT_DIRECTORY"] = str(temporary / "objects")
        self.environment["GIT_INDEX_FILE"] = str(temporary / "index")

    def git(self, *arguments: str, given: str = "", most: int = 0) -> bytes:
        """What `git` prints. Raises CannotCarry if its exit code is above `most`."""
        command, stdin = ["git", *SETTINGS, *arguments], os.fsencode(given)
        env = self.environment
        try:
            ran = subprocess.run(command, cwd=self.root, env=env, input=stdin, capture_output=True)
        except FileNotFoundError as error:
            raise CannotCarry("git was not found: install it, https://git-scm.com") from error
        if not 0 <= ran.returncode <= most:
            said = os.fsdecode(ran.stderr).strip().removeprefix("fatal: ")
            raise CannotCarry(f"{self.root}: {said or f'git {arguments[0]} failed'}")
        return ran.stdout

    def now(self, files: Iterable[Path]) -> Tree:
        """Those of the files that git does not ignore, read as `git add` reads them."""
        wanted = self.listed & {file.relative_to(self.root).as_posix() for file in files}
        self.git("read-tree", "HEAD")
        given = "".join(f"{path}\0" for path in wanted)
        self.git("update-index", "--add", "--replace", "-z", "--stdin", given=given)
        staged = _read(self.git("ls-files", "--stage", "-z"))
        return {path: staged[path] for path in wanted}

    def before(self, revision: str, now: Tree) -> Tree:
        """The files of a commit, without those that still lie there and are not in `now`."""
        try:
            self.git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        except CannotCarry as error:
            raise CannotCarry(f"git knows no revision {revision!r}") from error
        held = _read(self.git("ls-tree", "-rz", revision)).items()
        return {p: entry for p, entry in held if p in now or not os.path.lexists(self.root / p)}

    def text(self, entry: str) -> str:
        """What a file holds."""
        return self.git("cat-file", "blob", entry[7:]).decode("utf-8", "replace")

    def check_out(self, tree: Tree) -> Path:
        """A folder with these files, written as git would write them below the root."""
        self._write_tree({f"{self.prefix}{path}": entry for path, entry in tree.items()})
        self.git("checkout-index", "--all", f"--prefix={self.temporary}/new/")
        return self.temporary / "new" / self.prefix

    def merge(self, before: Tree, after: Tree, ours: Tree) -> tuple[Tree, Tree, dict[str, str]]:
        """Make the edit from `before` to `after` in `ours`: the result, what moved, conflicts.

        Where the edit and ours conflict, ours stands, and the conflict says where or why.
        """
        if before == after:
            return ours, {}, {}
        base = self._commit(before)
        stands, edited = self._commit(ours, base), self._commit(after, base)
        asked = ("--write-tree", "-z", "--no-messages", stands, edited)
        tree, *conflicted = _split(self.git("merge-tree", *asked, most=1))
        result = _read(self.git("ls-tree", "-rz", "--full-tree", tree))
        renames = _split(self.git("diff-tree", *RENAMES, base, edited))
        moved = dict(zip(renames[1::3], renames[2::3], strict=True))
        sides: dict[str, Tree] = {}
        for line in conflicted:
            mode, content, side, path = re.split("[ \t]", line, maxsplit=3)
            sides.setdefault(path, {})[side] = f"{mode} {content}"
        conflicts: dict[str, str] = {}
        for path, found in sides.items():
            name, mangled, _ = path.partition(f"~{stands if stands in path else edited}")
            if mangled:
                raise CannotCarry(f"{name} is a file in one stage and a folder in the next one")
            if "2" not in found and "1" in found:  # ours has taken the file out
                result[path] = ""
                continue
            source = next((old for old, new in moved.items() if new == path and old in ours), path)
            places = self._places(result[path], stands, edited) if len(found) == 3 else ""
            if places:
                conflicts[path if path in ours else source] = places
                result[path] = f"{result[path][:6]} {self._merge_for_ours(found)}"
                continue
            conflicts[path] = WHY.get("".join(found), WHY["23"])
            if source != path and ours[source] != before[source]:
                conflicts[source] = WHY["12"]
            for one in conflicts.keys() & {path, source}:
                result[one] = ours.get(one, "")
        result = {path: entry for path, entry in result.items() if entry}
        return result, moved, conflicts

    def _places(self, entry: str, stands: str, edited: str) -> str:
        """Where a merged text holds conflicts, with words for labels."""
        text = self.text(entry)
        found = re.findall(f"^<{{7}} {stands}.*?^>{{7}} {edited}", text, re.DOTALL | re.MULTILINE)
        places = "\n".join(found)
        for sign, label in LABELS.items():
            places = re.sub(rf"^([{sign}]{{7}}) .*", rf"\1 {label}", places, flags=re.MULTILINE)
        return places

    def _merge_for_ours(self, sides: Tree) -> str:
        """The object of a text that is ours wherever the sides conflict."""
        for side, entry in sides.items():
            (self.temporary / side).write_bytes(self.git("cat-file", "blob", entry[7:]))
        files = [str(self.temporary / side) for side in "213"]
        self.git("merge-file", "--ours", *files)
        return self.git("hash-object", "-w", "--no-filters", files[0]).decode().strip()

    def _commit(self, tree: Tree, *parents: str) -> str:
        above = [part for parent in parents for part in ("-p", parent)]
        return self.git("commit-tree", *above, self._write_tree(tree)).decode().strip()

    def _write_tree(self, tree: Tree) -> str:
        self.git("read-tree", "--empty")
        given = "".join(f"{entry}\t{path}\0" for path, entry in tree.items())
        self.git("update-index", "-z", "--index-info", given=given)
        return self.git("write-tree").decode().strip()


def _read(listed: bytes) -> Tree:
    lines = (line.split("\t", 1) for line in _split(listed))
    return {path: " ".join(about.replace("blob", "").split()[:2]) for about, path in lines}


def _split(listed: bytes) -> list[str]:
    return [os.fsdecode(part) for part in listed.split(b"\0") if part]
