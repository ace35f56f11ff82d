"""An edit of one folder, made in another one that has gone on from there."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum

from roadmap.files import File
from roadmap.git import Tree, merge_texts, renames


class Fate(StrEnum):
    """What the edit did to a file."""

    MERGED = "merged"
    ADDED = "added"
    DELETED = "deleted"
    RENAMED = "renamed"
    ALREADY = "already so"
    MISSING = "not in this stage"
    KEPT = "kept as it stands"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Outcome:
    """A file after the edit, None where there is none.

    With a conflict, `places` holds where or why, and `file` is ours wherever the two conflict.
    """

    file: File | None
    fate: Fate
    places: tuple[str, ...] = ()


@dataclass
class Merged:
    """A folder before and after the edit; a file in conflict is as it was."""

    ours: Tree
    tree: Tree
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    @property
    def changed(self) -> list[str]:
        """The paths that the edit writes or removes."""
        paths = sorted(self.ours.keys() | self.tree.keys())
        return [path for path in paths if self.ours.get(path) != self.tree.get(path)]


def merge_trees(old: Tree, new: Tree, ours: Tree, *, keep: Collection[str] = ()) -> Merged:
    """The edit from `old` to `new`, made in `ours`; our version of a file moves with it.

    In the files of `keep`, ours stands wherever the edit conflicts with it.
    """
    merged = Merged(ours, dict(ours))
    moved = renames(old, new)
    for source, target in moved.items():
        match source in ours, target in ours:
            case True, False:
                _merge(merged, source, target, (old[source], new[target]), keep)
            case False, True:
                _merge(merged, target, target, (old[source], new[target]), keep)
            case False, False:
                merged.outcomes[source] = Outcome(None, Fate.MISSING)
            case _:  # Both are here, so it is no move: one file goes, and the other one comes.
                _merge(merged, source, source, (old[source], None), keep)
                _merge(merged, target, target, (None, new[target]), keep)
    for name in sorted((old.keys() | new.keys()) - moved.keys() - set(moved.values())):
        if old.get(name) != new.get(name):
            _merge(merged, name, name, (old.get(name), new.get(name)), keep)
    return merged


def _merge(
    merged: Merged,
    source: str,
    target: str,
    edit: tuple[File | None, File | None],
    keep: Collection[str],
) -> None:
    outcome = _merge_file(*edit, merged.tree.get(source))
    if outcome.fate is Fate.CONFLICT:
        if source not in keep:
            merged.outcomes[source] = outcome
            return
        outcome = replace(outcome, fate=Fate.KEPT)
    merged.tree.pop(source, None)
    if outcome.file is not None:
        merged.tree[target] = outcome.file
    if source != target:
        merged.outcomes[f"{source} -> {target}"] = replace(outcome, fate=Fate.RENAMED)
    else:
        merged.outcomes[source] = outcome


def _merge_file(before: File | None, after: File | None, mine: File | None) -> Outcome:
    if mine == after:
        return Outcome(mine, Fate.ALREADY)
    if mine == before:
        fate = Fate.ADDED if before is None else Fate.DELETED if after is None else Fate.MERGED
        return Outcome(after, fate)
    if mine is None:
        return Outcome(None, Fate.MISSING)
    if before is None:
        reason = "the edit adds this file, and there is another one of that name here"
        return Outcome(mine, Fate.CONFLICT, (reason,))
    if after is None:
        reason = "the edit deletes this file, and it holds something else here"
        return Outcome(mine, Fate.CONFLICT, (reason,))
    return _merge_changes(before, after, mine)


def _merge_changes(before: File, after: File, mine: File) -> Outcome:
    places: list[str] = []
    if before.content == after.content:
        content = mine.content
    elif any(file.link or b"\0" in file.content for file in (before, after, mine)):
        content = mine.content
        places = ["this is no text, so the edit cannot be merged into what is here"]
    else:
        content, places = merge_texts(before.content, mine.content, after.content)
    executable = after if before.executable == mine.executable else mine
    file = replace(mine, content=content, executable=executable.executable)
    if places:
        return Outcome(file, Fate.CONFLICT, tuple(places))
    return Outcome(file, Fate.ALREADY if file == mine else Fate.MERGED)
