"""Runs what a page says: its commands on real servers, and the tests of its checkpoints."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from roadmap.course import Stage
from roadmap.scratch import Scratch, ScratchError, StartError, clean_environment
from roadmap.site.blocks.console import Target, agrees, target, tests_of, turns, written
from roadmap.site.difference.coverage import Exemption
from roadmap.site.difference.replay import replay, write_tree
from roadmap.site.live.shell import Shell, ShellError
from roadmap.site.pages import Block, Page, PageError

MANY_PIECES = 5


class PageRun:
    """The servers of one page: all blocks that ask for the same one share it and its data.

    `server="before"` is the stage before, `server="here"` the code as it is typed so far; `env` is
    what the server is started with: `A=1 B=2`.
    """

    def __init__(self, page: Page, exemptions: Sequence[Exemption], folder: Path) -> None:
        self.page = page
        self.exemptions = exemptions
        self._folder = folder
        self._scratches: dict[Stage, Scratch] = {}
        self._shells: dict[str, Shell] = {}
        self._servers = ExitStack()

    def __enter__(self) -> "PageRun":
        return self

    def __exit__(self, *_: object) -> None:
        self._servers.close()

    def run(self, block: Block) -> Iterator[list[str]]:
        """The real answers of a block, one for each of its commands. Raises PageError."""
        for turn in turns(block):
            try:
                yield self._shell(block).run(turn.command)
            except (ShellError, ScratchError, StartError) as error:
                raise block.error(str(error), turn.line) from error

    def scratch(self, name: str) -> Scratch:
        """`before`, or the page's own stage."""
        stage = self.page.before if name == "before" else self.page.stage
        assert stage
        if stage not in self._scratches:
            root = self._folder / stage.name
            root.mkdir()
            self._scratches[stage] = Scratch(stage.folder, root)
        return self._scratches[stage]

    def _shell(self, block: Block) -> Shell:
        asked = target(block)
        if self.page.stage is None or (asked.server == "before" and self.page.before is None):
            raise block.error("there is no stage to run this against")
        key = f"{asked} {block.line if asked.server == 'here' else ''}"
        if key not in self._shells:
            self._shells[key] = self._start(block, asked)
        return self._shells[key]

    def _start(self, block: Block, asked: Target) -> Shell:
        scratch = self.scratch(asked.server)
        folder = scratch.copy()
        if asked.server == "here":
            shutil.rmtree(folder)
            write_tree(replay(self.page, self.exemptions, until=block.line).files, folder)
        server = scratch.server(folder=folder, env=asked.settings)
        self._servers.enter_context(server)
        address = server.url.removeprefix("http://")
        return Shell(folder, lambda: scratch.python, address, asked.settings)


def prove_console(run: PageRun) -> list[str]:
    """Every command of the page, executed, answers what the page says."""
    failures = []
    for block in run.page.of("console"):
        try:
            answers = list(run.run(block))
        except PageError as error:
            failures.append(str(error))
            continue
        for turn, real in zip(turns(block), answers, strict=True):
            if not agrees(turn.answer, real):
                said = "\n".join(["  the page:", *turn.answer, "  today:", *real])
                failures.append(
                    str(block.error(f"`{turn.command}` is answered otherwise\n{said}\n", turn.line))
                    + "  if today's answer is right: `nox -s docs -- update`"
                )
    return failures


def updated(run: PageRun) -> str:
    """The page's text with today's answers where they are not those that it says."""
    lines = run.page.text.split("\n")
    new = {}
    for block in run.page.of("console"):
        answers = [
            list(turn.answer) if agrees(turn.answer, real) else real
            for turn, real in zip(turns(block), run.run(block), strict=True)
        ]
        new[block.line] = (block, written(block, answers))
    for line, (block, body) in sorted(new.items(), reverse=True):
        indent = " " * block.indent
        length = len(block.body.split("\n"))
        lines[line : line + length] = [f"{indent}{text}".rstrip() for text in body]
    return "\n".join(lines)


def prove_checkpoints(page: Page, exemptions: Sequence[Exemption], scratch: Scratch) -> list[str]:
    """At each checkpoint the code typed so far starts, and passes the tests that are named."""
    failures = []
    if len(page.of("piece")) > MANY_PIECES and not page.of("checkpoint"):
        failures.append(
            f"{page.name}: {len(page.of('piece'))} pieces and no checkpoint: add one where the app"
            " runs"
        )
    for block in page.of("checkpoint"):
        here = scratch.copy()
        shutil.rmtree(here)
        write_tree(replay(page, exemptions, until=block.line).files, here)
        failures += [str(block.error(message)) for message in _check(page, block, scratch, here)]
    return failures


def _check(page: Page, block: Block, scratch: Scratch, here: Path) -> list[str]:
    assert page.stage
    try:
        with scratch.server(folder=here):
            pass
    except (ScratchError, StartError) as error:
        return [f"the app does not run at this checkpoint: {error}"]
    # The tests are the stage's, whether they are typed by now or not.
    shutil.rmtree(here / "tests", ignore_errors=True)
    shutil.copytree(page.stage.folder / "tests", here / "tests")
    done = subprocess.run(
        [str(scratch.python), "-m", "pytest", "-q", "-p", "no:cacheprovider",
         *tests_of(page, block)],
        cwd=here, env=clean_environment(), capture_output=True, text=True, encoding="utf-8",
        errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        tail = "\n".join(done.stdout.rstrip().splitlines()[-25:])
        return [f"these tests do not pass at this checkpoint: move it, or a piece\n{tail}"]
    return []
