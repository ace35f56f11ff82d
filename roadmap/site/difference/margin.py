"""Where a piece goes and what to do there, in an editor's words: derived, never typed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from roadmap.site.difference.changes import FileChange, State
from roadmap.site.difference.parts import DOCSTRING, IMPORTS, TOP, has_names
from roadmap.site.difference.view import Kind, Row, runs

NEAR = 5
"""Rows between two edits of one symbol that are told as one."""
FEW = 3
ALIKE = 0.6

IN_WORDS = {
    IMPORTS: "the imports",
    DOCSTRING: "the docstring at the top",
    TOP: "the first lines",
}

Moves = Mapping[tuple[str, str], tuple[str, str]]
"""From the file and the part that something leaves, to those in which it arrives."""


@dataclass(frozen=True)
class Spot:
    """A place where a piece changes lines: the rows from the first to the last, and its words."""

    rows: range
    words: str


def spots(change: FileChange, rows: Sequence[Row], moves: Moves) -> list[Spot]:
    """The places that a piece changes, in the order of the file."""
    groups: list[tuple[str, list[range]]] = []
    for run in runs(rows):
        for stretch in _stretches(change, rows, run):
            where = _where(change, rows, stretch)
            gap = stretch.start - groups[-1][1][-1].stop if groups else NEAR + 1
            is_one_edit = where.startswith("in ") and gap <= NEAR and groups[-1][0] == where
            if is_one_edit or (gap <= 1 and _is_empty_line_gone(change, rows, stretch)):
                groups[-1][1].append(stretch)
            else:
                groups.append((where, [stretch]))
    return [
        Spot(range(some[0].start, some[-1].stop), _said(change, rows, some, where, moves))
        for where, some in groups
    ]


def _is_empty_line_gone(change: FileChange, rows: Sequence[Row], stretch: range) -> bool:
    lines = [change.lines[rows[at].at] for at in stretch]
    return all(line.is_removed and not line.text.strip() for line in lines)


def _stretches(change: FileChange, rows: Sequence[Row], run: range) -> list[range]:
    """The run in stretches: inside of one part, of parts that come, of parts that go.

    In a file that is not Python a run is one stretch.
    """
    if not change.path.endswith(".py"):
        return [run]
    parts = {change.lines[rows[at].at].part for at in run}
    kinds_of: dict[str, set[Kind]] = {part: set() for part in parts}
    for row in rows:
        if (part := change.lines[row.at].part) in parts:
            kinds_of[part].add(row.kind)
    found: list[range] = []
    last = None
    for at in run:
        part = change.lines[rows[at].at].part
        kinds = kinds_of[part]
        kind = min(kinds) if len(kinds) == 1 else part
        if found and kind == last:
            found[-1] = range(found[-1].start, at + 1)
        else:
            found.append(range(at, at + 1))
        last = kind
    return found


def place(change: FileChange, is_first: bool, found: Sequence[Spot]) -> str:
    """All of it in short, for the caption of a piece."""
    if change.state == State.GONE:
        return "delete this file"
    if change.state == State.NEW and is_first:
        return "a new file" if change.new else "a new file, empty"
    return found[0].words if len(found) == 1 else f"{len(found)} places"


def _where(change: FileChange, rows: Sequence[Row], stretch: range) -> str:
    """The place of a stretch: inside of what is there, or after it. Blank lines are no place."""
    lines = change.lines
    part = lines[rows[stretch.start].at].part
    there = [row for row in rows if lines[row.at].text.strip() and row.kind != Kind.COME]
    own = [row for row in there if lines[row.at].part == part]
    only_new = all(rows[at].kind == Kind.COME for at in stretch)
    if only_new and all(row.kind == Kind.GONE for row in own):
        own = []  # it goes at another place, and comes here
    if own:
        if only_new and not change.path.endswith(".py") and own[-1].at < rows[stretch[0]].at:
            return _at_the_end(change, own[-1].at)
        return f"in {_in_words(change, part)}"
    if stretch.stop == len(rows) and stretch.start:
        return "at the end of the file"
    staying = [row.at for row in rows[: stretch.start] if row.kind != Kind.GONE]
    above = [at for at in staying if lines[at].text.strip()]
    if above and not has_names(change.path):
        return _at_the_end(change, above[-1])
    return _after(change, lines[above[-1]].part, part) if above else "at the top"


def _at_the_end(change: FileChange, last: int) -> str:
    """The end of a part. A paragraph has no name, so its last line says where."""
    line = change.lines[last]
    if has_names(change.path):
        return f"at the end of {_in_words(change, line.part)}"
    if any(letter.isalnum() for letter in line.text):
        return f"below {_as_code(line.text.strip())}"
    return f"below the lines that begin with {_as_code(line.part)}"


def _after(change: FileChange, above: str, part: str) -> str:
    """Next to the neighbour of the same depth: after a class, not after its last member."""
    owner = part.rpartition(".")[0]
    if above == owner:
        return f"at the top of {_in_words(change, owner)}"
    depth = part.count(".") + 1
    if all(name.isidentifier() for name in above.split(".")):
        above = ".".join(above.split(".")[:depth])
    return f"after {_in_words(change, above)}"


def _said(
    change: FileChange, rows: Sequence[Row], some: Sequence[range], where: str, moves: Moves
) -> str:
    changed = [rows[at] for run in some for at in run]
    gone = sum(row.kind == Kind.GONE for row in changed)
    come = len(changed) - gone
    lines = [change.lines[row.at] for row in changed]
    if not come * gone and not any(line.text.strip() for line in lines):
        what = "the empty line" if len(lines) == 1 else f"the {len(lines)} empty lines"
        what = f"remove {what}" if gone else f"add {_lines(come).replace('line', 'empty line')}"
        return f"above {_in_words(change, lines[0].part)}, {what}"
    whole = _whole_parts(change, rows, changed)
    if not come and whole:
        targets = {moves[key][0] for part in whole if (key := (change.path, part)) in moves}
        if len(targets) == 1 and len(whole) == sum((change.path, p) in moves for p in whole):
            (target,) = targets
            to = f"to `{target}`" if target != change.path else "to another place in this file"
            return f"{_named(change, whole)} {'moves' if len(whole) == 1 else 'move'} {to}"
        return f"remove {_named(change, whole)}"
    if not gone:
        origins = {new: old for old, new in moves.items()}
        arrived = [part for part in whole if (change.path, part) in origins]
        verb = f"add {_lines(come)}"
        if arrived:
            source, _ = origins[change.path, arrived[0]]
            how = "moves" if len(arrived) == 1 else "move"
            there = f"`{source}`" if source != change.path else "another place in this file"
            verb += f"; {_named(change, arrived)} {how} here from {there}"
    elif not come:
        verb = f"remove {_lines(gone)}"
    elif gone == come:
        verb = f"replace {_lines(gone)}"
    else:
        verb = f"replace {_lines(gone)} with {come}"
    return f"{where}, {verb}"


def _whole_parts(change: FileChange, rows: Sequence[Row], changed: Sequence[Row]) -> list[str]:
    """The parts all of whose lines come, or go, here; a class stands for its members."""
    places = {row.at for row in changed}
    kinds = {Kind.SAME, *(row.kind for row in changed)}
    found: list[str] = []
    for part in dict.fromkeys(change.lines[row.at].part for row in changed):
        lines = (row for row in rows if change.lines[row.at].part == part)
        own = {row.at for row in lines if row.kind in kinds}
        if not own <= places:
            return []
        if part.rpartition(".")[0] not in found:
            found.append(part)
    return found


def find_moves(changes: Mapping[str, FileChange]) -> Moves:
    """What leaves one place and comes at another one under its name, much as it was."""
    gone: dict[str, list[tuple[str, str, list[str]]]] = {}
    come = []
    for path, change in changes.items():
        if path.endswith(".py") and change.state != State.SAME:
            for part, texts, is_new in _whole_symbols(change):
                name = part.rpartition(".")[2]
                if is_new:
                    come.append((name, path, part, texts))
                else:
                    gone.setdefault(name, []).append((path, part, texts))
    return {
        (old_path, old_part): (path, part)
        for name, path, part, texts in come
        for old_path, old_part, old in gone.get(name, [])
        if SequenceMatcher(None, old, texts, autojunk=False).ratio() >= ALIKE
    }


def _whole_symbols(change: FileChange) -> Iterator[tuple[str, list[str], bool]]:
    """The symbols that go as a whole, and those that come: name, lines, whether it comes."""
    for part in change.changed_parts:
        if not part.isidentifier() or part in IN_WORDS:
            continue
        own = [line for line in change.lines if line.part == part]
        old = [line for line in own if not line.is_added]
        new = [line for line in own if not line.is_removed]
        for lines, is_new in ((old, False), (new, True)):
            texts = [line.text.strip() for line in lines if line.text.strip()]
            if len(texts) >= FEW and all(line.is_changed for line in lines):
                yield part, texts, is_new


def _in_words(change: FileChange, part: str) -> str:
    return IN_WORDS.get(part) or _as_code(_called(change, part))


def _as_code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _called(change: FileChange, part: str) -> str:
    """A function is named with its brackets."""
    heads = (f"def {part.rpartition('.')[2]}(", f"async def {part.rpartition('.')[2]}(")
    own = (line.text.strip() for line in change.lines if line.part == part)
    return f"{part}()" if any(text.startswith(heads) for text in own) else part


def _named(change: FileChange, parts: Sequence[str]) -> str:
    names = [_in_words(change, part) for part in parts]
    if len(names) > FEW:
        return f"{names[0]} to {names[-1]}"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if names[1:] else names[0]


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"
