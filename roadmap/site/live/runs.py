"""Runs what a page says: its commands on real servers, and the tests of its checkpoints."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from roadmap.copies import Copies
from roadmap.course import Stage, has_migrations
from roadmap.environment import EnvironmentFailed, clean_environment
from roadmap.programs import CannotRun
from roadmap.server import Server, StartError, free_port, upgrade
from roadmap.site.blocks.console import Target, Turn, agrees, target, turns, written
from roadmap.site.blocks.resting import tests_of
from roadmap.site.blocks.scripts import PORT, scripts_above
from roadmap.site.blocks.starts import asks_a_server
from roadmap.site.difference.changes import tree
from roadmap.site.difference.coverage import Exemption
from roadmap.site.difference.replay import replay, write_tree
from roadmap.site.difference.way import leg_of
from roadmap.site.live.shell import TYPED, Shell, ShellError, in_temporary
from roadmap.site.pages import Block, Page, PageError
from roadmap.site.processes import Processes

MANY_PIECES = 5
TESTS = "tests/"
PROJECT = "pyproject.toml"
CANNOT_RUN = (CannotRun, EnvironmentFailed, StartError)
WHOLE_SUITE = "uv run pytest -q"

OwnTests = Callable[[Stage], str | None]
"""What the whole suite of a stage printed elsewhere, or None if it has to run here."""


class PageRun:
    """The servers of one page: all blocks that ask for the same one share it and its data.

    `server="before"` is the stage before, `server="here"` the code as it is typed so far; `env` is
    what the server is started with: `A=1 B=2`. The whole suite of the page's own stage is not run
    where `own_tests` knows what it printed.
    """

    def __init__(
        self,
        page: Page,
        exemptions: Sequence[Exemption],
        folder: Path,
        processes: Processes | None = None,
        own_tests: OwnTests | None = None,
    ) -> None:
        self.page = page
        self.exemptions = exemptions
        self.processes = processes or Processes()
        self._folder = folder
        self._own_tests = own_tests or (lambda _: None)
        self._copies: dict[Stage, Copies] = {}
        self._shells: dict[str, Shell] = {}
        self._servers = ExitStack()
        self._port = free_port()

    def __enter__(self) -> "PageRun":
        return self

    def __exit__(self, *_: object) -> None:
        self._servers.close()

    def answers(self, block: Block) -> Iterator[list[str]]:
        """The real answers of a block, one for each of its commands. Raises PageError."""
        for turn in turns(block):
            try:
                yield self._answer(block, turn)
            except (ShellError, *CANNOT_RUN) as error:
                raise block.error(str(error), turn.line) from error

    def _answer(self, block: Block, turn: Turn) -> list[str]:
        if turn.command == WHOLE_SUITE and target(block) == Target("stage", {}):
            printed = self._own_tests(self.page.stage_of(block, None))
            if printed is not None:
                return printed.rstrip("\n").splitlines()
        return self._shell(block).run(turn.command)

    def copies(self, name: str) -> Copies:
        """`before`, or the page's own stage."""
        stage = self.page.before if name == "before" else self.page.stage
        assert stage
        if stage not in self._copies:
            root = self._folder / stage.name
            root.mkdir()
            self._copies[stage] = Copies(stage.folder, root)
        return self._copies[stage]

    def typed_so_far(self, block: Block, *, tests: bool = False) -> Path:
        """A folder with the code that the pieces above a block make.

        With `tests` it has all tests of the state that this leg of the way leads to.
        """
        folder = self.copies("stage").copy()
        shutil.rmtree(folder)
        files = replay(self.page, self.exemptions, until=block)
        if tests:
            files = {path: text for path, text in files.items() if not path.startswith(TESTS)}
            goal = tree(leg_of(self.page, block).after)
            files |= {path: text for path, text in goal.items() if path.startswith(TESTS)}
        write_tree(files, folder)
        return folder

    def copies_of(self, typed: Path) -> Copies:
        """What runs the code that is typed so far, with what its own `pyproject.toml` asks for."""
        if not (typed / PROJECT).is_file():
            return self.copies("stage")
        return Copies(typed, typed)

    def has_passed(self, block: Block) -> bool:
        """Whether the code so far is the whole stage, and its own tests have passed elsewhere."""
        stage = self.page.stage
        if stage is None or self._own_tests(stage) is None:
            return False
        return replay(self.page, self.exemptions, until=block) == tree(stage)

    def start(self, server: Server) -> None:
        """Start a server, and stop it if the program is stopped meanwhile. Raises StartError."""
        with self.processes.ended_by(server.stop):
            server.start()

    def _shell(self, block: Block) -> Shell:
        asked = target(block)
        if self.page.stage is None or (asked.server == "before" and self.page.before is None):
            raise block.error("there is no stage to run this against")
        key = f"{asked} {block.line if asked.server == 'here' else ''}"
        if key not in self._shells:
            self._shells[key] = self._new_shell(block, asked)
        for path in scripts_above(self.page, block):
            text = path.read_text(encoding="utf-8").replace(PORT, str(self._port))
            (self._shells[key].folder / path.name).write_text(text, encoding="utf-8")
        return self._shells[key]

    def _new_shell(self, block: Block, asked: Target) -> Shell:
        if asked.server == "here":
            folder = self.typed_so_far(block, tests=asked.tests)
            copies = self.copies_of(folder)
        else:
            copies = self.copies(asked.server)
            folder = copies.copy()
        temporary = f"{self._folder.as_posix()}/"
        settings = in_temporary(asked.settings, temporary)
        address = TYPED
        if asked.tests:
            pass  # code whose tests are to fail may not even start
        elif asked.server == "here" and has_migrations(folder) and not asks_a_server(block):
            done = upgrade(folder, copies.python, copies.variables(folder, settings))
            if done.status:
                raise StartError(f"`alembic upgrade head` failed:\n{done.output}")
        else:
            server = copies.server(folder=folder, env=settings)
            self._servers.callback(server.stop)
            self.start(server)
            address = server.url.removeprefix("http://")
        return Shell(
            folder, lambda: copies.python, address, settings, temporary, processes=self.processes
        )


def prove_console(run: PageRun) -> list[str]:
    """Every command of the page, executed, answers what the page says."""
    failures = []
    for block in run.page.of("console"):
        try:
            answers = list(run.answers(block))
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
            for turn, real in zip(turns(block), run.answers(block), strict=True)
        ]
        new[block.line] = (block, written(block, answers))
    for line, (block, body) in sorted(new.items(), reverse=True):
        indent = " " * block.indent
        length = len(block.body.split("\n"))
        lines[line : line + length] = [f"{indent}{text}".rstrip() for text in body]
    return "\n".join(lines)


def prove_checkpoints(run: PageRun) -> list[str]:
    """At each checkpoint and waypoint the code so far starts, and the tests named there pass.

    This is also what proves the order of the pieces: from one of these places to the next.
    """
    page = run.page
    failures = []
    places = [block for block in page.blocks if block.kind in {"checkpoint", "waypoint"}]
    if len(page.of("piece")) > MANY_PIECES and not places:
        failures.append(
            f"{page.name}: {len(page.of('piece'))} pieces and no checkpoint, so nothing proves"
            " their order: add one where the app runs"
        )
    for block in places:
        if not run.has_passed(block):
            failures += [str(block.error(message)) for message in _check(run, block)]
    return failures


def _check(run: PageRun, block: Block) -> Iterator[str]:
    here = run.typed_so_far(block, tests=True)
    copies = run.copies_of(here)
    try:
        server = copies.server(folder=here)
        run.start(server)
        server.stop()
    except CANNOT_RUN as error:
        yield f"the app does not run at this {block.kind}: {error}"
        return
    options = ["-q", "-p", "no:cacheprovider"]
    done = run.processes.run(
        [str(copies.python), "-m", "pytest", *options, *tests_of(run.page, block)],
        folder=here, env=clean_environment(),
    )  # fmt: skip
    if done.returncode:
        tail = "\n".join(done.stdout.rstrip().splitlines()[-25:])
        yield f"these tests do not pass at this {block.kind}: move it, or a piece\n{tail}"
