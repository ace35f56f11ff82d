"""The built site, over HTTP, at the path below which it is published."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree


def pages(site: Path) -> list[str]:
    """The address of every page, relative to the site's own: `stages/01-crud/`."""
    found = (page.relative_to(site).as_posix() for page in site.rglob("*.html"))
    return sorted(page.removesuffix("index.html") for page in found)


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine: its address, which ends with a slash."""
    prefix = _prefix(site)

    class Published(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def translate_path(self, path: str) -> str:
            return super().translate_path("/" + path.removeprefix(prefix))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing: the tests look at what the browser got."""

    def handler(*args: object) -> Published:
        return Published(*args, directory=str(site))  # type: ignore[arg-type]

    with _Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
        server.shutdown()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A tab that closes while it loads is no error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _prefix(site: Path) -> str:
    """The path of the site's own address, by its map: `/`, or `/course/` on GitHub Pages."""
    places = ElementTree.parse(site / "sitemap.xml").findall(".//{*}loc")
    return urlsplit(min((place.text or "" for place in places), key=len, default="")).path or "/"
