"""Every command of a page, given to a real bash and zsh: they read what the course reads."""

import os
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from roadmap.site.blocks.console import Turn, turns
from roadmap.site.blocks.words import Command, ShellError, read_command
from roadmap.site.pages import Block, Page

SHELLS = {
    "bash": ("--noprofile", "--norc", "-i"),
    "zsh": ("-f", "-i"),
}
"""Interactive, as for a person: a `!` between double quotes is a command of the past there."""

ADVICE = "apt-get install {name}, dnf install {name} or brew install {name}"
PROGRAMS = ("curl", "uv", "python", "jq", "cat")
STAND_IN = r"""#!/bin/sh
# Writes the settings and words that it was given, each with a zero byte after it.
{
    for name in $SETTINGS; do
        eval "[ -z \"\${$name+set}\" ] || printf '%s=%s\0' $name \"\$$name\""
    done
    printf '%s\0' "${0##*/}" "$@"
} > "$RECORDS/$NUMBER.$$"
echo 'a  value'
"""
VALUE = "a  value"
"""What each program prints here, and so what each variable holds: a shell may cut it in two."""

WITHIN = 60.0

Words = tuple[str, ...]


def prove_shells(page: Page) -> list[str]:
    """bash and zsh give every program the words that the course's own shell gives it.

    Runs of blanks count as one: after a `\\` inside of quotes a line's indentation is in the word.
    """
    asked = [(block, turn) for block in page.of("console") for turn in turns(block)]
    there = [name for name in SHELLS if shutil.which(name)]
    if not asked or os.name == "nt":
        return []
    failures: list[str] = []
    for name in there:
        given = _given_by(name, [turn for _, turn in asked])
        for (block, turn), (words, said) in zip(asked, given, strict=True):
            failures += _compared(name, block, turn, words, said)
    return failures + [
        str(block.error("curl shows its progress while its answer goes elsewhere: write curl -s",
                        turn.line))
        for block, turn in asked
        if _shows_progress(turn)
    ]  # fmt: skip


def _shows_progress(turn: Turn) -> bool:
    """Whether curl's answer goes to a program or a variable, and its progress to the screen."""
    try:
        command = read_command(turn.command)
    except ShellError:
        return False
    programs = [[word.source for word in program.words] for program in command.programs]
    return any(
        words[:1] == ["curl"]
        and not any(re.fullmatch("-[a-zA-Z]*s[a-zA-Z]*", one) for one in words)
        for words in (programs if command.into else programs[:-1])
    )


def missing_shells() -> list[str]:
    """What to install for a proof in every shell; Windows has neither."""
    if os.name == "nt":
        return []
    return [
        f"{name} was not found, so no command is proven in it: {ADVICE.format(name=name)}"
        for name in SHELLS
        if not shutil.which(name)
    ]


def _compared(name: str, block: Block, turn: Turn, words: Counter[Words], said: str) -> list[str]:
    try:
        expected = Counter(_expected(read_command(turn.command)))
    except ShellError as error:
        return [str(block.error(str(error), turn.line))]
    if expected == words:
        return []
    ours = "\n".join(f"    {list(one)}" for one in expected - words)
    theirs = "\n".join(f"    {list(one)}" for one in words - expected) or "    nothing"
    message = f"{name} reads `{turn.command}` otherwise: put what it changes between '…'"
    return [str(block.error(f"{message}\n  here:\n{ours}\n  {name}:\n{theirs}\n{said}", turn.line))]


def _expected(command: Command) -> Iterator[Words]:
    variables = _AnyValue()
    for program in command.programs:
        settings = [f"{key}={value}" for key, value in program.given(variables).items()]
        yield _one_blank([*settings, *program.values(variables)])


class _AnyValue(dict[str, str]):
    """Every variable is set."""

    def __missing__(self, _: str) -> str:
        return VALUE

    def __contains__(self, _: object) -> bool:
        return True


def _given_by(name: str, asked: Sequence[Turn]) -> list[tuple[Counter[Words], str]]:
    """For each command the words that its programs got, and what the shell complained of.

    The shell finds no program but the stand-ins, so that it runs nothing for real.
    """
    with tempfile.TemporaryDirectory() as folder:
        records, programs = Path(folder, "records"), Path(folder, "programs")
        records.mkdir()
        programs.mkdir()
        for program in PROGRAMS:
            (programs / program).write_text(STAND_IN, encoding="utf-8")
            (programs / program).chmod(0o755)
        done = subprocess.run(
            [str(shutil.which(name)), *SHELLS[name]],
            input="".join(_lines(asked)), capture_output=True, encoding="utf-8", errors="replace",
            cwd=folder, timeout=WITHIN, check=False, start_new_session=True,
            env={"PATH": str(programs), "RECORDS": str(records), "PS1": "",
                 "PS2": "", "HOME": folder, "LC_ALL": "C.UTF-8", "HISTFILE": ""},
        )  # fmt: skip
        said = _complaints(name, done.stderr, len(asked))
        return [(_recorded(records, number), said[number]) for number in range(len(asked))]


def _lines(asked: Sequence[Turn]) -> Iterator[str]:
    variables = {
        found for turn in asked for found in re.findall(r"\$\{?([A-Za-z_]\w*)", turn.command)
    }
    yield "".join(f"{name}='{VALUE}'\n" for name in sorted(variables))
    for number, turn in enumerate(asked):
        try:
            programs = read_command(turn.command).programs
        except ShellError:  # it is named already, and a quote without an end would take the rest in
            continue
        names = " ".join(key for program in programs for key, _ in program.settings)
        yield f"export NUMBER={number} SETTINGS='{names}'; echo '{_mark(number)}' >&2\n"
        yield "\n".join(turn.typed) + "\n"


def _mark(number: int) -> str:
    return f"<command {number}>"


def _recorded(records: Path, number: int) -> Counter[Words]:
    """Programs of one pipe run at the same time: their order says nothing."""
    files = sorted(records.glob(f"{number}.*"))
    return Counter(_one_blank(file.read_text("utf-8").split("\0")[:-1]) for file in files)


def _complaints(name: str, stderr: str, count: int) -> list[str]:
    """What the shell itself said of each command; a shell without a terminal says more."""
    said: list[list[str]] = [[] for _ in range(count)]
    number = -1
    for line in stderr.splitlines():
        if (marks := re.findall(r"<command (\d+)>", line)) and "echo" not in line:
            number = int(marks[-1])
        elif number >= 0 and (at := line.find(f"{name}: ")) >= 0 and "tcsetattr" not in line:
            said[number].append(f"  {line[at:]}")
    return ["\n".join(lines) for lines in said]


def _one_blank(words: Sequence[str]) -> Words:
    return tuple(re.sub(r"\s+", " ", word) for word in words)
