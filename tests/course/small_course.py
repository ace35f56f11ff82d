"""A course of two stages and one page, to break the proofs with."""

from pathlib import Path

from roadmap.course import Course
from roadmap.site.pages import Page, read_pages

PYPROJECT = '[project]\nname = "blog"\ndependencies = []\n\n[dependency-groups]\ndev = []\n'

OLD = '''\
"""The blog."""

import json


def greet():
    return "hello"


def part():
    return "bye"
'''

NEW = '''\
"""The blog."""

import json
import os


class Post:
    """A post."""

    title = "Untitled"

    def publish(self):
        return True


def greet():
    return "good morning"
'''

WHOLE = """\
# Two

```piece
file: app/main.py
symbol: imports
```

```piece
file: app/main.py
```

```piece
file: app/empty.py
```
"""

PAGE = "docs/stages/02-two.md"


class SmallCourse:
    """`greet` changes, `Post` comes, `part` goes, and so comes an empty file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("stages/01-one/pyproject.toml", PYPROJECT)
        self.write("stages/01-one/app/main.py", OLD)
        self.write("stages/02-two/pyproject.toml", PYPROJECT)
        self.write("stages/02-two/app/main.py", NEW)
        self.write("stages/02-two/app/empty.py", "")
        self.write(PAGE, WHOLE)

    def write(self, path: str, text: str) -> None:
        """Put a file below the root."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())

    def page(self, *pieces: str, after: str = "") -> Page:
        """The page of stage 2 with these pieces alone."""
        blocks = [f"```piece\n{piece.strip()}\n```" for piece in pieces]
        self.write(PAGE, "\n\n".join(["# Two", *blocks, after]) + "\n")
        return self.pages[0]

    @property
    def pages(self) -> list[Page]:
        return read_pages(Course(self.root))
