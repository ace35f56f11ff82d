"""The proof that a real bash and zsh read each command as the course's own shell does."""

import os
import shutil
from argparse import Namespace
from pathlib import Path

import pytest

from roadmap.site import __main__ as site
from roadmap.site.live.shells import missing_shells, prove_shells
from roadmap.site.pages import Page

from .small_course import PAGE, SmallCourse

GOOD = r"""
```console
$ TOKEN=$(curl -s http://127.0.0.1:8000/token -d "username=ann" | jq -r .a.b)
$ curl "http://127.0.0.1:8000/posts?a=[1-3]" -H "Bearer $TOKEN" -d '{"a": "b!"}'
$ A=1 B="x y" uv run python -c "print(1); \
    print('\n')" | python -c 'print("$A")' ''
$ cat it\'s.json | jq '.[0].title'
```
"""

EVERYTHING = Namespace(fast=False, pages=())

needs_both = pytest.mark.skipif(bool(missing_shells()), reason="bash or zsh is not installed")


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    return SmallCourse(tmp_path)


def page(course: SmallCourse, text: str) -> Page:
    course.write(PAGE, text)
    return course.pages[0]


def console(command: str) -> str:
    return f"```console\n$ curl before\n$ {command}\n$ curl after\n```\n"


@needs_both
def test_what_all_shells_read_alike_is_proven(course: SmallCourse) -> None:
    assert prove_shells(page(course, GOOD)) == []


@pytest.mark.parametrize("command", ["curl a | jq .b", "A=$(curl a)", "A=$(curl -X PUT a | jq .b)"])
def test_the_progress_of_curl_does_not_disturb_an_answer(course: SmallCourse, command: str) -> None:
    (failure,) = prove_shells(page(course, console(command)))

    assert failure.startswith("docs/stages/02-two.md:3: curl shows its progress")
    assert prove_shells(page(course, console(command.replace("curl", "curl -is")))) == []


@needs_both
@pytest.mark.parametrize(
    ("command", "shells"),
    [
        ("curl -s a | jq .[0].title", ["zsh: no matches found"]),
        ("curl http://127.0.0.1:8000/posts?page=2", ["zsh: no matches found"]),
        ('curl -d "Hello!you"', ["bash: !you: event not found", "zsh: event not found: you"]),
        ("curl {a,b}", ["['curl', 'a', 'b']", "['curl', 'a', 'b']"]),
        ("curl ~/a", ["bash reads", "zsh reads"]),
        ("curl $TOKEN", ["['curl', 'a', 'value']"]),
    ],
)
def test_what_a_shell_reads_otherwise_is_found(
    course: SmallCourse, command: str, shells: list[str]
) -> None:
    failures = prove_shells(page(course, console(command)))

    assert len(failures) == len(shells)
    assert all(said in failure for said, failure in zip(shells, failures, strict=True))
    assert all(failure.startswith(f"{PAGE}:3: ") for failure in failures)


@needs_both
def test_no_command_is_run_for_real(course: SmallCourse, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.touch()

    failures = prove_shells(page(course, console(f"rm -f {there}")))

    assert there.exists()
    assert "rm: " in failures[0]


@needs_both
@pytest.mark.parametrize("command", ["cat <<END", "curl 'a"])
def test_a_command_that_cannot_be_read_spoils_no_other(course: SmallCourse, command: str) -> None:
    failures = prove_shells(page(course, console(command)))

    assert [failure.partition(" ")[0] for failure in failures] == [f"{PAGE}:3:"] * 2


@needs_both
def test_a_backslash_in_single_quotes_stays_there(course: SmallCourse) -> None:
    failures = prove_shells(page(course, console("python -c 'a \\\n    b'")))

    assert len(failures) == 2


def test_a_missing_shell_is_named_with_the_way_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "name", "posix")
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "zsh" else f"/bin/{name}")

    (said,) = missing_shells()

    assert said.startswith("zsh was not found")
    assert "apt-get install zsh" in said


@pytest.fixture
def without_zsh(monkeypatch: pytest.MonkeyPatch) -> None:
    """All proofs hold, and a shell is missing."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(site, "_fast_failures", lambda *_: [])
    monkeypatch.setattr(site, "prove_described", lambda _: [])
    monkeypatch.setattr(site, "_on_each_page", lambda *_: [])
    monkeypatch.setattr(site, "missing_shells", lambda: ["zsh was not found"])


@pytest.mark.usefixtures("without_zsh")
def test_a_missing_shell_is_said_at_the_end(course: SmallCourse) -> None:
    course.write(PAGE, "# Two\n")

    assert site.prove(course.root, EVERYTHING).endswith("zsh was not found")


@pytest.mark.usefixtures("without_zsh")
def test_in_ci_a_missing_shell_is_a_failure(
    course: SmallCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(site.NotProven, match="zsh was not found"):
        site.prove(course.root, EVERYTHING)
