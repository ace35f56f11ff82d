"""Imports come with the first piece that needs them."""

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from roadmap.site.difference.changes import FileChange, Line
from roadmap.site.difference.parts import IMPORTS

BEFORE_ALL = -1


@dataclass
class _Import:
    """What one statement imports, on both sides: each name with the place of its line."""

    old: dict[str, int] = field(default_factory=dict)
    new: dict[str, int] = field(default_factory=dict)
    changed: list[int] = field(default_factory=list)

    @property
    def come(self) -> set[str]:
        return self.new.keys() - self.old.keys()

    @property
    def gone(self) -> set[str]:
        return self.old.keys() - self.new.keys()


@lru_cache(maxsize=1024)
def import_owners(change: FileChange, shown: tuple[tuple[int, ...], ...]) -> Mapping[int, int]:
    """The piece, by its position in `shown`, that each changed line of the imports comes with.

    `shown` holds what the pieces of this file show of its code. An import comes with the first
    piece that uses a name of it, and goes with the last piece that takes such a use away. Names
    that no piece uses are not in the answer.
    """
    if not change.path.endswith(".py"):
        return {}
    needed = [_names_used(change, places, come=True) for places in shown]
    left = [_names_used(change, places, come=False) for places in shown]
    owners: dict[int, int] = {}
    for one in _imports(change):
        first = {name: at for name in one.come if (at := _first(name, needed)) is not None}
        last = [at for name in one.gone if (at := _last(name, left)) is not None]
        alone = [one.new[name] for name in one.come]
        for place in one.changed:
            names = [name for name in one.come if one.new[name] == place]
            if len(set(alone)) == len(alone) > 1 and names:  # a line for each name
                owners |= {one.new[name]: first[name] for name in names if name in first}
            elif first:
                owners[place] = min(first.values())
            elif last and not one.come:
                owners[place] = max(last)
    return owners | dict(_blank_lines(change, owners))


def names_imported(change: FileChange, places: Collection[int]) -> list[str]:
    """The names that the lines at these places import, on the side of the new code."""
    return [
        name
        for one in _imports(change)
        for name, place in one.new.items()
        if place in places and (name in one.come or place in one.changed)
    ]


def names_missing(change: FileChange, places: Collection[int]) -> list[str]:
    """The names that these lines use and that none of them imports, though one has or will."""
    imported: defaultdict[str, set[int]] = defaultdict(set)
    for one in _imports(change):
        for name, place in (*one.old.items(), *one.new.items()):
            imported[name].add(place)
    # What the file no longer imports at the end may have another meaning there: a parameter.
    stays = {name for one in _imports(change) for name in one.new}
    used = names_used(change, places)
    used_by_old = names_used(change, [at for at in places if change.lines[at].is_removed])
    return [
        name
        for name, at in imported.items()
        if name in (used if name in stays else used_by_old) and not at & {*places}
    ]


def names_used(change: FileChange, places: Collection[int]) -> set[str]:
    """The names that the lines at these places use."""
    old, new = names_by_line(change.old or ""), names_by_line(change.new or "")
    lines = [change.lines[at] for at in places]
    found = (new.get(one.new, ()) if one.new else old.get(one.old or 0, ()) for one in lines)
    return {name for names in found for name in names}


@lru_cache(maxsize=1024)
def _imports(change: FileChange) -> tuple[_Import, ...]:
    found: defaultdict[tuple[str, ...], _Import] = defaultdict(_Import)
    for text, is_new in ((change.old, False), (change.new, True)):
        numbers = {
            (line.new if is_new else line.old): at
            for at, line in enumerate(change.lines)
            if line.part == IMPORTS
        }
        for node in ast.parse(text or "").body:
            if isinstance(node, (ast.Import, ast.ImportFrom)) and node.lineno in numbers:
                one = found[_module(node)]
                names = {_bound(alias): numbers[alias.lineno] for alias in node.names}
                (one.new if is_new else one.old).update(names)
                lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                changed = [numbers[number] for number in lines]
                one.changed += [at for at in changed if change.lines[at].is_changed]
    return tuple(found.values())


def _module(node: ast.Import | ast.ImportFrom) -> tuple[str, ...]:
    """What tells two statements apart: the module, and the names that it gives others."""
    others = [alias.asname for alias in node.names if alias.asname]
    if isinstance(node, ast.ImportFrom):
        return ("from", "." * node.level + (node.module or ""), *others)
    return ("import", *(alias.name for alias in node.names), *others)


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _names_used(change: FileChange, places: Collection[int], *, come: bool) -> set[str]:
    """The names that stand in the code of these lines: in what comes, or in what goes."""
    used = names_by_line((change.new if come else change.old) or "")
    lines = [change.lines[at] for at in places]
    return {
        name
        for line in lines
        if (line.is_added if come else line.is_removed) and line.part != IMPORTS
        for name in used.get(_number(line), ())
    }


def _number(line: Line) -> int:
    return line.new or line.old or 0


@lru_cache(maxsize=1024)
def names_by_line(code: str) -> Mapping[int, set[str]]:
    """The names that Python code reads, by the number of the line; what it sets is its own."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found[node.lineno].add(node.id)
    return dict(found)


def _first(name: str, used: Sequence[set[str]]) -> int | None:
    return next((at for at, names in enumerate(used) if name in names), None)


def _last(name: str, used: Sequence[set[str]]) -> int | None:
    return max((at for at, names in enumerate(used) if name in names), default=None)


def _blank_lines(change: FileChange, owners: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """A blank line comes when there is code above and below it, and goes with either."""
    for at, line in enumerate(change.lines):
        if line.part != IMPORTS or line.text.strip() or not line.is_changed:
            continue
        sides = [_group(change, at, step, line.is_added) for step in (-1, 1)]
        times = [[owners.get(place, BEFORE_ALL) for place in side] for side in sides]
        if line.is_added:
            owner = max(min(side, default=BEFORE_ALL) for side in times)
        else:
            owner = min((max(side) for side in times if min(side, default=-1) > -1), default=-1)
        if owner > BEFORE_ALL:
            yield at, owner


def _group(change: FileChange, at: int, step: int, is_new: bool) -> list[int]:
    """The lines of one side next to a blank line, up to the next blank one or another part."""
    found: list[int] = []
    at += step
    while 0 <= at < len(change.lines) and change.lines[at].part == IMPORTS:
        line = change.lines[at]
        if line.is_removed if is_new else line.is_added:
            at += step
            continue
        if not line.text.strip():
            break
        found.append(at)
        at += step
    return found
