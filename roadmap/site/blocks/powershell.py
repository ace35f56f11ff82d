"""A command as PowerShell 7.4 or newer takes it, from the words that a shell reads.

The rules are those of PowerShell's documentation: about_Quoting_Rules, about_Parsing,
about_Environment_Variables and, for `$PSNativeCommandArgumentPassing`, about_Preference_Variables.
"""

import re
from collections.abc import Iterable, Sequence

from roadmap.site.blocks.words import (
    Command,
    Program,
    ShellError,
    Variable,
    Word,
    read_command,
)

# Letters that mean nothing to PowerShell in an argument. It cuts `-a.b` and `-a:b` in two.
_BARE = re.compile(r"(?!-[^.:]*[.:])[A-Za-z0-9_./:=+-]+")
_SINGLE = re.compile("(['\u2018\u2019\u201a\u201b])")
_DOUBLE = re.compile('([`$"\u201c\u201d\u201e])')
_PLAIN_QUOTES = re.compile(r"""'[^'\u2018-\u201b]*'|"(?:[^"`$\\\u201c-\u201e]|\\(?![\\"$`]))*\"""")
# `$NAME:` and `$NAME?` are names themselves.
_NEEDS_NO_BRACES = re.compile(r"(?<!`)\$\{(\w+)\}(?![\w:?])")
# about_Automatic_Variables: those that cannot be written, or lose what is written; in any case.
_TAKEN = {
    "args", "enabledexperimentalfeatures", "error", "executioncontext", "false", "foreach",
    "home", "host", "input", "iscoreclr", "islinux", "ismacos", "iswindows", "matches",
    "null", "pid", "profile", "psculture", "psedition", "pshome", "psuiculture",
    "psversiontable", "pwd", "shellid", "stacktrace", "switch", "this", "true",
}  # fmt: skip
_NOWHERE = {"/dev/null": "NUL"}


def powershell(typed: Sequence[str]) -> list[str]:
    """The lines to type in PowerShell; none where it takes the command as it is typed."""
    command = re.sub(r"\s*\\\n\s*", " ", "\n".join(typed))
    lines = _lines(read_command(command))
    return [] if lines == list(typed) else lines


def setting_in_powershell(name: str, value: str) -> str:
    """What gives a setting to all commands that follow."""
    return f"$env:{name} = {_single_quoted(value)}"


def unset_in_powershell(names: Iterable[str]) -> str:
    """What takes settings back."""
    return f"Remove-Item {', '.join(f'Env:{name}' for name in names)}"


def _lines(command: Command) -> list[str]:
    if command.into.lower() in _TAKEN:
        raise ShellError(f"${command.into} is PowerShell's own: choose another name")
    if command.value is not None:
        return [f"${command.into} = {_quoted(command.value)}"]
    settings = [setting for program in command.programs for setting in program.settings]
    line = " | ".join(map(_program, command.programs))
    lines = [f"$env:{name} = {_quoted(value)}" for name, value in settings]
    lines.append(f"${command.into} = {line}" if command.into else line)
    return [*lines, unset_in_powershell(dict(settings))] if settings else lines


def _program(program: Program) -> str:
    return " ".join(map(_argument, program.words))


def _argument(word: Word) -> str:
    """A word in PowerShell: as it is typed, if that means the same there."""
    source = _NOWHERE.get(word.source, word.source)
    if _BARE.fullmatch(source) or _PLAIN_QUOTES.fullmatch(source):
        return source
    match word.parts:
        case [Variable(name)]:
            return f"${name}"
    return _quoted(word)


def _quoted(word: Word) -> str:
    parts = word.parts
    if not any(isinstance(part, Variable) for part in parts):
        return _single_quoted("".join(map(str, parts)))
    inner = [
        f"${{{part.name}}}" if isinstance(part, Variable) else _DOUBLE.sub(r"`\1", part)
        for part in parts
    ]
    return '"' + _NEEDS_NO_BRACES.sub(r"$\1", "".join(inner)) + '"'


def _single_quoted(text: str) -> str:
    return "'" + _SINGLE.sub(r"\1\1", text) + "'"
