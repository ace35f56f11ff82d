"""The little of a shell that console blocks need, the same on every system.

`curl`, `uv run …`, `python …`, `jq .field`, `cat FILE`; pipes; `NAME=$(…)` and `$NAME`;
`NAME=value command`.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from roadmap.environment import clean_environment
from roadmap.site.blocks.words import ShellError, read_command
from roadmap.site.processes import Processes

__all__ = ["Shell", "ShellError"]

TYPED_ADDRESS = re.compile(r"(?:127\.0\.0\.1|localhost):8000")
TYPED = "127.0.0.1:8000"
TEMPORARY = "/tmp/"
# Seconds, far more than a slow and busy machine needs: a command that takes longer hangs.
WITHIN = 600.0


@dataclass
class Shell:
    """Runs commands in `folder`; what is typed as port 8000 goes to the server at `address`.

    What is typed as `/tmp/` is the folder `temporary`, with a slash at its end.
    """

    folder: Path
    python: Callable[[], Path]
    address: str
    env: Mapping[str, str]
    temporary: str = TEMPORARY
    variables: dict[str, str] = field(default_factory=dict)
    processes: Processes = field(default_factory=Processes)

    def run(self, command: str) -> list[str]:
        """The lines that a command prints. Raises ShellError."""
        read = read_command(command)
        if read.value is not None:
            self.variables[read.into] = read.value.value(self.variables)
            return []
        text = ""
        for program in read.programs:
            env = in_temporary({**self.env, **program.given(self.variables)}, self.temporary)
            words = [
                word.replace(TEMPORARY, self.temporary) for word in program.values(self.variables)
            ]
            text = self._run_one(words, text, env)
        text = text.replace("\r", "").replace(self.address, TYPED)
        lines = text.replace(self.temporary, TEMPORARY).rstrip("\n").splitlines()
        if read.into:
            self.variables[read.into] = "\n".join(lines)
            return []
        return lines

    def _run_one(self, words: list[str], text: str, env: Mapping[str, str]) -> str:
        match [TYPED_ADDRESS.sub(self.address, word) for word in words]:
            case ["curl", *options]:
                curl = shutil.which("curl")
                if not curl:
                    raise ShellError("curl was not found: install it to run the console blocks")
                # `-q` first: what a person has in ~/.curlrc changes nothing.
                return self._call([curl, "-q", "--no-progress-meter", *options], text, env)
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


def in_temporary(env: Mapping[str, str], temporary: str) -> dict[str, str]:
    """Settings whose files in `/tmp/` lie in another folder."""
    return {name: value.replace(TEMPORARY, temporary) for name, value in env.items()}


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
