"""Checkpoints: places on a page where the app runs, and the tests that pass there."""

import shutil
import subprocess
from collections.abc import Sequence
from html import escape
from pathlib import Path

from roadmap.scratch import Scratch, ScratchError, StartError, clean_environment
from roadmap.site.pages import Block, Page
from roadmap.site.replay import Exemption, replay, write_tree

MANY_PIECES = 5


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
