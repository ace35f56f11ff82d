import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

from roadmap.course import ROOT

from .fake_course import FakeCourse


@pytest.fixture
def git_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Git knows neither the person's settings nor, in a commit hook, the repository around."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    settings = tmp_path / "gitconfig"
    settings.write_text("[user]\nname = An Author\nemail = author@example.org\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))


@pytest.fixture
def course(git_of_its_own: None, tmp_path: Path) -> FakeCourse:
    """A committed course of four stages."""
    course = FakeCourse(tmp_path / "the course")
    course.begin()
    return course


@pytest.fixture(scope="session")
def noxfile() -> ModuleType:
    """The sessions of this course, as nox reads them."""
    spec = importlib.util.spec_from_file_location("noxfile", ROOT / "noxfile.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
