"""No answer contradicts the OpenAPI document, whatever is sent."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from roadmap.copies import Copies
from roadmap.course import FIRST_WITH_COMPLETE_OPENAPI, Stage
from roadmap.server import Server
from tests.acceptance.blog import Blog
from tests.acceptance.settings import settings_at

HOOKS = Path(__file__).with_name("hooks.py")
COURSE = HOOKS.parents[2]


@pytest.fixture
def server(copies: Copies, stage: Stage) -> Iterator[Server]:
    """A server that holds nothing yet."""
    with copies.server(env=settings_at(stage.number)) as server:
        yield server


@pytest.fixture
def sign_in(server: Server, stage: Stage) -> list[str]:
    """The options that send the token of a user, where there are tokens."""
    with httpx2.Client(base_url=server.url) as http:
        token = Blog(http, stage.number).new_user("fuzz").token
    return [] if token is None else ["--header", f"Authorization: Bearer {token}"]


@pytest.fixture
def effort(pytestconfig: pytest.Config) -> list[str]:
    """How many requests, and which: always the same, unless a seed says otherwise."""
    seed = pytestconfig.getoption("--fuzz-seed")
    drawn = (
        ["--generation-deterministic"]
        if seed is None
        else ["--seed", str(seed), "--generation-database", "none"]
    )
    return ["--max-examples", str(pytestconfig.getoption("--fuzz-examples")), *drawn]


@pytest.fixture
def checks(stage: Stage) -> list[str]:
    """All checks, but one before stage 5: Starlette's 405 lists one route's methods in `Allow`."""
    all_checks = ["--checks", "all"]
    off = [] if stage.number >= FIRST_WITH_COMPLETE_OPENAPI else ["allow_header_conformance"]
    return [*all_checks, *(f"--exclude-checks={name}" for name in off)]


def test_no_answer_contradicts_the_schema(
    server: Server, sign_in: list[str], effort: list[str], checks: list[str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/openapi.json",
            *checks, *effort, *sign_in,
            "--phases", "examples,coverage,fuzzing,stateful", "--continue-on-failure",
            "--no-color",
        ],
        cwd=tmp_path,
        env=os.environ
        | {"SCHEMATHESIS_HOOKS": str(HOOKS), "PYTHONPATH": str(COURSE), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False,
    )  # fmt: skip

    if done.returncode:
        pytest.fail(f"{done.stdout}\n{server.log[-4000:]}", pytrace=False)
