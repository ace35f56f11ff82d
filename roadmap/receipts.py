"""Receipts: what passed here with which inputs, so that it need not run again.

A receipt says too little rather than too much: whoever adds an input to a session adds it to what
that session declares in `noxfile.py`.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from roadmap.course import ROOT, Stage
from roadmap.environment import PLATFORM

RECEIPTS = ".nox/receipts"
EVERY_SESSION = (
    "constraints.txt", "noxfile.py", "pyproject.toml", ".gitignore", "roadmap/*.py",
    "roadmap/postgres", "roadmap/programs",
)  # fmt: skip
PREFIXES = (
    "LANG", "LC_", "MYPY", "PG", "PYTEST_ADDOPTS", "PYTEST_DISABLE", "PYTEST_PLUGINS", "PYTHON",
    "RUFF_", "TZ", "UV_",
)  # fmt: skip
"""Variables whose names begin like this change what tools and apps do, whatever the session."""
LEFT_BEHIND = ("__pycache__", ".*_cache", "*.db", "*.db-*", "*.egg-info", "*.pyc", ".hypothesis")


@dataclass(frozen=True)
class Inputs:
    """What the outcome of a session depends on.

    `paths` are files, patterns and folders below the root; `variables` are names of environment
    variables; `programs` are found on the PATH, and count by their place, size and time.
    """

    paths: tuple[str, ...]
    variables: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()

    def digest(self, root: Path = ROOT) -> str:
        """Stands for all of it as it is now, with the Python and the platform that run this."""
        found = hashlib.sha256()
        for part in self._parts(root):
            found.update(f"{len(part)}:".encode() + part)
        return found.hexdigest()

    def _parts(self, root: Path) -> Iterator[bytes]:
        yield PLATFORM.encode()
        for name in sorted(set(files_of(root, (*EVERY_SESSION, *self.paths)))):
            yield name.encode()
            yield _content(root / name)
        for name in sorted({*self.variables, *filter(_is_a_tools, os.environ)}):
            yield f"{name}={os.environ.get(name)!r}".encode()
        for name in self.programs:
            yield f"{name} {_version(name)}".encode()


def files_of(root: Path, patterns: Iterable[str]) -> Iterator[str]:
    """The files below `root` that these paths and patterns mean, and those in such folders."""
    for pattern in patterns:
        for place in root.glob(pattern):
            name = place.relative_to(root).as_posix()
            if place.is_dir():
                yield from (f"{name}/{file}" for file in _files_below(place))
            else:
                yield name


def _files_below(folder: Path) -> Iterator[str]:
    """All files but those that running programs leave behind: rather too many than too few."""
    for parent, folders, files in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if not _is_left_behind(name) and not Path(parent, name, "pyvenv.cfg").exists()
        ]
        for name in files:
            if not _is_left_behind(name):
                yield Path(parent, name).relative_to(folder).as_posix()


def _is_left_behind(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in LEFT_BEHIND)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:  # a link that leads nowhere, a file that nobody may read
        return repr(error).encode()


def _is_a_tools(name: str) -> bool:
    return name.startswith(PREFIXES)


def _version(program: str) -> str:
    place = shutil.which(program)
    if not place:
        return "is not there"
    about = Path(place).resolve().stat()
    return f"{place} {about.st_size} {about.st_mtime_ns}"


@dataclass(frozen=True)
class Receipt:
    """The note in `file` that a session passed; `outputs` are the files and folders it made."""

    file: Path
    inputs: Inputs
    outputs: tuple[str, ...] = ()
    root: Path = ROOT

    def holds(self) -> bool:
        """Whether the session passed with today's inputs, and what it made is still there."""
        try:
            return bool(json.loads(self.file.read_text("utf-8")) == self._today())
        except (OSError, ValueError):
            return False

    def take_back(self) -> str:
        """Forget that the session passed: it runs now, and may fail. Returns its inputs' digest."""
        self.file.unlink(missing_ok=True)
        return self.inputs.digest(self.root)

    def write(self, inputs: str) -> None:
        """Note that the session passed with the inputs whose digest it began with.

        Inputs that have changed since then were perhaps not seen: nothing is noted.
        """
        if inputs == self.inputs.digest(self.root):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text(json.dumps(self._today()), "utf-8")

    def _today(self) -> dict[str, str]:
        made = Outputs(self.outputs).digest(self.root)
        return {"inputs": self.inputs.digest(self.root), "outputs": made}


@dataclass(frozen=True)
class Outputs:
    """What a session made."""

    paths: tuple[str, ...]

    def digest(self, root: Path) -> str:
        """Stands for every file of it, by name and content."""
        found = hashlib.sha256()
        for path in self.paths:
            place = root / path
            files = sorted(file for file in (place, *place.rglob("*")) if file.is_file())
            for file in files:
                content = hashlib.sha256(file.read_bytes()).hexdigest()
                found.update(f"{file.relative_to(root).as_posix()} {content}\n".encode())
        return found.hexdigest()


def receipt_of(
    session: str, inputs: Inputs, outputs: tuple[str, ...] = (), root: Path = ROOT
) -> Receipt:
    """The receipt of a session of nox, by its name."""
    return Receipt(root / RECEIPTS / f"{session}.json", inputs, outputs, root)


@dataclass(frozen=True)
class Result:
    """What a session printed when it passed, for those who would run the same once more."""

    receipt: Receipt

    @property
    def _file(self) -> Path:
        return self.receipt.file.with_suffix(".txt")

    def keep(self, said: str) -> None:
        """Keep what the session printed."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(said, "utf-8")

    def read(self) -> str | None:
        """What it printed when it last passed; None if that was with other inputs."""
        return self._file.read_text("utf-8") if self.receipt.holds() else None


def own_tests(stage: Stage, root: Path = ROOT) -> Result:
    """What the stage's own tests printed in their session of nox."""
    session = f"stage({stage.name})"
    inputs = Inputs((stage.folder.relative_to(root).as_posix(),))
    return Result(receipt_of(session, inputs, (f"{RECEIPTS}/{session}.txt",), root))
