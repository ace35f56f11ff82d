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
from collections.abc import Mapping, Sequence
from os.path import samestat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from roadmap.carry.store import CannotCarry, Store, Tree
from roadmap.carry.writing import write_all
from roadmap.course import Course, Stage

State = tuple[str, Tree, Tree]
"""A folder with "/" at its end, its files before, none if it was not there, and its files now."""


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
