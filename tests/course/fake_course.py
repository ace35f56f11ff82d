"""A small course in a git repository of its own, to carry edits in."""

import hashlib
import subprocess
from pathlib import Path

from roadmap.__main__ import main

STAGES = ("stages/01-one", "stages/02-two", "stages/03-three", "final")

PYPROJECT = """\
[project]
name = "blog"
dependencies = []

[dependency-groups]
dev = []
"""

MAIN = """\
TITLE = "Blog"


def greet():
    return "hello"


def part():
    return "bye"
"""


class FakeCourse:
    """Four stages; each of them adds a line to the end of `app/main.py`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def begin(self) -> None:
        """Write and commit the stages."""
        self.root.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        for count, stage in enumerate(STAGES):
            self.write(f"{stage}/pyproject.toml", PYPROJECT)
            self.write(f"{stage}/app/main.py", MAIN + "\n\n# More.\n" * count)
        self.commit()

    def write(self, path: str, content: str | bytes) -> None:
        """Put a file below the root."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())

    def read(self, path: str) -> str:
        """The text of a file below the root, with the line endings that it has."""
        return (self.root / path).read_bytes().decode()

    def edit(self, path: str, old: str, new: str) -> None:
        """Change a text in a file."""
        text = self.read(path)
        assert old in text
        self.write(path, text.replace(old, new))

    def has(self, path: str) -> bool:
        """Whether something lies below the root at `path`."""
        return (self.root / path).exists()

    def commit(self) -> None:
        """Commit all that there is."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=Work")

    def git(self, *arguments: str) -> None:
        """Run git in the repository."""
        subprocess.run(["git", *arguments], cwd=self.root, check=True, capture_output=True)

    def carry(self, *arguments: str) -> int:
        """The exit code of `roadmap carry`."""
        return main(["carry", *arguments], root=self.root)

    def fingerprint(self) -> str:
        """Stands for every folder and every byte, those of git too."""
        parts = [
            f"{path.relative_to(self.root)}:{path.read_bytes().hex() if path.is_file() else ''}"
            for path in sorted(self.root.rglob("*"))
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()
