"""A command of a console block as a shell reads it: its programs, their words, its variables."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from roadmap.course import CourseError

_CAPTURED = re.compile(r"(\w+)=\$\((.*)\)", re.DOTALL)
_GIVEN = re.compile(r"([A-Za-z_]\w*)=")
_WORD = re.compile(r"""(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\|&;<>()])+""", re.DOTALL)
_SPECIAL = re.compile(r"[|&;<>()]+")
_PART = re.compile(
    r"""'(?P<exact>[^']*)'|"(?P<quoted>(?:\\.|[^"\\])*)"|\\(?P<letter>.)|(?P<bare>[^'"\\]+)""",
    re.DOTALL,
)
_IN_PART = re.compile(r"""\\(?P<letter>["\\$`])|\$(?:(?P<name>\w+)|\{(?P<braced>\w+)\})""")
_SUBSTITUTION = re.compile(r"(?<!\\)(?:\\\\)*(?:`|\$\()")


class ShellError(CourseError):
    """A command cannot be read or run here; the message says what can."""


@dataclass(frozen=True)
class Variable:
    """`$NAME` in a word."""

    name: str


@dataclass(frozen=True)
class Word:
    """One argument, as it is typed."""

    source: str

    @property
    def parts(self) -> tuple[str | Variable, ...]:
        """What the quotes hold, and the variables between. Raises ShellError."""
        return tuple(_parts(self.source))

    def value(self, variables: Mapping[str, str]) -> str:
        """What the program gets. Raises ShellError for a variable without a value."""
        return "".join(
            _value(part.name, variables) if isinstance(part, Variable) else part
            for part in self.parts
        )


@dataclass(frozen=True)
class Program:
    """A program with its arguments, and the settings before it: `NAME=value program`."""

    settings: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]

    def given(self, variables: Mapping[str, str]) -> dict[str, str]:
        """The values of its settings. Raises ShellError."""
        return {name: word.value(variables) for name, word in self.settings}

    def values(self, variables: Mapping[str, str]) -> list[str]:
        """Its name and its arguments. Raises ShellError."""
        return [word.value(variables) for word in self.words]


@dataclass(frozen=True)
class Command:
    """Programs, each of which reads what the one before prints; `into` is set by `NAME=…`."""

    programs: tuple[Program, ...]
    into: str = ""
    value: Word | None = None
    """What `NAME=value` gives."""


def read_command(command: str) -> Command:
    """The command in its parts. Raises ShellError."""
    if captured := _CAPTURED.fullmatch(command):
        return Command(tuple(map(_program, _pipeline(captured[2]))), captured[1])
    programs = tuple(map(_program, _pipeline(command)))
    match programs:
        case [Program(settings=((name, word),), words=())]:
            return Command((), name, word)
    return Command(programs)


def _pipeline(command: str) -> list[list[Word]]:
    found: list[list[Word]] = [[]]
    at = 0
    while at < len(command):
        if command[at].isspace():
            at += 1
        elif word := _WORD.match(command, at):
            found[-1].append(Word(word[0]))
            at = word.end()
        elif special := _SPECIAL.match(command, at):
            if special[0] != "|":
                raise ShellError(f"{special[0]!r} is not understood: put it between quotes")
            found.append([])
            at = special.end()
        else:
            raise ShellError(f"{command!r} cannot be read: a quote is not closed")
    return found


def _program(words: list[Word]) -> Program:
    settings = []
    while words and (given := _GIVEN.match(words[0].source)):
        settings.append((given[1], Word(words[0].source[given.end() :])))
        words = words[1:]
    return Program(tuple(settings), tuple(words))


def _parts(source: str) -> Iterator[str | Variable]:
    for part in _PART.finditer(source):
        if part["exact"] is not None:
            yield part["exact"]
        elif part["letter"] is not None:
            yield part["letter"]
        else:
            yield from _expanding(part["quoted"] if part["bare"] is None else part["bare"])


def _expanding(text: str) -> Iterator[str | Variable]:
    """A text in which `$NAME` is a variable, and `\\` takes the meaning of what follows."""
    if _SUBSTITUTION.search(text):
        raise ShellError("a command inside a word is not understood: write NAME=$(…) above")
    at = 0
    for found in _IN_PART.finditer(text):
        if text[at : found.start()]:
            yield text[at : found.start()]
        yield found["letter"] or Variable(found["name"] or found["braced"])
        at = found.end()
    if text[at:]:
        yield text[at:]


def _value(name: str, variables: Mapping[str, str]) -> str:
    if name not in variables:
        raise ShellError(f"${name} is not set: write {name}=$(…) above")
    return variables[name]
