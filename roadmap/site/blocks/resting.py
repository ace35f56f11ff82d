"""Where the app runs on the way of a stage: a checkpoint; a waypoint, which is a place to rest."""

from html import escape

from roadmap.course import Waypoint
from roadmap.site.blocks.terminal import command_html
from roadmap.site.difference.replay import replay
from roadmap.site.difference.way import folders_of_tests, leg_of
from roadmap.site.pages import Block, Page


def tests_of(page: Page, block: Block) -> list[str]:
    """The tests that pass at a checkpoint or waypoint. Raises PageError if there is no such file.

    They are those of the state to which this leg of the way leads.
    """
    page.stage_of(block, None)
    state = leg_of(page, block).after
    if block.kind == "waypoint":
        assert isinstance(state, Waypoint)
        return state.tests
    tests = [line.strip() for line in block.body.split("\n") if line.strip()]
    if not tests:
        raise block.error("a checkpoint names the tests that pass: `tests/test_posts.py`")
    there = [path for path in state.sources() if path.startswith("tests/test_")]
    for number, test in enumerate(tests, start=1):
        if test.partition("::")[0] not in there:
            raise block.error(
                f"there is no {test} in {state.name}: there are {', '.join(there)}", number
            )
    return tests


def checkpoint_html(page: Page, block: Block) -> str:
    """A box that says what works now, and how to see it."""
    tests = tests_of(page, block)
    said = "The app runs at this point, and these tests pass."
    if not _are_typed(page, block, tests):
        folders = ", and over it ".join(
            f"<code>{escape(path)}</code>" for path in folders_of_tests(page, block)
        )
        said += (
            " Some of them come later. To run them now, make a copy of your folder, and put"
            f" {folders} of the course into the copy."
        )
    command = _command("Tests of this checkpoint", tests)
    return f'<div class="checkpoint"><p><strong>Checkpoint.</strong> {said}</p>{command}</div>'


def _are_typed(page: Page, block: Block, tests: list[str]) -> bool:
    """Whether the reader has all of these tests in their folder by now."""
    files = replay(page, [], until=block)
    names = [test.partition("::")[::2] for test in tests]
    return all(
        f"def {name}(" in files.get(file, "") if name else file in files for file, name in names
    )


def waypoint_html(page: Page, block: Block) -> str:
    """A box that says that this is a place to rest, and how to see that all is well."""
    tests = tests_of(page, block)
    state = leg_of(page, block).after
    folder = state.folder.relative_to(page.course.root).as_posix()
    return (
        f'<div class="checkpoint waypoint" id="waypoint-{escape(state.name)}"><p>'
        "<strong>A place to rest.</strong> The app is whole at this point. It runs, and its tests"
        " pass. The course keeps a copy of the files that will change again, as they are now,"
        f" in <code>{escape(folder)}</code>."
        f"</p>{_command('Tests of this waypoint', tests)}</div>"
    )


def _command(label: str, tests: list[str]) -> str:
    command = " ".join(["uv run pytest", *([] if tests == ["tests"] else tests)])
    return command_html(label, command)
