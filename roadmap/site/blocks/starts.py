"""What a reader starts so that a console block begins for them as it begins here."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from shlex import quote

from roadmap.course import Waypoint, has_migrations
from roadmap.site.blocks.console import Target, Turn, target, turns
from roadmap.site.blocks.powershell import setting_in_powershell, unset_in_powershell
from roadmap.site.difference.pieces import way_pieces
from roadmap.site.difference.way import folders_of_tests, leg_of
from roadmap.site.pages import Block, Page

SERVE = "uv run fastapi dev"
UPGRADE = "uv run alembic upgrade head"
PORT = ":8000"
TESTS = "tests/"
WITHOUT_PROJECT = "uv run --with fastapi --with uvicorn uvicorn app.main:app --reload"
PROJECT = "pyproject.toml"
DATABASE = "app/database.py"
SQLITE = "sqlite:///"
OWN_DATA = "DATABASE_URL"
"""The setting that names the data: with it, the page says where they come from."""

Setting = tuple[str, str]


@dataclass(frozen=True)
class Start:
    """A sentence above a block, and the command that makes it true in bash and in PowerShell."""

    said: str
    command: str = ""
    powershell: tuple[str, ...] = ()


@dataclass
class _Reader:
    """What runs at a reader's, and what they have set, while they go down the page."""

    running: object = None
    data: object = None
    """The server whose data are in `blog.db`."""
    seen: set[object] = field(default_factory=set)
    exported: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=lambda: {""})
    """The databases of their own that blocks have begun with."""


@lru_cache(maxsize=64)
def starts(page: Page) -> Mapping[int, list[Start]]:
    """What the page's console blocks say above their commands, by the lines of the blocks.

    A block that goes on with the server and the data of the block before says nothing.
    """
    reader = _Reader()
    lasting = _lasting(page)
    return {block.line: list(_starts(page, block, reader, lasting)) for block in page.of("console")}


def asks_a_server(block: Block) -> bool:
    """Whether a command of the block sends a request."""
    return any(PORT in turn.command for turn in turns(block))


def _names_tests(turn: Turn) -> bool:
    return "pytest" not in turn.command or TESTS in turn.command


def _lasting(page: Page) -> set[Setting]:
    """The settings of most blocks that have any: a reader sets them once."""
    given = [target(block).settings.items() for block in page.of("console")]
    counts = Counter(setting for settings in given for setting in settings)
    most = max(2, len([settings for settings in given if settings]) // 2 + 1)
    return {one for one, count in counts.items() if count >= most and one[0] != OWN_DATA}


def _starts(page: Page, block: Block, reader: _Reader, lasting: set[Setting]) -> Iterator[Start]:
    asked = target(block)
    settings = tuple(asked.settings.items())
    server: object = (asked.server, settings, block.line if asked.server == "here" else 0)
    if asked.tests and page.stage:
        if isinstance(leg_of(page, block).after, Waypoint) and not all(
            map(_names_tests, turns(block))
        ):
            raise block.error("before a waypoint such a block names its tests: some come later")
        folders = " and over it ".join(f"`{path}`" for path in folders_of_tests(page, block))
        yield Start(
            f"With tests that you have not typed yet: put {folders} of the course into a copy of"
            " your folder."
        )
    new = {
        name: value
        for name, value in settings
        if (name, value) in lasting and name not in reader.exported
    }
    if new:
        reader.exported |= new
        yield _exported(new)
    own = {name: value for name, value in settings if reader.exported.get(name) != value}
    if asks_a_server(block):
        if asked.server == "here" and not _is_typed(page, block, DATABASE):
            has_project = _is_typed(page, block, PROJECT)
            server = f"in memory, {has_project}"
            if server != reader.running:
                yield _in_memory(reader, has_project=has_project)
        elif server != reader.running:
            is_new = server not in reader.seen
            if asked.server != "before" and OWN_DATA not in own:
                if not is_new and reader.data != server:
                    raise block.error(
                        "this block goes on with data that a block between has deleted: put the"
                        " blocks of one server together, or give this one data of its own"
                    )
                reader.data = server
            migrated = _is_migrated(page, block)
            yield _server(page, Target(asked.server, own), reader, is_new=is_new, migrated=migrated)
        reader.running = server
        reader.seen.add(server)
    elif asked.server == "before" and server != reader.running and page.before:
        yield Start(f"With the code of stage {page.before.number}.")


def _is_migrated(page: Page, block: Block) -> bool:
    """Whether Alembic is set up in the code that the block's server runs."""
    if page.stage is None or not has_migrations(page.stage.folder):
        return False
    if target(block).server != "here" or (page.before and has_migrations(page.before.folder)):
        return True
    return any(
        line.is_added and line.text.startswith("[tool.alembic]")
        for _, piece in way_pieces(page)
        if page.position(piece.block) < page.position(block)
        for line in piece.lines
    )


def _is_typed(page: Page, block: Block, file: str) -> bool:
    """Whether a piece above the block shows the file; from stage 2 on all such files are there."""
    if page.before:
        return True
    return any(
        piece.change.path == file and page.position(piece.block) < page.position(block)
        for _, piece in way_pieces(page)
    )


def _in_memory(reader: _Reader, *, has_project: bool) -> Start:
    """A server without a database begins anew by itself, whenever a file is saved."""
    said = "Restart the server:" if reader.running else "Start the server:"
    return Start(said, SERVE if has_project else WITHOUT_PROJECT)


def _server(page: Page, asked: Target, reader: _Reader, *, is_new: bool, migrated: bool) -> Start:
    address = asked.settings.get(OWN_DATA, "")
    file = address.removeprefix(SQLITE).partition("?")[0] if address.startswith(SQLITE) else ""
    own = "" if file in reader.files else file
    reader.files.add(file)
    if asked.server == "before" and page.before:
        folder = page.before.folder.relative_to(page.course.root).as_posix()
        stop = "Stop your server. " if reader.running else ""
        said = (
            f"Asks stage {page.before.number}: your own code of that stage will do. {stop}"
            "Or in a clone of the course:"
        )
        emptied = own if address else f"{folder}/blog.db" if is_new else ""
        commands = [f"uvx nox -s serve -- {page.before.number}"]
        return _started(said, asked.settings, commands, emptied=emptied)
    then = "Restart the server:" if reader.running else "Start the server:"
    commands = [UPGRADE, SERVE] if migrated else [SERVE]
    if address:
        said = f"Has data of its own. {then}"
        return _started(said, asked.settings, commands, emptied=own)
    if not is_new:
        return _started(f"Goes on with the data from above. {then}", asked.settings, [SERVE])
    said = f"Begins with an empty database. {then}"
    return _started(said, asked.settings, commands, emptied="blog.db")


def _started(
    said: str, settings: Mapping[str, str], commands: Sequence[str], *, emptied: str = ""
) -> Start:
    bash = [f"{_given(settings)} {command}".strip() for command in commands]
    powershell = [setting_in_powershell(name, value) for name, value in settings.items()]
    run = " && ".join(commands)
    if settings:  # a setting of PowerShell stays after the command
        run = f"try {{ {run} }} finally {{ {unset_in_powershell(settings)} }}"
    if emptied:
        bash.insert(0, f"rm -f {quote(emptied)}")
        powershell.append(f"Remove-Item {emptied} -ErrorAction Ignore")
    command = " && ".join(bash)
    return Start(said, command, () if run == command else (*powershell, run))


def _exported(settings: Mapping[str, str]) -> Start:
    powershell = [setting_in_powershell(name, value) for name, value in settings.items()]
    said = "Once, in both terminals:"
    return Start(said, f"export {_given(settings)}", tuple(powershell))


def _given(settings: Mapping[str, str]) -> str:
    return " ".join(f"{name}={quote(value)}" for name, value in settings.items())
