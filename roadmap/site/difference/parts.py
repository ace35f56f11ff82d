"""The named parts of a file: in Python its symbols, elsewhere its tables, headings or paragraphs.

The parts of a file are all of its lines, each line once. A part owns the blank lines and the
comments above it, and the statements below it that define nothing.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from roadmap.course import CourseError

DOCSTRING = "docstring"
IMPORTS = "imports"
TOP = "top"


@dataclass(frozen=True)
class Part:
    """The lines `start` to `end` of a file, as a slice has them.

    `name` is `create_post`, `Post.apply`, `imports`, `docstring`, or in a text the first line.
    `key` tells parts of one name apart.
    """

    name: str
    key: str
    start: int
    end: int


def split(text: str) -> list[str]:
    """The lines of a text with their ends; only a line feed ends a line."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


@lru_cache(maxsize=4096)
def parts(path: str, text: str) -> tuple[Part, ...]:
    """The parts of a file, in order. Raises CourseError if it is Python and cannot be read."""
    if path.endswith(".py"):
        try:
            ends = list(_merged(_members(ast.parse(text).body, "", split(text))))
        except SyntaxError as error:
            raise CourseError(f"{path}:{error.lineno}: this is not Python: {error.msg}") from error
    else:
        ends = list(_sections(path, split(text)))
    whole = [(TOP, len(split(text)))] if text else []
    return tuple(_partition(ends or whole, len(split(text))))


def _partition(ends: list[tuple[str, int]], length: int) -> Iterator[Part]:
    start, seen = 0, Counter[str]()
    for position, (name, end) in enumerate(ends, start=1):
        if position == len(ends):
            end = length
        seen[name] += 1
        yield Part(name, name if seen[name] == 1 else f"{name} ({seen[name]})", start, end)
        start = end


def _merged(members: Iterator[tuple[str | None, int]]) -> Iterator[tuple[str, int]]:
    """One end for each name: neighbours of one name (a property and its setter) are one part."""
    current, end = None, 0
    for name, line in members:
        if current and name not in {current, None}:
            yield current, end
        current, end = name or current or TOP, line
    if current:
        yield current, end


def _members(
    body: list[ast.stmt], owner: str, lines: list[str]
) -> Iterator[tuple[str | None, int]]:
    """The name that each statement defines, if any, and the line that it ends with."""
    imported = False
    for node in body:
        end = node.end_lineno or node.lineno
        match node:
            case ast.Expr(ast.Constant(str())) if not owner and node is body[0]:
                yield DOCSTRING, end
            case ast.Import() | ast.ImportFrom() if not owner and not imported:
                yield IMPORTS, end
                continue
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield owner + node.name, end
            case ast.ClassDef():
                yield owner + node.name, min(_end_of_head(node, lines), end)
                yield from _members(node.body, f"{owner}{node.name}.", lines)
            case ast.Assign(targets=[ast.Name(name), *_]) | ast.AnnAssign(ast.Name(name)):
                yield owner + name, end
            case _:
                yield None, end
        imported = imported or not isinstance(node, ast.Expr)


def _end_of_head(node: ast.ClassDef, lines: list[str]) -> int:
    """The line with the colon that ends `class …:`."""
    inside: list[ast.expr | ast.keyword] = [*node.bases, *node.keywords]
    line = max([node.lineno, *(part.end_lineno or 0 for part in inside)])
    while line < len(lines) and not re.search(r":\s*(#.*)?$", lines[line - 1]):
        line += 1
    return line


def _sections(path: str, lines: list[str]) -> Iterator[tuple[str, int]]:
    """The first line of each section, and the line before the next one."""
    begins = _BEGINS.get(PurePosixPath(path).suffix, _begins_paragraph)
    heads = [at for at in range(len(lines)) if begins(lines, at)]
    starts = [_with_comments(lines, at, path) for at in heads]
    if lines and (not heads or starts[0] > 0):
        yield TOP, starts[0] if starts else len(lines)
    for at, end in zip(heads, [*starts, len(lines)][1:], strict=bool(heads)):
        yield lines[at].strip(), end


def has_names(path: str) -> bool:
    """Whether the parts of a file have names, such as `[project]`. Paragraphs have none."""
    return path.endswith(".py") or PurePosixPath(path).suffix in _BEGINS


def _with_comments(lines: list[str], at: int, path: str) -> int:
    has_comments = path.endswith((".toml", ".ini", ".yml", ".yaml"))
    above = "#" if has_comments else "\n"
    while at and (not lines[at - 1].strip() or lines[at - 1].startswith(above)):
        at -= 1
    return at


def _begins_paragraph(lines: list[str], at: int) -> bool:
    return bool(lines[at].strip()) and (at == 0 or not lines[at - 1].strip())


def _begins_heading(lines: list[str], at: int) -> bool:
    fences = sum(line.startswith("```") for line in lines[:at])
    return bool(re.match(r"#{1,6} ", lines[at])) and fences % 2 == 0


_BEGINS: dict[str, Callable[[list[str], int], bool]] = {
    ".toml": lambda lines, at: lines[at].startswith("["),
    ".ini": lambda lines, at: lines[at].startswith("["),
    ".md": _begins_heading,
    ".yml": lambda lines, at: bool(re.match(r"[\w\"'-]", lines[at])),
    ".yaml": lambda lines, at: bool(re.match(r"[\w\"'-]", lines[at])),
}
