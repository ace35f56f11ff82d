"""The site, a browser, and the tabs that look at it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect
from playwright.sync_api import Error as PlaywrightError

from roadmap.course import ROOT

from .browsers import NO_BROWSER, NoBrowser, system_browser
from .serving import pages, served

IN_PAGE = Path(__file__).with_name("in_page.js").read_text(encoding="utf-8")
PATIENCE = 20_000
"""Milliseconds: a machine may be busy with other things."""

expect.set_options(timeout=PATIENCE)

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


@dataclass
class Visit:
    """A page in a tab of its own, and what happened since it was opened."""

    page: Page
    site: str
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    """The addresses outside the site that the page asked for."""

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", self._fail)
        self.page.on("request", self._ask)
        self.page.on("response", self._answer)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url')})")

    def _fail(self, error: PlaywrightError) -> None:
        self.errors.append(str(error))

    def _ask(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.elsewhere.append(request.url)

    def _answer(self, response: Response) -> None:
        if not response.ok and response.status != 304:
            self.errors.append(f"{response.status} {response.url}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("site", "the site in a browser").addoption(
        "--site",
        metavar="DIR",
        type=Path,
        help="look at this built site (default: build it); written --site=DIR",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for a `path` once for every page."""
    if "path" in metafunc.fixturenames:
        found = pages(_site(metafunc.config.getoption("--site")))
        metafunc.parametrize("path", found, ids=[path or "/" for path in found], scope="module")


@pytest.fixture(scope="session")
def site(pytestconfig: pytest.Config) -> Iterator[str]:
    """The address of the built site, which ends with a slash."""
    with served(_site(pytestconfig.getoption("--site"))) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one browser of the run."""
    try:
        with system_browser() as browser:
            yield browser
    except NoBrowser as error:
        pytest.exit(str(error), returncode=NO_BROWSER)


@pytest.fixture(scope="module")
def open_tab(browser: Browser, site: str) -> Iterator[Callable[[str], Visit]]:
    """Opens a page as somebody who was never here: nothing is stored, nothing is moving."""
    contexts = []

    def open_tab(path: str) -> Visit:
        context = browser.new_context(base_url=site, reduced_motion="reduce")
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.add_init_script(IN_PAGE)
        visit = Visit(context.new_page(), site)
        visit.page.set_default_timeout(PATIENCE)
        visit.page.goto(path)
        return visit

    yield open_tab
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """The accessibility checker, as a script."""
    return AXE


@cache
def _site(given: Path | None) -> Path:
    """The folder of the built site: the one that is given, or else built now."""
    if given is None:
        command = [sys.executable, "-m", "roadmap.site", "build"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.exit(f"the site cannot be built:\n{done.stdout}{done.stderr}", returncode=2)
    folder = given or ROOT / "build" / "site"
    if not (folder / "index.html").is_file():
        pytest.exit(f"{folder} holds no built site: `nox -s docs` makes one", returncode=2)
    return folder
