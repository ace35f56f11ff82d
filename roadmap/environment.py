"""Environments: what some requirements install, made once, found again, never half made."""

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from roadmap.course import ROOT, CourseError

CONSTRAINTS = ROOT / "constraints.txt"
ENVIRONMENTS = ROOT / ".nox" / "environments"
PYPROJECT = ROOT / "pyproject.toml"
WINDOWS = os.name == "nt"
PYTHON = Path("Scripts/python.exe" if WINDOWS else "bin/python")
PLATFORM = f"{sys.implementation.name} {sys.version} {platform.platform()} {platform.machine()}"


class EnvironmentFailed(CourseError):
    """Something cannot be installed; the message ends with what uv said."""


def environment(requirements: Iterable[str], constraints: Path | None = CONSTRAINTS) -> Path:
    """The interpreter of an environment that holds these requirements and nothing else.

    Versions follow `constraints`; None leaves them open. Who asks for the same at the same time
    waits for the one who is quicker. Raises EnvironmentFailed.
    """
    wanted = sorted(set(requirements))
    pinned = constraints.read_text("utf-8") if constraints else ""
    identity = hashlib.sha256("\0".join([*wanted, pinned, PLATFORM]).encode()).hexdigest()
    place = ENVIRONMENTS / identity[:16]
    ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
    with FileLock(place.with_suffix(".lock")):
        if not (place / PYTHON).exists():
            aside = place.with_suffix(".making")
            for remains in (place, aside):
                shutil.rmtree(remains, ignore_errors=True)
            _install(wanted, constraints, aside)
            aside.rename(place)
    return place / PYTHON


def requirements_of(folder: Path) -> list[str]:
    """What the `pyproject.toml` of a folder asks for: its dependencies and its group `dev`.

    Raises EnvironmentFailed if the file cannot be read.
    """
    file = folder / "pyproject.toml"
    try:
        said = tomllib.loads(file.read_text("utf-8"))
        wanted = [*said["project"].get("dependencies", []), *_group(said, "dev")]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise EnvironmentFailed(f"{file} cannot be read: {error!r}") from error
    return wanted


def group(*names: str) -> list[str]:
    """What these groups of the course's own `pyproject.toml` ask for."""
    said = tomllib.loads(PYPROJECT.read_text("utf-8"))
    return [requirement for name in names for requirement in _group(said, name)]


def _group(said: Mapping[str, Any], name: str) -> Iterator[str]:
    for entry in said.get("dependency-groups", {}).get(name, []):
        if isinstance(entry, str):
            yield entry
        else:
            yield from _group(said, entry["include-group"])


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The machine's own variables and `extra`: none of a person's settings."""
    kept = {name: value for name, value in os.environ.items() if _is_the_machines(name.upper())}
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"} | dict(extra or {})


def _is_the_machines(name: str) -> bool:
    return name in FROM_THE_MACHINE or name.startswith(("LC_", "LD_", "DYLD_"))


FROM_THE_MACHINE = {
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR", "TMP", "TEMP",
    "USERPROFILE", "USERNAME", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT",
    "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "NUMBER_OF_PROCESSORS", "PYTHONHOME",
    "SSL_CERT_FILE", "SSL_CERT_DIR",
}  # fmt: skip
"""What an interpreter needs to start and to find its libraries, and nothing that an app reads."""


def _install(wanted: list[str], constraints: Path | None, into: Path) -> None:
    uv = _uv()
    _run([*uv, "venv", "--no-project", "--relocatable", "--python", sys.executable, str(into)])
    if wanted:
        pinned = ["--constraints", str(constraints)] if constraints else []
        _run([*uv, "pip", "install", "--python", str(into / PYTHON), *pinned, *wanted])


def _uv() -> list[str]:
    """How uv is called; where there is none, it gets an environment of its own."""
    if found := os.environ.get("UV") or shutil.which("uv"):
        return [found]
    if importlib.util.find_spec("uv"):
        return [sys.executable, "-m", "uv"]
    own = ENVIRONMENTS / "uv"
    with FileLock(own.with_suffix(".lock")):
        if not (own / "complete").exists():
            _run([sys.executable, "-m", "venv", "--clear", str(own)])
            pip = [str(own / PYTHON), "-m", "pip", "install", "--quiet"]
            _run([*pip, "--constraint", str(CONSTRAINTS), "uv"])
            (own / "complete").touch()
    return [str(own / PYTHON), "-m", "uv"]


def _run(command: list[str]) -> None:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", errors="replace",
        check=False,
    )  # fmt: skip
    if done.returncode:
        last = "\n".join(done.stderr.rstrip().splitlines()[-25:])
        raise EnvironmentFailed(f"`{' '.join(command)}` failed:\n{last}")
