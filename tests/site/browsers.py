"""The system's own Chromium, found by name: nothing is downloaded."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserType, sync_playwright
from playwright.sync_api import Error as PlaywrightError

NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge", "msedge",
)  # fmt: skip
CHANNELS = ("chrome", "msedge")
"""What Playwright looks for where Windows and macOS install programs, off the PATH."""

QUIET = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
"""No graphics card, and no way out of this machine."""

ADVICE = """\
The browser tests need Chromium, Chrome or Edge, and {reason}.
  Debian, Ubuntu   apt-get install chromium
  Fedora           dnf install chromium
  macOS            brew install --cask google-chrome
  Windows          winget install Google.Chrome
Then run `nox -s browser` again."""


NO_BROWSER = 77
"""The exit code of a run without a browser."""


class NoBrowser(Exception):
    """There is none, or none that starts; the message says what to install."""


@contextmanager
def system_browser() -> Iterator[Browser]:
    """The first browser of this machine that starts, without a window. Raises NoBrowser."""
    with sync_playwright() as playwright:
        browser = _launch(playwright.chromium)
        try:
            yield browser
        finally:
            browser.close()


def _launch(chromium: BrowserType) -> Browser:
    programs = [program for name in NAMES if (program := shutil.which(name))]
    failed = "none is installed"
    for program, channel in [
        *((one, None) for one in programs),
        *((None, one) for one in CHANNELS),
    ]:
        try:
            return chromium.launch(
                executable_path=program, channel=channel, args=QUIET, chromium_sandbox=_sandboxed()
            )
        except PlaywrightError as error:
            if program:
                failed = f"{program} does not start: {error.message}"
    raise NoBrowser(ADVICE.format(reason=failed))


def _sandboxed() -> bool:
    """Chromium refuses to run in its sandbox as root on Linux."""
    return not (sys.platform == "linux" and os.geteuid() == 0)
