"""A stage imports only what it declares: what another package brings along may go at any time."""

import ast
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import distribution, packages_distributions
from pathlib import Path
from typing import NamedTuple

from roadmap.course import Stage

LOCAL = frozenset({"app", "tests"})

Packages = Mapping[str, Sequence[str]]
"""The distributions that hold a top-level package."""


class UndeclaredImport(NamedTuple):
    """A module that a file imports and that no declared requirement brings."""

    file: str
    line: int
    module: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.module}"


def undeclared_imports(stage: Stage) -> list[UndeclaredImport]:
    """The imports that the stage's `pyproject.toml` does not cover, in this environment.

    The tests may use the `dev` group; all else has to run with the dependencies alone.
    """
    runtime, everything = _names(stage.dependencies), _names(stage.requirements)
    packages = packages_distributions()
    found = []
    for path in sorted(_python_files(stage.folder)):
        file = path.relative_to(stage.folder).as_posix()
        declared = everything if file.startswith("tests/") else runtime
        for line, module in _imports(path):
            if not _is_covered(module, declared, packages):
                found.append(UndeclaredImport(file, line, module))
    return found


def _names(requirements: Iterable[str]) -> set[str]:
    return {
        _normalised(re.split(r"[^\w.-]", requirement.strip())[0]) for requirement in requirements
    }


def _normalised(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _python_files(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and not Path(parent, name, "pyvenv.cfg").exists()
        ]
        yield from (Path(parent, name) for name in files if name.endswith(".py"))


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """The line and the full name of everything that a file imports from elsewhere."""
    for node in ast.walk(ast.parse(path.read_bytes(), filename=str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def _is_covered(module: str, declared: Collection[str], packages: Packages) -> bool:
    top = module.partition(".")[0]
    if top in LOCAL or top in sys.stdlib_module_names:
        return True
    return any(_normalised(owner) in declared for owner in _owners(module, packages))


def _owners(module: str, packages: Packages) -> Collection[str]:
    """The installed distributions that hold a module; none if it is not installed."""
    parts = module.split(".")
    sharing = set(packages.get(parts[0], ()))
    if len(sharing) < 2:
        return sharing
    # Several share the top level, as those of OpenTelemetry do: the longest path decides.
    for length in range(len(parts), 0, -1):
        path = "/".join(parts[:length])
        owners = {name for name in sharing if _files(name) & {f"{path}.py", f"{path}/__init__.py"}}
        if owners:
            return owners
    return sharing


@cache
def _files(name: str) -> frozenset[str]:
    return frozenset(file.as_posix() for file in distribution(name).files or ())
