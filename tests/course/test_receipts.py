"""A session that passed is left out while all that it depends on is the same, and no longer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest

from roadmap import receipts
from roadmap.course import ROOT, Course, Stage
from roadmap.receipts import Inputs, Receipt, Result, files_of, own_tests

STAGE = "stages/05-responses"
INPUTS = Inputs((STAGE, "docs/*.md"), variables=("DATABASE_URL",), programs=("curl",))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small course, a program on the PATH, and none of a person's variables."""
    for file in (
        "constraints.txt", "docs/index.md", "noxfile.py", "other.txt", "pyproject.toml",
        "roadmap/course.py", "roadmap/postgres/embedded.py", "roadmap/programs/launcher.py",
        f"{STAGE}/app/main.py", f"{STAGE}/pyproject.toml",
    ):  # fmt: skip
        write(tmp_path / file, "before")
    write(tmp_path / "bin" / "curl", "a program")
    (tmp_path / "bin" / "curl").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


@pytest.fixture
def receipt(root: Path) -> Receipt:
    """The receipt of a session that has passed and made a file."""
    write(root / "build" / "site" / "index.html", "made")
    receipt = Receipt(root / ".nox" / "receipts" / "one.json", INPUTS, ("build/site",), root)
    receipt.write(INPUTS.digest(root))
    return receipt


def test_a_session_that_passed_need_not_run_again(receipt: Receipt) -> None:
    assert receipt.holds()


def test_a_session_that_never_passed_has_to_run(root: Path) -> None:
    assert not Receipt(root / "receipts" / "other.json", INPUTS, (), root).holds()


@pytest.mark.parametrize(
    "file",
    [
        "constraints.txt", "docs/index.md", "noxfile.py", "pyproject.toml", "roadmap/course.py",
        "roadmap/postgres/embedded.py", "roadmap/programs/launcher.py",
        f"{STAGE}/app/main.py", f"{STAGE}/pyproject.toml",
    ],
)  # fmt: skip
def test_a_change_in_any_input_makes_it_run(receipt: Receipt, root: Path, file: str) -> None:
    write(root / file, "after")

    assert not receipt.holds()


def test_a_new_file_makes_it_run(receipt: Receipt, root: Path) -> None:
    write(root / STAGE / "app" / "new.py", "")

    assert not receipt.holds()


def test_a_file_that_is_gone_makes_it_run(receipt: Receipt, root: Path) -> None:
    (root / STAGE / "app" / "main.py").unlink()

    assert not receipt.holds()


def test_a_renamed_file_makes_it_run(receipt: Receipt, root: Path) -> None:
    (root / STAGE / "app" / "main.py").rename(root / STAGE / "app" / "start.py")

    assert not receipt.holds()


@pytest.mark.parametrize("name", ["DATABASE_URL", "PYTEST_ADDOPTS", "PYTHONWARNINGS"])
def test_a_variable_that_matters_makes_it_run(
    receipt: Receipt, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "set")

    assert not receipt.holds()


def test_another_version_of_a_program_makes_it_run(receipt: Receipt, root: Path) -> None:
    write(root / "bin" / "curl", "a newer program")

    assert not receipt.holds()


def test_a_program_that_is_gone_makes_it_run(receipt: Receipt, root: Path) -> None:
    (root / "bin" / "curl").unlink()

    assert not receipt.holds()


def test_another_python_or_platform_makes_it_run(
    receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "PLATFORM", "cpython 4.0 on another machine")

    assert not receipt.holds()


@pytest.mark.parametrize("path", ["build/site/index.html", "build/site/more.html"])
def test_another_output_makes_it_run(receipt: Receipt, root: Path, path: str) -> None:
    write(root / path, "not what was made")

    assert not receipt.holds()


def test_what_does_not_matter_lets_it_be(
    receipt: Receipt, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root / "other.txt", "after")
    write(root / STAGE / "app" / "__pycache__" / "main.pyc", "compiled")
    write(root / STAGE / "blog.db", "rows")
    monkeypatch.setenv("EDITOR", "vi")

    assert receipt.holds()


def test_a_session_that_begins_has_no_receipt(receipt: Receipt) -> None:
    receipt.take_back()

    assert not receipt.holds()


def test_what_changed_while_it_ran_is_not_noted(receipt: Receipt, root: Path) -> None:
    at_the_start = INPUTS.digest(root)
    receipt.take_back()
    write(root / STAGE / "app" / "main.py", "changed meanwhile")

    receipt.write(at_the_start)

    assert not receipt.holds()


def test_a_receipt_that_cannot_be_read_does_not_hold(receipt: Receipt) -> None:
    receipt.file.write_text("{", encoding="utf-8")

    assert not receipt.holds()


@pytest.fixture
def result(root: Path) -> Result:
    """What the tests of a stage printed when they passed."""
    result = own_tests(Stage(5, root / STAGE), root)
    result.keep("7 passed")
    result.receipt.write(result.receipt.inputs.digest(root))
    return result


def test_what_the_tests_of_a_stage_printed_is_known(result: Result) -> None:
    assert result.read() == "7 passed"


def test_what_they_printed_with_other_code_is_forgotten(result: Result, root: Path) -> None:
    write(root / STAGE / "app" / "main.py", "after")

    assert result.read() is None


def test_what_they_print_is_not_known_before_they_ran(root: Path) -> None:
    assert own_tests(Stage(5, root / STAGE), root).read() is None


# What the sessions of this course declare


def sessions_of(noxfile: ModuleType, file: str) -> set[str]:
    """The sessions that run when a file changes; those of a stage by the stage's number."""
    stages = Course().stages
    declared = {
        f"{name} {stage.number}" if stage else name: inputs(*([stage.name] if stage else []))
        for name, inputs in noxfile.declared.items()
        for stage in (stages if name in OF_A_STAGE else [None])
    }
    declared |= {f"own {stage.number}": own_tests(stage).receipt.inputs for stage in stages}
    assert (ROOT / file).is_file()
    return {name for name, inputs in declared.items() if file in files_of(ROOT, inputs.paths)}


SITE = {"docs", "proofs"}
OF_A_STAGE = ("accept", "fail_first", "fuzz", "postgres", "redis")
WITH_EARLIER = ("accept", "fail_first", "postgres", "redis")
ALL_STAGES = [stage.number for stage in Course().stages]
EVERYWHERE = {"lint", "machinery", "servers", *SITE}


@pytest.mark.parametrize(
    ("file", "sessions"),
    [
        ("docs/stages/02-structure.md", SITE),
        ("docs/index.md", SITE),
        ("docs/generated/05-responses/openapi.json", {"openapi", *SITE}),
        ("mkdocs.yml", {"docs"}),
        ("roadmap/site/README.md", {"lint", "machinery", "types", *SITE}),
        ("tests/site/conftest.py", {"browser", "lint", "machinery", "types"}),
        (
            "tests/fuzz/hooks.py",
            {"lint", "machinery", "types"} | {f"fuzz {number}" for number in ALL_STAGES},
        ),
        (
            "stages/02-structure/app/main.py",
            EVERYWHERE
            | {"own 2", "fuzz 2"}
            | {f"{name} {n}" for name in WITH_EARLIER for n in (2, 3)},
        ),
        (
            "stages/03-auth/app/main.py",
            EVERYWHERE
            | {"own 3", "fuzz 3"}
            | {f"{name} {n}" for name in WITH_EARLIER for n in ALL_STAGES[2:]},
        ),
        (
            "stages/04-database/app/main.py",
            EVERYWHERE
            | {"own 4", "fuzz 4"}
            | {f"{name} {n}" for name in WITH_EARLIER for n in ALL_STAGES[3:]},
        ),
        (
            "stages/05-responses/tests/conftest.py",
            EVERYWHERE
            | {"own 5", "fuzz 5"}
            | {f"{name} {n}" for name in WITH_EARLIER for n in ALL_STAGES[4:]},
        ),
        (
            "tests/acceptance/conftest.py",
            {"lint", "machinery", "servers", "types"}
            | {f"{name} {number}" for name in OF_A_STAGE for number in ALL_STAGES},
        ),
        ("CONTRIBUTING.md", {"machinery"}),
    ],
)  # fmt: skip
def test_a_change_makes_those_sessions_run_that_it_can_break(
    noxfile: ModuleType, file: str, sessions: set[str]
) -> None:
    assert sessions_of(noxfile, file) == sessions


@pytest.mark.parametrize("file", ["constraints.txt", "pyproject.toml", "roadmap/server.py"])
def test_the_machinery_and_the_versions_make_every_session_run(
    noxfile: ModuleType, file: str
) -> None:
    assert file in set(files_of(ROOT, receipts.EVERY_SESSION))


# What a session does with its receipt


@dataclass
class Session:
    """A session of nox that was called with these options, and what it said."""

    posargs: list[str]
    name: str = "lint"
    said: list[str] = field(default_factory=list)

    def log(self, text: str) -> None:
        self.said.append(text)


@dataclass
class Work:
    """What a session does, and the options that it was done with; it may fail or be slow."""

    while_it_runs: Callable[[], None] = lambda: None
    calls: list[list[str]] = field(default_factory=list)

    def __call__(self, _: Session, options: list[str]) -> None:
        self.calls.append(options)
        self.while_it_runs()


def fail() -> None:
    raise RuntimeError("it does not hold")


def test_a_session_runs_once_and_is_left_out_then(noxfile: ModuleType, receipt: Receipt) -> None:
    receipt.take_back()
    work, first, second = Work(), Session([]), Session([])

    noxfile.keep(first, receipt, work, {})
    noxfile.keep(second, receipt, work, {})

    assert work.calls == [[]]
    assert (first.said, second.said) == ([], ["passed already, and nothing has changed since"])


def test_fresh_runs_what_passed_already(noxfile: ModuleType, receipt: Receipt) -> None:
    work = Work()

    noxfile.keep(Session(["--fresh"]), receipt, work, {})

    assert work.calls == [[]]
    assert receipt.holds()


def test_a_session_with_options_runs_and_changes_no_receipt(
    noxfile: ModuleType, receipt: Receipt
) -> None:
    work = Work(fail)

    with pytest.raises(RuntimeError):
        noxfile.keep(Session(["--fresh", "-x"]), receipt, work, {})

    assert work.calls == [["-x"]]
    assert receipt.holds()


def test_a_session_with_options_that_passes_writes_no_receipt(
    noxfile: ModuleType, receipt: Receipt
) -> None:
    receipt.take_back()

    noxfile.keep(Session(["-x"]), receipt, Work(), {})

    assert not receipt.holds()


def test_a_session_that_fails_loses_its_receipt(noxfile: ModuleType, receipt: Receipt) -> None:
    with pytest.raises(RuntimeError):
        noxfile.keep(Session(["--fresh"]), receipt, Work(fail), {})

    assert not receipt.holds()


def test_what_changes_while_a_session_runs_makes_it_run_again(
    noxfile: ModuleType, receipt: Receipt, root: Path
) -> None:
    def change() -> None:
        write(root / STAGE / "app" / "main.py", "changed meanwhile")

    noxfile.keep(Session(["--fresh"]), receipt, Work(change), {})

    assert not receipt.holds()


def test_each_stage_has_a_receipt_of_its_own_with_all_that_the_session_declares(
    noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Receipt] = []
    monkeypatch.setattr(noxfile, "keep", lambda _, receipt, *__: kept.append(receipt))
    session = noxfile.once(
        "docs", of=noxfile.folder_of, variables=("A",), programs=("curl",), outputs=("build",)
    )(Work().__call__)

    session(Session([], "one(05-responses)"), name="05-responses")

    (receipt,) = kept
    assert receipt.file.name == "one(05-responses).json"
    assert receipt.inputs == Inputs(("docs", STAGE), ("A",), ("curl",))
    assert receipt.outputs == ("build",)
