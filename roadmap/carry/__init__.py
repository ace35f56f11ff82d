"""Carries an edit of stage k into k+1 … final by three-way merge, and writes all of it or nothing.

Git itself merges whole trees, in a temporary object store. The repository stays as it is.

Each stage hands on to the next: what changed in stage j-1 is merged into stage j; what then
differs in stage j, by that merge or by the author's hand, is merged into j+1. So a conflict arises
once, at the first stage whose code differs there, and from it the edit goes on in the form that it
got there; merging stage k's edit into each later stage directly would raise the same conflict in
all of them. A file that a stage has taken out stays out, and its edit ends there.

A waypoint between two stages is merged like a stage: its whole state, of which then only the files
that differ from its stage are stored.

"Before" is a commit, "now" are the files as they lie in the working tree.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from os.path import samestat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from roadmap.carry.store import CannotCarry, Store, Tree
from roadmap.carry.writing import write_all
from roadmap.course import WAYPOINT, AppState, Course, Stage, Waypoint, without


class Standing(NamedTuple):
    """A stage or a waypoint, with all its files before, none if it was not there, and now."""

    state: AppState
    before: Tree
    now: Tree


class Plan(NamedTuple):
    """What to write (None: remove), where ours stands against the edit, and each file's fate."""

    changes: dict[str, str | None]
    conflicts: dict[str, str]
    summary: list[str]


def carry(
    course: Course,
    edited: AppState,
    *,
    since: str = "HEAD",
    allow_dirty: bool = False,
    keep: Sequence[str] = (),
    dry_run: bool = False,
) -> str:
    """Merge what changed in a state since a commit into each one after it; says what was done.

    `keep` names files of later states that the author has seen to: such a file stands wherever the
    edit conflicts with it. With `allow_dirty`, uncommitted changes of a later state are carried on
    from it, too. Raises CannotCarry.
    """
    root, states = course.root, (edited, *course.after(edited))
    name = _name(edited)
    places = [_place(course, one) for one in states]
    kept = {Path(os.path.relpath(root / path, root)).as_posix() for path in keep}
    if len(states) == 1:
        raise CannotCarry(f"{name} is the last stage: there is none to carry to")
    if not root.is_dir():
        raise CannotCarry(f"{root}: this folder is missing")
    if strays := sorted(path for path in kept if not path.startswith(tuple(places[1:]))):
        raise CannotCarry(f"{strays[0]} lies in no later stage: there is nothing to keep")
    with TemporaryDirectory(prefix=".carry-", dir=root) as temporary:
        store = Store(root, Path(temporary))
        files = {file for one in states for file in one.sources().values()}
        files |= {one.folder / WAYPOINT for one in states if isinstance(one, Waypoint)}
        now = store.now(files)
        before, head = store.before(since, now), store.before("HEAD", now)
        standings = [
            Standing(one, _files(course, store, one, before), _files(course, store, one, now))
            for one in states
        ]
        if not standings[0].before:
            raise CannotCarry(f"{name} was not there at {since}: name a commit that holds it")
        if standings[0].before == standings[0].now:
            return f"nothing to carry: {name} is as it was at {since}"
        dirty = [] if allow_dirty else sorted(_differing(head, now) - kept)
        _refuse(
            "later stages have changes that are not committed",
            [f"  {path}" for at in places[1:] for path in dirty if path.startswith(at)],
            "Commit them, or take them back with `git restore`. With --allow-dirty they stay, "
            "and are carried on from their stage, too.",
        )
        plan = carry_on(course, store, standings)
        conflicts = {path: why for path, why in plan.conflicts.items() if path not in kept}
        again = ["nox -s carry --", name, *([f"--since {since}"] if since != "HEAD" else [])]
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
        said = [*plan.summary, *_hints(course, edited, standings[0])]
        if dry_run:
            return "\n".join([*said, "nothing was written: this was a dry run"])
        new = store.check_out({path: entry for path, entry in plan.changes.items() if entry})
        write_all(root, plan.changes, new, Path(temporary) / "old")
    return "\n".join(said)


def carry_on(course: Course, store: "Store", standings: Sequence[Standing]) -> Plan:
    """Make the edit of the first state in the second, what that changed in the third, and so on."""
    plan = Plan({}, {}, [])
    (_, before, after), *later = standings
    results: dict[AppState, Tree] = {}
    for state, was, ours in later:
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
        plan.summary.append(_name(state) if fates else f"{_name(state)}\n  nothing to do")
        plan.summary.extend(f"  {fate:<18} {name}" for name, fate in fates.items())
        plan.conflicts.update(
            (_stored(course, state, name), why) for name, why in conflicts.items()
        )
        results[state] = result
        # A state that was not there yet has no edits of its own to hand on.
        before, after = was or ours, result
    for state, _, ours in later:
        plan.changes.update(_writes(course, state, ours, results))
    return plan


def _writes(
    course: Course, state: AppState, ours: Tree, results: Mapping[AppState, Tree]
) -> Iterator[tuple[str, str | None]]:
    """What has to be written so that a state is as the merge made it. Raises CannotCarry."""
    place, result = _place(course, state), results[state]
    if isinstance(state, Stage):
        for name in sorted(_differing(ours, result)):
            yield place + name, result.get(name)
        return
    end = results[state.stage]
    there = without(end, state.absent)
    if strays := sorted(there.keys() - result.keys()):
        raise CannotCarry(
            f"nothing was written: the edit takes {strays[0]} out of {_name(state)} and leaves it"
            f" in the stage: name it in `absent` of {place}{WAYPOINT}, and carry again"
        )
    if hidden := sorted(result.keys() & end.keys() - there.keys() - ours.keys()):
        raise CannotCarry(
            f"nothing was written: the edit brings {hidden[0]} to {_name(state)}: take it out of"
            f" `absent` of {place}{WAYPOINT}, and carry again with --allow-dirty"
        )
    stored = {name: entry for name, entry in result.items() if entry != end.get(name)}
    own = {name: ours.get(name) for name in state.own_files()}
    for name in sorted(stored.keys() | own.keys()):
        if stored.get(name) != own.get(name):
            yield place + name, stored.get(name)


def _files(course: Course, store: "Store", state: AppState, tree: Tree) -> Tree:
    """All files of a state in a tree of the whole course; none if the state is not in it."""
    own = _inside(_place(course, state), tree)
    if isinstance(state, Stage):
        return own
    if not (said := own.pop(WAYPOINT, "")):
        return {}
    absent = tomllib.loads(store.text(said)).get("absent", [])
    return without(_inside(_place(course, state.stage), tree), absent) | own


def _hints(course: Course, edited: AppState, standing: Standing) -> list[str]:
    """The files that the waypoints on the way to an edited stage hold in a form of their own."""
    changed = _differing(standing.before, standing.now)
    return [
        f"look at {_place(course, one)}{name}: this waypoint comes before the edit"
        for one in (course.waypoints(edited) if isinstance(edited, Stage) else ())
        for name in one.own_files()
        if name in changed
    ]


def _name(state: AppState) -> str:
    """The name to call it by: `04-database`, or `04-database/1-async`."""
    return state.name if isinstance(state, Stage) else f"{state.stage.name}/{state.name}"


def _place(course: Course, state: AppState) -> str:
    """Its folder with "/" at the end, from the course's root."""
    return f"{state.folder.relative_to(course.root).as_posix()}/"


def _stored(course: Course, state: AppState, name: str) -> str:
    """The path at which a file of a state lies, for a person to open."""
    if isinstance(state, Waypoint) and name not in state.own_files():
        return _place(course, state.stage) + name
    return _place(course, state) + name


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
