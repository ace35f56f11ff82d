"""Console blocks: what a person types and what comes back, and whether two answers agree."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from roadmap.site.pages import Block

PROMPT = "$ "
ANYTHING = "…"
OPTIONS = {"server", "env", "predict", "tests"}
WRONG_CHOICE = "- "
REASON = "> "

VARIES: Sequence[tuple[str, str]] = [
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", "<time>"),
    (r"(?i)(?<=^date: ).*", "<date>"),
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<uuid>"),
    (r"\beyJ[\w-]+\.[\w-]+\.[\w-]*", "<token>"),
    (r"\beyJ[\w.-]*…", "<token>"),
    (r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}", "<hash>"),
    (r"(?<=\ds) \(\d+:\d\d:\d\d\)", ""),  # pytest, after more than a minute
    (r"\b\d+(\.\d+)?(?= ?(s|ms|seconds)\b)", "<duration>"),
    (r"(?<=127\.0\.0\.1:)\d+", "<port>"),
    (r"(?<=process \[)\d+", "<process>"),
    (r"(?i)(?<=^content-length: )\d+", "<length>"),
    (r"(?i)(?<=^x-process-time: ).*", "<duration>"),
]
"""What differs from one run to the next, and the word that stands for it."""


@dataclass(frozen=True)
class Turn:
    """One command, as it is typed, and its answer. `line` counts the body's lines from 1."""

    typed: tuple[str, ...]
    answer: tuple[str, ...]
    line: int

    @property
    def command(self) -> str:
        """The command in one line."""
        return re.sub(r"\s*\\\n\s*", " ", "\n".join(self.typed))


@dataclass(frozen=True)
class Target:
    """The server that a block talks to, and the settings that it is started with."""

    server: str
    settings: Mapping[str, str]
    tests: bool = False
    """Whether the tests of the finished stage are there."""


def target(block: Block) -> Target:
    """What the block's options say. Raises PageError."""
    for name in block.options.keys() - OPTIONS:
        raise block.error(f"a console has no option {name!r}, but {', '.join(sorted(OPTIONS))}")
    server = block.options.get("server", "stage")
    if server not in {"stage", "before", "here"}:
        raise block.error('a console talks to server="before" or "here", or to this stage')
    settings = block.options.get("env", "").split()
    if not all("=" in setting for setting in settings):
        raise block.error('`env` is written env="NAME=value OTHER=value"')
    tests = block.options.get("tests")
    if tests not in {None, "yes"} or (tests and server != "here"):
        raise block.error('`tests` is written tests="yes", in a block with server="here"')
    return Target(server, dict(setting.split("=", 1) for setting in settings), tests == "yes")


def turns(block: Block) -> list[Turn]:
    """The block's commands in order. Raises PageError if it begins with something else."""
    found: list[Turn] = []
    typed: list[str] = []
    answer: list[str] = []
    begins = 0
    for number, line in enumerate(_transcript(block), start=1):
        if line.startswith(PROMPT):
            if typed:
                found.append(Turn(tuple(typed), tuple(answer), begins))
            typed, answer, begins = [line.removeprefix(PROMPT)], [], number
        elif typed and not answer and typed[-1].endswith("\\"):
            typed.append(line)
        elif typed:
            answer.append(line)
        else:
            raise block.error("a console block begins with a command: `$ curl …`", number)
    found.append(Turn(tuple(typed), tuple(answer), begins))
    return found


def wrong_choices(block: Block) -> list[tuple[int, str]]:
    """The wrong choices of a prediction, with their lines counted from 1."""
    return [(number, line) for number, line in _below(block) if line.startswith(WRONG_CHOICE)]


def reason(block: Block) -> str:
    """Why the right choice is right, in Markdown; empty if the block does not say."""
    said = [line.removeprefix(REASON) for _, line in _below(block) if line.startswith(REASON)]
    return "\n".join(said)


def _below(block: Block) -> list[tuple[int, str]]:
    """The lines below the last answer of a prediction."""
    lines = block.body.rstrip("\n").split("\n")
    number = len(_transcript(block)) + 1
    return list(enumerate(lines[number - 1 :], start=number))


def _transcript(block: Block) -> list[str]:
    """The lines that are typed and answered."""
    lines = block.body.rstrip("\n").split("\n")
    while "predict" in block.options and lines and lines[-1].startswith((WRONG_CHOICE, REASON)):
        lines.pop()
    return lines


def written(block: Block, answers: Sequence[Sequence[str]]) -> list[str]:
    """The block's body with other answers."""
    lines: list[str] = []
    for turn, answer in zip(turns(block), answers, strict=True):
        lines += [PROMPT + turn.typed[0], *turn.typed[1:], *answer]
    return lines + [line for _, line in _below(block)]


def agrees(written: Sequence[str], real: Sequence[str]) -> bool:
    """Whether an answer is the written one: `…` stands for anything, alone for any lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == ANYTHING
        else r".*".join(map(re.escape, line.split(ANYTHING))) + r"\n"
        for line in map(normalised, written)
    )  # fmt: skip
    return re.fullmatch(pattern, "".join(f"{normalised(line)}\n" for line in real)) is not None


def normalised(line: str) -> str:
    """A line of an answer with a word for all that varies."""
    for pattern, word in VARIES:
        line = re.sub(pattern, word, line)
    return line.rstrip()
