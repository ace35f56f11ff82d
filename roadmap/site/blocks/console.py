"""Console blocks: what a person types and what comes back, as text, as HTML and as a comparison."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from roadmap.site.blocks.highlight import code_html
from roadmap.site.pages import Block, Page

PROMPT = "$ "
ANYTHING = "…"

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


def target(block: Block) -> Target:
    """What the block's options say. Raises PageError."""
    for name in block.options.keys() - {"server", "env"}:
        raise block.error(f"a console has no option {name!r}, but `server` and `env`")
    server = block.options.get("server", "stage")
    if server not in {"stage", "before", "here"}:
        raise block.error('a console talks to server="before" or "here", or to this stage')
    settings = block.options.get("env", "").split()
    if not all("=" in setting for setting in settings):
        raise block.error('`env` is written env="NAME=value OTHER=value"')
    return Target(server, dict(setting.split("=", 1) for setting in settings))


def turns(block: Block) -> list[Turn]:
    """The block's commands in order. Raises PageError if it begins with something else."""
    found: list[Turn] = []
    typed: list[str] = []
    answer: list[str] = []
    begins = 0
    for number, line in enumerate(block.body.rstrip("\n").split("\n"), start=1):
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


def written(block: Block, answers: Sequence[Sequence[str]]) -> list[str]:
    """The block's body with other answers."""
    lines: list[str] = []
    for turn, answer in zip(turns(block), answers, strict=True):
        lines += [PROMPT + turn.typed[0], *turn.typed[1:], *answer]
    return lines


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


def console_html(page: Page, block: Block) -> str:
    """The block, as a terminal shows it; a prompt is no text, so that it is never copied."""
    rows = []
    for turn in turns(block):
        first, *more = code_html("\n".join(turn.typed), "bash").split("\n")
        rows.append(f'<span class="typed"><span class="prompt" data-n="$"></span>{first}')
        rows[-1] += "".join(f"\n{line}" for line in more) + "</span>"
        if turn.answer:
            rows.append(f"<samp>{_answer_html(turn.answer)}</samp>")
    return (
        f'<figure class="console">{_caption(page, block)}<div class="highlight">'
        '<pre class="console-code" tabindex="0" role="group" aria-label="Console">'
        f"<code>{chr(10).join(rows)}</code></pre></div></figure>"
    )


def _caption(page: Page, block: Block) -> str:
    said = []
    if target(block).server == "before" and page.before:
        said.append(f"against stage {page.before.name}")
    if "env" in block.options:
        said.append(f"the server was started with {block.options['env']}")
    return f"<figcaption>{escape(', '.join(said))}</figcaption>" if said else ""


def _answer_html(answer: Sequence[str]) -> str:
    """JSON in its colours from the first line that begins with a bracket; what else as it is."""
    start = next((at for at, line in enumerate(answer) if line[:1] in {"{", "["}), len(answer))
    plain = [escape(line) for line in answer[:start]]
    coloured = [code_html("\n".join(answer[start:]), "json")] if start < len(answer) else []
    return "\n".join([*plain, *coloured])


def tests_of(page: Page, block: Block) -> list[str]:
    """The tests that a checkpoint names. Raises PageError if there is no such file."""
    stage = page.stage_of(block, None)
    tests = [line.strip() for line in block.body.split("\n") if line.strip()]
    if not tests:
        raise block.error("a checkpoint names the tests that pass: `tests/test_posts.py`")
    for number, test in enumerate(tests, start=1):
        if not (stage.folder / test.partition("::")[0]).is_file():
            there = ", ".join(f"tests/{f.name}" for f in stage.folder.glob("tests/test_*.py"))
            raise block.error(f"there is no {test} in {stage.name}: there are {there}", number)
    return tests


def checkpoint_html(page: Page, block: Block) -> str:
    """A box that says what works now, and how to see it."""
    tests = tests_of(page, block)
    assert page.stage
    command = escape(" ".join(["uv run pytest", *tests]))
    folder = escape(f"{page.stage.folder.parent.name}/{page.stage.name}".removeprefix("./"))
    return (
        '<div class="checkpoint"><p><strong>Checkpoint.</strong> The app runs at this point, and'
        " these tests pass. Until you have typed them, take the folder"
        f" <code>{folder}/tests</code>, its <code>conftest.py</code> too:</p>"
        '<figure class="console"><div class="highlight"><pre class="console-code" tabindex="0"'
        ' role="group" aria-label="Tests of this checkpoint"><code><span class="typed">'
        f'<span class="prompt" data-n="$"></span>{command}</span></code></pre></div></figure></div>'
    )
