"""The front door: `nox` checks everything, `nox -s serve` runs a stage."""

import os
import sys
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).parent))

from roadmap.course import FIRST_ON_POSTGRES, Course, UnknownStage

nox.needs_version = ">=2026.10.20"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
if not {"serve", "carry", "lock", "bench"} & set(sys.argv):  # these talk to a person: one at a time
    nox.options.parallel = os.cpu_count()
    nox.options.allow_parallel = True

NO_BROWSER = 77

course = Course()
pyproject = nox.project.load_toml("pyproject.toml")
newest_first = [stage.name for stage in reversed(course.stages)]
each_stage = nox.parametrize("stage", [nox.param(name, id=name) for name in newest_first])
on_postgres = [stage.name for stage in reversed(course.stages) if stage.number >= FIRST_ON_POSTGRES]
each_on_postgres = nox.parametrize("stage", [nox.param(name, id=name) for name in on_postgres])


def install(session: nox.Session, *requirements: str) -> None:
    """Install at the versions that the course is tested with."""
    session.install("--constraint", "constraints.txt", *requirements)


def group(name: str) -> tuple[str, ...]:
    """What a kind of work needs, as pyproject.toml says it."""
    return nox.project.dependency_groups(pyproject, name)


everything = sorted(
    {
        *group("postgres"),
        *group("openapi"),
        *group("docs"),
        *group("browser"),
        *group("lint"),
        *course.requirements,
    }
)


@nox.session
def docs(session: nox.Session) -> None:
    """The site: proven and built. `nox -s docs -- serve` shows it while you write."""
    install(session, *group("docs"))
    for command in [session.posargs] if session.posargs else [["prove"], ["build"]]:
        session.run("python", "-m", "roadmap.site", *command)


@nox.session(requires=["docs"])
def browser(session: nox.Session) -> None:
    """The built site in a browser: what readers see and press. CI insists on a browser."""
    install(session, *group("browser"), *group("docs"))
    accepted = [0] if "CI" in os.environ else [0, NO_BROWSER]
    arguments = ["tests/site", "--site=build/site", *session.posargs]
    session.run("pytest", *arguments, success_codes=accepted)


@nox.session
@each_stage
def accept(session: nox.Session, stage: str) -> None:
    """The contract, over HTTP: a stage keeps it, and the stage before fails at what is new."""
    install(session, *group("tests"))
    session.run("pytest", "tests/acceptance", "--stage", stage, *session.posargs)
    session.run("pytest", "tests/acceptance", "--stage", stage, "--fail-first")


@nox.session
@each_stage
def fuzz(session: nox.Session, stage: str) -> None:
    """Requests made up from a stage's own OpenAPI: no answer may contradict it."""
    install(session, *group("fuzz"))
    session.run("pytest", "tests/fuzz", "--stage", stage, *session.posargs)


@nox.session
@each_on_postgres
def postgres(session: nox.Session, stage: str) -> None:
    """A stage on PostgreSQL: its own tests, the contract, and requests made up from its OpenAPI."""
    install(session, *group("postgres"))
    session.run("python", "-m", "roadmap.postgres", str(course.find(stage).folder), "-m", "pytest")
    everybodys = ["tests/acceptance", "tests/fuzz", "--stage", stage]
    session.run("pytest", *everybodys, "--database", "postgres", *session.posargs)


@nox.session
def openapi(session: nox.Session) -> None:
    """The OpenAPI documents, by the specification's validator and Redocly's recommended rules."""
    install(session, *group("openapi"))
    session.run("python", "-m", "roadmap.openapi", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Format, style and types of everything."""
    install(session, *everything)
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    session.run("mypy", "noxfile.py", "roadmap", "bench", "tests")
    for stage in course.stages:
        with session.chdir(stage.folder):
            session.run("mypy", "--config-file", f"{course.root}/pyproject.toml", "app", "tests")


@nox.session(name="course")
def machinery(session: nox.Session) -> None:
    """The machinery's own tests, and those of the repository as a whole."""
    install(session, *group("postgres"), *group("docs"), *course.requirements)
    session.run("pytest", "tests/course", *session.posargs)


@nox.session(name="stage")
@each_stage
def own_tests(session: nox.Session, stage: str) -> None:
    """A stage's own tests, with its own dependencies and no others."""
    install(session, *course.find(stage).requirements)
    session.chdir(course.find(stage).folder)
    session.run("pytest", *session.posargs, env={"DATABASE_URL": None})


@nox.session(default=False)
def serve(session: nox.Session) -> None:
    """Run a stage: `nox -s serve` the highest, `nox -s serve -- 3` the one named."""
    named = session.posargs and not session.posargs[0].startswith("-")
    name, *options = session.posargs if named else [course.highest.name, *session.posargs]
    try:
        stage = course.find(name)
    except UnknownStage as error:
        session.error(str(error))
    install(session, *stage.dependencies)
    session.run("python", "-m", "roadmap", "serve", stage.name, *options)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Times, with their ratio to a bare limit: `nox -s bench -- 4 5` on an idle machine."""
    install(session, *group("postgres"))
    session.run("python", "-m", "bench", *session.posargs)


@nox.session(default=False)
def carry(session: nox.Session) -> None:
    """Carry an edit of a stage to all later ones: `nox -s carry -- 2`."""
    session.run("python", "-m", "roadmap", "carry", *session.posargs)


@nox.session(default=False)
def lock(session: nox.Session) -> None:
    """Rewrite constraints.txt: the newest versions that every `pyproject.toml` here allows."""
    session.install("uv")
    asked = session.create_tmp() + "/requirements.in"
    Path(asked).write_text("\n".join(everything), encoding="utf-8")
    session.run(
        "uv", "pip", "compile", asked, "--output-file", "constraints.txt", "--upgrade",
        "--universal", "--python-version", "3.11", "--no-header", "--no-annotate", "--quiet",
    )  # fmt: skip
