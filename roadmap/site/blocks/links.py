"""The built site: every link leads somewhere, and nothing is loaded from elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

SITE = "https://site/"
LOADS = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("video", "src")}
LOADING_LINKS = {"stylesheet", "icon", "preload", "preconnect", "dns-prefetch", "modulepreload"}


@dataclass
class _Html(HTMLParser):
    """The ids of a page, what it links to, and what it loads."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    twice: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if "id" in said:
            (self.twice if said["id"] in self.ids else self.ids).add(said["id"])
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        if tag == "link" and LOADING_LINKS & set(said.get("rel", "").split()):
            self.loads.append(said.get("href", ""))
        self.loads += [value for name, value in said.items() if (tag, name) in LOADS]
        self.loads += re.findall(r"url\(([^)]+)\)", said.get("style", ""))


def prove_links(site: Path) -> list[str]:
    """Every address of the site's own that a page names exists, and no page loads another's."""
    pages = {path.relative_to(site).as_posix(): _read(path) for path in site.rglob("*.html")}
    if not pages:
        return [f"there is no page in {site}: build the site first"]
    failures = []
    for name, html in sorted(pages.items()):
        failures += [f"{name}: the id {one!r} is there twice: rename one" for one in html.twice]
        failures += _dead_links(site, name, html, pages)
        failures += [
            f"{name}: loads {address} from elsewhere: keep a copy in docs/assets/"
            for address in html.loads
            if urlsplit(urljoin(SITE + name, address)).netloc not in {"site", ""}
        ]
    for path in sorted(site.rglob("*.css")):
        for address in re.findall(r"url\([\"']?(https?:)?//[^)]+\)", path.read_text("utf-8")):
            failures.append(f"{path.relative_to(site).as_posix()}: loads {address} from elsewhere")
    return failures


def _dead_links(site: Path, name: str, html: _Html, pages: dict[str, _Html]) -> Iterator[str]:
    for link in html.links:
        target = urlsplit(urljoin(SITE + name, link))
        if target.netloc != "site" or target.scheme != "https" or name == "404.html":
            continue
        path = unquote(target.path).lstrip("/")
        path += "index.html" if path.endswith("/") or not path else ""
        if not (site / path).is_file():
            yield f"{name}: the link {link} leads nowhere: there is no {path}"
        elif target.fragment and path in pages and not _has(pages[path], target.fragment):
            yield f"{name}: the link {link} leads nowhere: {path} has no #{target.fragment}"


def _has(html: _Html, fragment: str) -> bool:
    # Material's own: the top of a page, and the drawer.
    return unquote(fragment) in html.ids or fragment.startswith("__")


def _read(path: Path) -> _Html:
    html = _Html()
    html.feed(path.read_text(encoding="utf-8"))
    return html
