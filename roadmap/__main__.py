"""The command line: `python -m roadmap`, which the nox sessions call."""

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from roadmap.carry import carry
from roadmap.course import ROOT, Course, CourseError
from roadmap.serve import run
from roadmap.tasks import Checklist

Command = Callable[[Path, argparse.Namespace], str]
"""Runs for the course below a folder, and returns what to print."""


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run one command for the course below `root`: 0, or 1 when a person has to mend something."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Some consoles have no way to print what a checklist or a path may hold.
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    command: Command = options.command
    try:
        print(command(root, options))
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="roadmap", description="The machinery of the course.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command) -> argparse.ArgumentParser:
        about = command.__doc__
        added = commands.add_parser(name, help=about, description=about)
        added.set_defaults(command=command)
        return added

    carrying = add("carry", _carry)
    carrying.add_argument(
        "stage", help="the stage that was edited: 3, auth, 03-auth; or a waypoint: 4/1-async"
    )
    carrying.add_argument(
        "--since", default="HEAD", metavar="REV", help="the commit before the edit (HEAD)"
    )
    carrying.add_argument("--dry-run", action="store_true", help="say what would be done, no more")
    carrying.add_argument(
        "--allow-dirty", action="store_true", help="even if later stages have uncommitted changes"
    )
    carrying.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="FILE",
        help="a later stage's file that stands where the edit conflicts with it; can be repeated",
    )
    serve = add("serve", _serve)
    serve.add_argument("stage", help="the stage to run: 3, auth, 03-auth")
    serve.add_argument("--port", type=int, default=8000, help="where it listens (8000)")
    add("tasks", _tasks)
    add("tick", _tick).add_argument("slug", help="the name at the end of the box's line")
    add("untick", _untick).add_argument("slug", help="the name at the end of the box's line")
    return parser


def _carry(root: Path, options: argparse.Namespace) -> str:
    """Carry an edit of one stage or waypoint into all later ones."""
    course = Course(root)
    return carry(
        course,
        course.find_state(options.stage),
        since=options.since,
        allow_dirty=options.allow_dirty,
        keep=options.keep,
        dry_run=options.dry_run,
    )


def _serve(root: Path, options: argparse.Namespace) -> str:
    """Run a stage until Ctrl+C."""
    run(Course(root).find(options.stage), options.port)
    return "stopped: the data stay"


def _tasks(root: Path, _: argparse.Namespace) -> str:
    """Print the checklist, and how far each stage is."""
    return Checklist.read(root / "tasks.nd").progress()


def _tick(root: Path, options: argparse.Namespace) -> str:
    """Mark a task as done."""
    checklist = Checklist.read(root / "tasks.nd")
    checklist.tick(options.slug)
    checklist.write(root / "tasks.nd")
    return f"[x] {checklist.find(options.slug).text}"


def _untick(root: Path, options: argparse.Namespace) -> str:
    """Mark a task as not done."""
    checklist = Checklist.read(root / "tasks.nd")
    checklist.untick(options.slug)
    checklist.write(root / "tasks.nd")
    return f"[ ] {checklist.find(options.slug).text}"


if __name__ == "__main__":
    sys.exit(main())
