"""Where a piece goes, in the words of the margin: derived from the code, never typed."""

from collections.abc import Collection, Iterator, Sequence

from roadmap.site.difference.changes import FileChange, State
from roadmap.site.difference.parts import DOCSTRING, IMPORTS, TOP

FEW = 3

IN_WORDS = {
    IMPORTS: "the imports",
    DOCSTRING: "the docstring at the top",
    TOP: "the first lines",
}


def place(change: FileChange, shown: Sequence[int], applied: Collection[int] | None) -> str:
    """Where the lines `shown` go, when those in `applied` are typed already.

    `applied` is None until the first piece of the file.
    """
    if change.state == State.NEW and applied is None:
        return "a new file" if change.new else "a new file, empty"
    if change.state == State.GONE:
        return "the file goes"
    found: dict[str, list[str]] = {}
    for how, name in _places(change, shown, applied or ()):
        if name not in found.setdefault(how, []):
            found[how].append(name)
    return ", ".join(f"{how} {_listed(names)}".strip() for how, names in found.items())


def _places(
    change: FileChange, shown: Sequence[int], applied: Collection[int]
) -> Iterator[tuple[str, str]]:
    """How and next to which part each run of lines goes; what follows a shown part is not told."""
    part = None
    for at in shown:
        if change.lines[at].part == part:
            continue
        part = change.lines[at].part
        own = [line for line in change.lines if line.part == part]
        if all(line.is_removed for line in own):
            yield "without", _outermost(change, part)
        elif not all(line.is_added for line in own):
            yield "inside", _in_words(part)
        else:
            before = _part_before(change, at, {*applied, *shown})
            if before is None:
                yield "at the top", ""
            elif before not in shown:
                yield _after(change.lines[before].part, part)


def _part_before(change: FileChange, at: int, there: Collection[int]) -> int | None:
    """The nearest line above that is in the file when the lines `there` are typed."""
    for place in range(at - 1, -1, -1):
        line = change.lines[place]
        if not line.is_changed or (line.is_added == (place in there)):
            return place
    return None


def _after(above: str, part: str) -> tuple[str, str]:
    """Next to the neighbour of the same depth: after a class, not after its last member."""
    owner = part.rpartition(".")[0]
    if above == owner:
        return "at the top of", _in_words(owner)
    depth = part.count(".") + 1
    return "after", _in_words(".".join(above.split(".")[:depth]) if _is_member(above) else above)


def _is_member(part: str) -> bool:
    return all(name.isidentifier() for name in part.split("."))


def _outermost(change: FileChange, part: str) -> str:
    """The class that goes as a whole with this member, or the part itself."""
    owner = part.rpartition(".")[0]
    own = [line for line in change.lines if owner and line.part == owner]
    return _in_words(owner if own and all(line.is_removed for line in own) else part)


def _in_words(part: str) -> str:
    return IN_WORDS.get(part, f"`{part}`")


def _listed(names: Sequence[str]) -> str:
    if len(names) <= FEW:
        return " and ".join([", ".join(names[:-1]), names[-1]]) if names[1:] else names[0]
    return f"{names[0]}, {names[1]} and {len(names) - 2} more"
