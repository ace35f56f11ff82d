"""The little of a shell that console blocks need, the same on every system.

`curl`, `uv run …`, `python …`, `jq .field`, `cat FILE`; pipes; `NAME=$(…)` and `$NAME`;
`NAME=value command`.
"""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from roadmap.course import CourseError
from roadmap.environment import clean_environment
from roadmap.site.processes import Processes

TYPED_ADDRESS = re.compile(r"(?:127\.0\.0\.1|localhost):8000")
TYPED = "127.0.0.1:8000"
# Seconds, far more than a slow and busy machine needs: a command that takes longer hangs.
WITHIN = 600.0

_NAME = re.compile(r"\$\{?(\w+)\}?")
_QUOTED_OR_NAME = re.compile(rf"""'[^']*'|"(?:\\.|[^"\\])*"|\\.|{_NAME.pattern}""", re.DOTALL)


class ShellError(CourseError):
    """A command cannot be run here; the message says what can."""


@dataclass
class Shell:
    """Runs commands in `folder`; what is typed as port 8000 goes to the server at `address`."""

    folder: Path
    python: Callable[[], Path]
    address: str
    env: Mapping[str, str]
    variables: dict[str, str] = field(default_factory=dict)
    processes: Processes = field(default_factory=Processes)

    def run(self, command: str) -> list[str]:
        """The lines that a command prints. Raises ShellError."""
        if captured := re.fullmatch(r"(\w+)=\$\((.*)\)", command, re.DOTALL):
            self.variables[captured[1]] = "\n".join(self.run(captured[2]))
            return []
        if given := re.fullmatch(r"(\w+)=(\S+)", command):
            self.variables[given[1]] = given[2]
            return []
        text = ""
        for words in _pipeline(_expanded(command, self.variables)):
            text = self._run_one(words, text)
        return text.replace("\r", "").replace(self.address, TYPED).rstrip("\n").splitlines()

    def _run_one(self, words: list[str], text: str) -> str:
        env = dict(self.env)
        while words and (given := re.fullmatch(r"([A-Z_]+)=(.*)", words[0], re.DOTALL)):
            env[given[1]] = given[2]
            words = words[1:]
        match words:
            case ["curl", *options]:
                curl = shutil.which("curl")
                if not curl:
                    raise ShellError("curl was not found: install it to run the console blocks")
                there = [TYPED_ADDRESS.sub(self.address, option) for option in options]
                # `-q` first: what a person has in ~/.curlrc changes nothing.
                return self._call([curl, "-q", "--no-progress-meter", *there], text, env)
            case ["uv", "run", "python", *options] | ["python", *options]:
                return self._call([str(self.python()), *options], text, env)
            case ["uv", "run", module, *options]:
                return self._call([str(self.python()), "-m", module, *options], text, env)
            case ["jq", *options]:
                return _jq(options, text)
            case ["cat", name]:
                if not (self.folder / name).is_file():
                    raise ShellError(f"there is no file {name!r} where the server runs")
                return (self.folder / name).read_text(encoding="utf-8")
        raise ShellError(f"a console block can run {(__doc__ or '').split('`', 1)[1].strip()}")

    def _call(self, command: Sequence[str], text: str, env: Mapping[str, str]) -> str:
        env = clean_environment(env)
        try:
            return self.processes.run(
                command, folder=self.folder, env=env, text=text, within=WITHIN
            ).stdout
        except subprocess.TimeoutExpired as error:
            said = f"`{' '.join(command)}` gave no answer within {WITHIN:.0f} s"
            raise ShellError(said) from error


def _expanded(command: str, variables: Mapping[str, str]) -> str:
    """The command with its `$NAME`s replaced, but for those between single quotes."""

    def value(name: re.Match[str]) -> str:
        if name[1] not in variables:
            raise ShellError(f"${name[1]} is not set: write {name[1]}=$(…) above")
        return variables[name[1]]

    def quoted(name: re.Match[str]) -> str:
        return re.sub(r'([\\"])', r"\\\1", value(name))

    def part(found: re.Match[str]) -> str:
        if found[0].startswith('"'):
            return _NAME.sub(quoted, found[0])
        return value(found) if found[1] else found[0]

    return _QUOTED_OR_NAME.sub(part, command)


def _pipeline(command: str) -> list[list[str]]:
    words = shlex.shlex(command, posix=True, punctuation_chars="|&;<>")
    words.whitespace_split = True
    words.commenters = ""
    found: list[list[str]] = [[]]
    try:
        for word in words:
            if word == "|":
                found.append([])
            elif set(word) <= set("|&;<>") and word:
                raise ShellError(f"{word!r} is not understood: put it between quotes")
            else:
                found[-1].append(word)
    except ValueError as error:
        raise ShellError(f"{command!r} cannot be read: {error}") from error
    return found


def _jq(options: Sequence[str], text: str) -> str:
    """`jq`, `jq .a.b[0]` and `-r`, which prints a text without its quotes."""
    try:
        value: Any = json.loads(text)
    except ValueError as error:
        raise ShellError(f"jq was given no JSON: {text[:200]!r}") from error
    path = next((option for option in options if option.startswith(".")), ".")
    for name, index in re.findall(r"([A-Za-z_]\w*)|\[(\d+)\]", path):
        try:
            value = value[name] if name else value[int(index)]
        except (KeyError, IndexError, TypeError) as error:
            raise ShellError(f"jq found no {path} in {text[:200]!r}") from error
    if "-r" in options and isinstance(value, str):
        return value
    return json.dumps(value, indent=2, ensure_ascii=False)
