"""Courses of two stages and one page, to break the proofs with."""

import shutil
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

APP = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/greeting")
def greet() -> str:
    return "hello"
"""

TESTS = """\
from fastapi.testclient import TestClient

from app.main import app


def test_it_is_polite() -> None:
    assert TestClient(app).get("/greeting").json() == "good morning"
"""

MODELS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
"""

PIECES = "```piece\nfile: app/main.py\n```\n\n```piece\nfile: tests/test_it.py\n```\n"

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


def running_course(root: Path) -> SmallCourse:
    """Two stages that run, with the dependencies of the real stage 1: the greeting changes."""
    course = SmallCourse(root)
    shutil.rmtree(course.root / "stages")
    pyproject = Course().stages[0].folder / "pyproject.toml"
    for stage in ("01-one", "02-two"):
        course.write(f"stages/{stage}/pyproject.toml", pyproject.read_text(encoding="utf-8"))
        course.write(f"stages/{stage}/app/models.py", MODELS)
        course.write(f"stages/{stage}/app/main.py", APP)
    course.write("stages/02-two/app/main.py", APP.replace("hello", "good morning"))
    course.write("stages/02-two/tests/test_it.py", TESTS)
    return course
