"""Carries an edit of stage k into k+1 … final by three-way merge, and writes all of it or nothing.

Git itself merges whole trees, in a temporary object store. The repository stays as it is.

Each stage hands on to the next: what changed in stage j-1 is merged into stage j; what then
differs in stage j, by that merge or by the author's hand, is merged into j+1. So a conflict arises
once, at the first stage whose code differs there, and from it the edit goes on in the form that it
got there; merging stage k's edit into each later stage directly would raise the same conflict in
all of them. A file that a stage has taken out stays out, and its edit ends there.

"Before" is a commit, "now" are the files as they lie in the working tree.
"""

import os
import re
import subprocess
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from os.path import samestat
from pathlib import Path
from shutil import copy2, copymode
from tempfile import TemporaryDirectory
from typing import NamedTuple

from roadmap.course import Course, CourseError, Stage

Tree = dict[str, str]
"""Files by their paths, each as git's mode and object: "100644 5ea0…"."""
State = tuple[str, Tree, Tree]
"""A folder with "/" at its end, its files before, none if it was not there, and its files now."""

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


class Plan(NamedTuple):
    """What to write (None: remove), where ours stands against the edit, and each file's fate."""

    changes: dict[str, str | None]
    conflicts: dict[str, str]
    summary: list[str]


def carry(
    course: Course,
    stage: Stage,
    *,
    since: str = "HEAD",
    allow_dirty: bool = False,
    keep: Sequence[str] = (),
    dry_run: bool = False,
) -> str:
    """Merge what changed in `stage` since a commit into each stage after it; says what was done.

    `keep` names files of later stages that the author has seen to: such a file stands wherever the
    edit conflicts with it. With `allow_dirty`, uncommitted changes of a later stage are carried on
    from it, too. Raises CannotCarry.
    """
    root, stages = course.root, (stage, *course.after(stage))
    places = [f"{one.folder.relative_to(root).as_posix()}/" for one in stages]
    kept = {Path(os.path.relpath(root / path, root)).as_posix() for path in keep}
    if len(stages) == 1:
        raise CannotCarry(f"{stage.name} is the last stage: there is none to carry to")
    if not root.is_dir():
        raise CannotCarry(f"{root}: this folder is missing")
    if strays := sorted(path for path in kept if not path.startswith(tuple(places[1:]))):
        raise CannotCarry(f"{strays[0]} lies in no later stage: there is nothing to keep")
    with TemporaryDirectory(prefix=".carry-", dir=root) as temporary:
        store = Store(root, Path(temporary))
        now = store.now(one.folder / name for one in stages for name in one.files())
        before, head = store.before(since, now), store.before("HEAD", now)
        states = [(at, _inside(at, before), _inside(at, now)) for at in places]
        if not states[0][1]:
            raise CannotCarry(f"{stage.name} was not there at {since}: name a commit that holds it")
        if states[0][1] == states[0][2]:
            return f"nothing to carry: {stage.name} is as it was at {since}"
        dirty = [] if allow_dirty else sorted(_differing(head, now) - kept)
        _refuse(
            "later stages have changes that are not committed",
            [f"  {path}" for at in places[1:] for path in dirty if path.startswith(at)],
            "Commit them, or take them back with `git restore`. With --allow-dirty they stay, "
            "and are carried on from their stage, too.",
        )
        plan = carry_on(store, states)
        conflicts = {path: why for path, why in plan.conflicts.items() if path not in kept}
        again = ["nox -s carry --", stage.name, *([f"--since {since}"] if since != "HEAD" else [])]
        again += ["--allow-dirty"] * allow_dirty + [f'--keep "{p}"' for p in (*keep, *conflicts)]
        _refuse(
            "the edit conflicts with what these files of later stages hold",
            [f"\n{path}\n{why}" for path, why in conflicts.items()],
            "\nMake the edit in each of these files by hand, as its stage needs it, or leave a "
            "file that needs none.\nThen this carries the rest, and what you did goes on from "
            f"there:\n  {' '.join(again)}",
        )
        _refuse(
            "the edit would overwrite these files, which are no part of their stage",
            [f"  {path}" for path in _strangers(root, plan.changes, now)],
            "Move them away or give them other names, and carry again.",
        )
        if dry_run:
            return "\n".join([*plan.summary, "nothing was written: this was a dry run"])
        new = store.check_out({path: entry for path, entry in plan.changes.items() if entry})
        write_all(root, plan.changes, new, Path(temporary) / "old")
    return "\n".join(plan.summary)


def carry_on(store: "Store", states: Sequence[State]) -> Plan:
    """Make the edit of the first state in the second, what that changed in the third, and so on."""
    plan = Plan({}, {}, [])
    (_, before, after), *later = states
    for place, was, ours in later:
        result, moved, conflicts = store.merge(before, after, ours)
        changed = _differing(ours, result)
        fates = {}
        for name in sorted(_differing(before, after) | changed):
            if name in changed:
                added, deleted = name not in ours, name not in result
                fates[name] = "added" if added else "deleted" if deleted else "merged"
            else:
                there = name in ours or name not in after
                fates[name] = "already so" if there else "not in this stage"
        for source, target in moved.items():
            if {source, target} <= changed:
                del fates[source], fates[target]
                fates[f"{source} -> {target}"] = "renamed"
        fates |= dict.fromkeys(conflicts, "kept as it stands")
        plan.summary.append(Path(place).name if fates else f"{Path(place).name}\n  nothing to do")
        plan.summary.extend(f"  {fate:<18} {name}" for name, fate in fates.items())
        plan.conflicts.update((place + name, why) for name, why in conflicts.items())
        plan.changes.update((place + name, result.get(name)) for name in sorted(changed))
        # A state that was not there yet has no edits of its own to hand on.
        before, after = was or ours, result
    return plan


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
        text = self.git("cat-file", "blob", entry[7:]).decode("utf-8", "replace")
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


def write_all(root: Path, paths: Collection[str], new: Path, old: Path) -> None:
    """Put what `new` holds in its place below `root`, and remove the paths that it lacks.

    A failure takes all back, from the copies in `old`; the three lie on one file system. If that
    fails too, the copies are kept in `root`. Raises CannotCarry.
    """
    begun: list[str] = []
    try:
        for path in paths:
            (old / path).parent.mkdir(parents=True, exist_ok=True)
            if os.path.lexists(root / path):
                copy2(root / path, old / path, follow_symlinks=False)
                if _kind(old / path) == _kind(new / path):
                    copymode(old / path, new / path, follow_symlinks=False)
        # What goes, goes first: where case does not count, `Readme.md` is also `README.md`.
        for path in sorted(paths, key=lambda path: os.path.lexists(new / path)):
            begun.append(path)
            _put(new / path, root / path)
    except BaseException as error:
        for path in reversed(begun):
            with suppress(OSError):
                _put(old / path, root / path)
        said = f"nothing was written: {error}"
        if lost := [path for path in begun if os.path.lexists(old / path)]:
            kept = old.rename(f"{old.parent}.old")
            said = f"{error}\n{', '.join(lost)} could not be put back; what was there is in {kept}"
        if isinstance(error, OSError):
            raise CannotCarry(said) from error
        error.add_note(said)
        raise


def _put(source: Path, target: Path) -> None:
    """Move a file to its place; without a source, remove what is there and the empty folders."""
    if os.path.lexists(source):
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
    elif os.path.lexists(target):
        target.unlink()
    with suppress(OSError):
        for folder in target.parents:
            folder.rmdir()


def _kind(path: Path) -> int | None:
    """The type of a file and whether it is executable."""
    return path.lstat().st_mode & 0o170100 if os.path.lexists(path) else None


def _strangers(root: Path, changes: Mapping[str, str | None], now: Tree) -> list[str]:
    """The files that lie where a new one is to be written; a name may change in case alone."""
    gone = [(root / path).lstat() for path, entry in changes.items() if not entry]
    there = [path for path in changes if path not in now and os.path.lexists(root / path)]
    return [p for p in there if not any(samestat((root / p).lstat(), one) for one in gone)]


def _refuse(title: str, found: Sequence[str], advice: str) -> None:
    if found:
        raise CannotCarry("\n".join([f"nothing was written: {title}", *found, advice]))


def _inside(place: str, tree: Tree) -> Tree:
    return {p.removeprefix(place): entry for p, entry in tree.items() if p.startswith(place)}


def _differing(one: Tree, other: Tree) -> set[str]:
    return {path for path, _ in one.items() ^ other.items()}


def _read(listed: bytes) -> Tree:
    lines = (line.split("\t", 1) for line in _split(listed))
    return {path: " ".join(about.replace("blob", "").split()[:2]) for about, path in lines}


def _split(listed: bytes) -> list[str]:
    return [os.fsdecode(part) for part in listed.split(b"\0") if part]
