"""Carries an edit of stage k into k+1 … final by three-way merge, and writes all of it or nothing.

Each stage hands on to the next: what changed in stage j-1 is merged into stage j; what then
differs in stage j, by that merge or by the author's hand, is merged into j+1. So a conflict arises
once, at the first stage whose code differs there, and from it the edit goes on in the form that it
got there; merging stage k's edit into each later stage directly would raise the same conflict in
all of them. And what a stage takes out, or has already, remains its own affair: the next stage is
compared with it alone.

"Before" is a commit, "after" are the files as they lie in the working tree.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from roadmap.course import Course, CourseError, Stage
from roadmap.files import write_all
from roadmap.git import Repository
from roadmap.merge import Fate, Merged, merge_trees


class CannotCarry(CourseError):
    """Nothing was written; the message says why and what to do."""


@dataclass(frozen=True)
class Plan:
    """What an edit of `stage` makes of the later stages. Nothing of it is written yet."""

    stage: Stage
    since: str
    landings: tuple[tuple[Stage, Merged], ...]

    def write(self) -> None:
        """Write every file of every stage, or none. Raises NotWritten."""
        write_all(
            {
                stage.folder / name: merged.tree.get(name)
                for stage, merged in self.landings
                for name in merged.changed
            }
        )

    def __str__(self) -> str:
        """What happens to each file, stage by stage."""
        if not self.landings:
            return f"nothing to carry: {self.stage.name} is as it was at {self.since}"
        lines = []
        for stage, merged in self.landings:
            lines.append(stage.name if merged.outcomes else f"{stage.name}\n  nothing to do")
            lines += [f"  {one.fate:<18} {name}" for name, one in merged.outcomes.items()]
        return "\n".join(lines)


def plan(
    course: Course,
    stage: Stage,
    *,
    since: str = "HEAD",
    allow_dirty: bool = False,
    keep: Sequence[str] = (),
) -> Plan:
    """Merge what changed in `stage` since a commit into each stage after it.

    `keep` names files of later stages that the author has seen to: such a file stands wherever the
    edit conflicts with it. With `allow_dirty`, uncommitted changes of a later stage are carried on
    from it, too. Raises CannotCarry, GitFailed.
    """
    later = course.after(stage)
    if not later:
        raise CannotCarry(f"{stage.name} is the last stage: there is none to carry to")
    repository = Repository(course.root)
    commit = repository.commit(since)
    old, new = repository.files_at(stage.folder, commit), repository.files(stage.folder)
    if not old:
        raise CannotCarry(f"{stage.name} was not there at {since}: name a commit that holds it")
    if old == new:
        return Plan(stage, since, ())
    kept = _locate(course, later, keep)
    if not allow_dirty:
        _refuse_dirty(repository, later, kept)
    landings = []
    for target in later:
        ours = repository.files(target.folder)
        merged = merge_trees(old, new, ours, keep=kept[target])
        landings.append((target, merged))
        # A stage that was not there yet has no edits of its own to hand on.
        old, new = repository.files_at(target.folder, commit) or ours, merged.tree
    again = [f"nox -s carry -- {stage.name}", *([f"--since {since}"] if since != "HEAD" else [])]
    again += ["--allow-dirty"] * allow_dirty + [f'--keep "{path}"' for path in keep]
    _refuse_conflicts(course.root, landings, again)
    return Plan(stage, since, tuple(landings))


def _locate(
    course: Course, stages: Collection[Stage], paths: Sequence[str]
) -> dict[Stage, set[str]]:
    """The paths by their stages. Raises CannotCarry for one that lies in none of them."""
    located: dict[Stage, set[str]] = {stage: set() for stage in stages}
    for path in paths:
        place = course.root / path
        owners = [stage for stage in stages if place.is_relative_to(stage.folder)]
        if not owners:
            raise CannotCarry(f"{path} lies in no later stage: there is nothing to keep")
        located[owners[0]].add(place.relative_to(owners[0].folder).as_posix())
    return located


def _refuse_dirty(
    repository: Repository, stages: Collection[Stage], kept: dict[Stage, set[str]]
) -> None:
    head = repository.commit("HEAD")
    dirty = [
        f"  {_shown(repository.root, stage, name)}"
        for stage in stages
        for name in sorted(repository.changed(stage.folder, head) - kept[stage])
    ]
    if dirty:
        raise CannotCarry(
            "nothing was written: later stages have changes that are not committed\n"
            + "\n".join(dirty)
            + "\nCommit them, or take them back with `git restore`. With --allow-dirty they stay, "
            "and are carried on from their stage, too."
        )


def _refuse_conflicts(
    root: Path, landings: Sequence[tuple[Stage, Merged]], again: Sequence[str]
) -> None:
    conflicts = {
        _shown(root, stage, name): outcome.places
        for stage, merged in landings
        for name, outcome in merged.outcomes.items()
        if outcome.fate is Fate.CONFLICT
    }
    if conflicts:
        found = ["\n".join([path, *places]) for path, places in conflicts.items()]
        command = " ".join([*again, *(f'--keep "{path}"' for path in conflicts)])
        advice = (
            "Make the edit in each of these files by hand, as its stage needs it, or leave a file "
            "that needs none.\nThen this carries the rest, and what you did goes on from there:\n  "
        )
        title = "nothing was written: the edit conflicts with what these files of later stages hold"
        raise CannotCarry("\n\n".join([title, *found, advice + command]))


def _shown(root: Path, stage: Stage, name: str) -> str:
    return (stage.folder / name).relative_to(root).as_posix()
