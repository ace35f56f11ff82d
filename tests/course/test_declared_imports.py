"""A stage imports only what it declares: what another package brings along may go at any time.

`deptry` asks the same, but knows a package by its top level alone. So it misses an undeclared
`opentelemetry-sdk` where `opentelemetry-api` is declared.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import distribution, distributions
from pathlib import Path

import pytest

from roadmap.course import Course, Stage

PYPROJECT = """\
[project]
name = "blog"
dependencies = ["FastAPI [standard] >=0.165,<0.166", "uvicorn>=0.54"]

[dependency-groups]
dev = ["pytest"]
"""

MAIN = """\
import json
from pathlib import Path

from fastapi import FastAPI

from app.models import Post
from .schemas import PostPublic

app = FastAPI()
"""

TESTS = """\
import pytest
import fastapi

from app.main import app
"""


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A stage that declares all it imports, and `uvicorn`, which it does not import."""
    (tmp_path / "app").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (tmp_path / "app" / "main.py").write_text(MAIN, encoding="utf-8")
    (tmp_path / "tests" / "test_main.py").write_text(TESTS, encoding="utf-8")
    return Stage(1, tmp_path)


@pytest.mark.parametrize("stage", Course().stages, ids=lambda stage: stage.name)
def test_a_stage_of_the_course_imports_only_what_it_declares(stage: Stage) -> None:
    assert undeclared_imports(stage) == []


def test_a_stage_that_declares_its_imports_has_none_undeclared(stage: Stage) -> None:
    assert undeclared_imports(stage) == []


def test_what_comes_with_a_dependency_is_not_declared_by_it(stage: Stage) -> None:
    with (stage.folder / "app" / "main.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef late():\n    import starlette.requests\n")

    assert distribution("starlette")
    assert undeclared_imports(stage) == ["app/main.py:13: starlette.requests"]


def test_what_is_installed_nowhere_is_undeclared_too(stage: Stage) -> None:
    with (stage.folder / "app" / "main.py").open("a", encoding="utf-8") as file:
        file.write("from no_such_package.part import thing\n")

    assert undeclared_imports(stage) == ["app/main.py:10: no_such_package.part.thing"]


@pytest.mark.parametrize("place", ["app/cache.py", "app/migrations/env.py", "tasks.py"])
def test_only_the_tests_may_use_what_the_tests_need(stage: Stage, place: str) -> None:
    (stage.folder / place).parent.mkdir(exist_ok=True)
    (stage.folder / place).write_text("import pytest\n", encoding="utf-8")

    assert undeclared_imports(stage) == [f"{place}:1: pytest"]


def test_an_environment_and_a_hidden_folder_are_not_the_stage_s_code(stage: Stage) -> None:
    (stage.folder / "environment").mkdir()
    (stage.folder / "environment" / "pyvenv.cfg").touch()
    (stage.folder / "environment" / "other.py").write_text("import starlette\n", encoding="utf-8")
    (stage.folder / ".nox").mkdir()
    (stage.folder / ".nox" / "other.py").write_text("import starlette\n", encoding="utf-8")

    assert undeclared_imports(stage) == []


def test_packages_that_share_a_top_level_are_declared_one_by_one(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", "Shared_API", "shared/trace/__init__.py")
    install(tmp_path / "site", "shared-sdk", "shared/sdk/export.py")
    monkeypatch.syspath_prepend(tmp_path / "site")
    (stage.folder / "pyproject.toml").write_text(
        PYPROJECT.replace("uvicorn", "shared.api"), encoding="utf-8"
    )
    (stage.folder / "app" / "tracing.py").write_text(
        "from shared import trace\nfrom shared.sdk.export import Exporter\n", encoding="utf-8"
    )

    assert undeclared_imports(stage) == ["app/tracing.py:2: shared.sdk.export.Exporter"]


def install(site: Path, name: str, module: str) -> None:
    """Put a distribution of one module into a folder of packages."""
    about = site / f"{name.replace('-', '_')}-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Name: {name}\nVersion: 1\n", encoding="utf-8")
    (about / "RECORD").write_text(f"{module},,\n", encoding="utf-8")


def undeclared_imports(stage: Stage) -> list[str]:
    """The imports that the stage's `pyproject.toml` does not cover, in this environment.

    The tests may use the `dev` group; all else has to run with the dependencies alone.
    """
    runtime, everything = named(stage.dependencies), named(stage.requirements)
    owners = owners_of_modules(tuple(sys.path))
    return [
        f"{file}:{line}: {module}"
        for file in stage.files()
        if file.endswith(".py")
        for line, module in foreign_imports(stage.folder / file)
        if not owner(module, owners) & (everything if file.startswith("tests/") else runtime)
    ]


def named(requirements: Iterable[str]) -> set[str]:
    """The distributions that are asked for."""
    return {normalised(re.split(r"[^\w.-]", one.strip())[0]) for one in requirements}


def normalised(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def foreign_imports(path: Path) -> Iterator[tuple[int, str]]:
    """The line and the full name of all that a file imports from other distributions."""
    for node in ast.walk(ast.parse(path.read_bytes(), filename=str(path))):
        match node:
            case ast.Import():
                names = [alias.name for alias in node.names]
            case ast.ImportFrom(module=str(module), level=0):
                names = [f"{module}.{alias.name}" for alias in node.names]
            case _:
                continue
        for name in names:
            if name.partition(".")[0] not in {"app", "tests", *sys.stdlib_module_names}:
                yield node.lineno, name


@cache
def owners_of_modules(places: tuple[str, ...]) -> dict[str, set[str]]:
    """The distributions, installed in one of these places, that hold a module, by its path."""
    owners: dict[str, set[str]] = defaultdict(set)
    for installed in distributions(path=list(places)):
        for file in installed.files or ():
            if file.suffix in {".py", ".pyd", ".so"}:
                module = re.sub(r"(/__init__)?\.[^/]*$", "", file.as_posix())
                owners[module].add(normalised(installed.name))
    return owners


def owner(module: str, owners: dict[str, set[str]]) -> set[str]:
    """Who holds a module or, if it is a name in a module, that one: the longest path decides."""
    path = module.replace(".", "/")
    while path and path not in owners:
        path = path.rpartition("/")[0]
    return owners.get(path, set())
