"""Environments are made once for what they hold, and never half."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from roadmap import environment as module
from roadmap.environment import (
    PYTHON,
    EnvironmentFailed,
    clean_environment,
    environment,
    group,
    requirements_of,
)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What was installed, one entry for each environment that was made."""
    made: list[list[str]] = []

    def install(wanted: list[str], constraints: Path | None, into: Path) -> None:
        assert not into.exists()
        (into / PYTHON).parent.mkdir(parents=True)
        made.append(wanted)
        threading.Event().wait(0.1)
        (into / PYTHON).touch()

    monkeypatch.setattr(module, "ENVIRONMENTS", tmp_path / "environments")
    monkeypatch.setattr(module, "_install", install)
    return made


@pytest.fixture
def constraints(tmp_path: Path) -> Path:
    file = tmp_path / "constraints.txt"
    file.write_text("fastapi==0.165.0", encoding="utf-8")
    return file


def test_the_same_requirements_share_an_environment(made: list[list[str]]) -> None:
    assert environment(["b", "a"]) == environment(["a", "b", "a"])
    assert made == [["a", "b"]]


def test_other_requirements_have_another_one(made: list[list[str]]) -> None:
    assert environment(["a"]) != environment(["a", "b"])


def test_other_versions_have_another_one(made: list[list[str]], constraints: Path) -> None:
    before = environment(["a"], constraints)
    constraints.write_text("fastapi==0.165.1", encoding="utf-8")

    assert len({before, environment(["a"], constraints), environment(["a"], None)}) == 3


def test_another_python_has_another_one(
    made: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = environment(["a"])
    monkeypatch.setattr(module, "PLATFORM", "cpython 4.0")

    assert environment(["a"]) != before


def test_those_who_ask_at_the_same_time_get_the_same_one(made: list[list[str]]) -> None:
    with ThreadPoolExecutor(4) as threads:
        pythons = set(threads.map(lambda _: environment(["a"]), range(4)))

    assert (len(pythons), len(made)) == (1, 1)


def test_one_that_was_left_half_made_is_made_anew(
    made: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    install: Callable[[list[str], Path | None, Path], None] = module._install

    def interrupted(wanted: list[str], constraints: Path | None, into: Path) -> None:
        install(wanted, constraints, into)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_install", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment(["a"])
    monkeypatch.setattr(module, "_install", install)

    assert environment(["a"]).exists()
    assert len(made) == 2


def test_one_whose_interpreter_is_gone_is_made_anew(made: list[list[str]]) -> None:
    environment(["a"]).unlink()

    assert environment(["a"]).exists()


def test_what_cannot_be_installed_is_told_with_the_tools_own_words() -> None:
    with pytest.raises(EnvironmentFailed, match=r"`.* failed:(.|\n)*no-such-package-of-this-name"):
        environment(["no-such-package-of-this-name==0.0.1"])


PROJECT = """\
[project]
name = "blog"
dependencies = ["fastapi"]

[dependency-groups]
dev = ["pytest", {include-group = "lint"}]
lint = ["ruff"]
docs = ["mkdocs"]
"""


def test_a_folder_asks_for_its_dependencies_and_its_dev_group_with_what_that_includes(
    tmp_path: Path,
) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT, encoding="utf-8")

    assert requirements_of(tmp_path) == ["fastapi", "pytest", "ruff"]


def test_a_folder_need_not_have_a_dev_group(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "blog"', encoding="utf-8")

    assert requirements_of(tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        "[project",
        "",
        "[tool]",
        '[project]\n[dependency-groups]\ndev = [{include-group = "dev"}]',
        "dependency-groups = []\n[project]",
        '[project]\n[dependency-groups]\ndev = [{include = "x"}]',
    ],
)
def test_a_project_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")

    with pytest.raises(EnvironmentFailed, match=r"pyproject\.toml cannot be read"):
        requirements_of(tmp_path)


def test_a_group_of_the_course_includes_others() -> None:
    assert [name for name in group("tests", "docs") if name.startswith(("pytest", "mkdocs-"))] == [
        "pytest>=9.2,<10",
        "mkdocs-material>=9.8,<10",
    ]


@pytest.mark.parametrize("name", ["DATABASE_URL", "JWT_SECRET", "ADMIN_PASSWORD", "PYTHONPATH"])
def test_a_program_sees_none_of_a_persons_settings(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "from outside")

    assert name not in clean_environment()
    assert clean_environment({name: "given"})[name] == "given"


@pytest.mark.parametrize("name", ["PATH", "HOME", "TMPDIR", "LC_TIME", "LD_LIBRARY_PATH"])
def test_a_program_sees_what_an_interpreter_needs(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "from outside")

    assert clean_environment()[name] == "from outside"
