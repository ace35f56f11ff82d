"""A small site with a stage that is told on two pages, in the course's own theme."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config

from roadmap.course import ROOT

from .serving import served

PAGES = {
    "index.md": "# Start\n\n- [One](stages/01-one.md)\n- [Two](stages/02-two.md)\n{ .path }\n",
    "stages/01-one.md": "# Stage 1\n",
    "stages/02-two.md": "# Stage 2\n",
    "stages/02-two/2-more.md": "# Stage 2, more\n",
}
NAVIGATION = [
    {"Start": [{"Start": "index.md"}]},
    {
        "Stages": [
            {"1. One": "stages/01-one.md"},
            {"2. Two": [{"Half": "stages/02-two.md"}, {"More": "stages/02-two/2-more.md"}]},
        ]
    },
]


@contextmanager
def long_stage(folder: Path) -> Iterator[str]:
    """Build the site into `folder` and serve it: its address, which ends with a slash."""
    docs = folder / "docs"
    for name, text in PAGES.items():
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / "docs" / "assets", docs / "assets")
    site = folder / "site"
    build(
        load_config(
            str(ROOT / "mkdocs.yml"), docs_dir=str(docs), site_dir=str(site), nav=NAVIGATION
        )
    )
    with served(site) as address:
        yield address
