"""`python -m roadmap.site build | prove | update | generate | draft | serve`."""

import argparse
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from mkdocs.__main__ import cli as mkdocs
from mkdocs.exceptions import MkDocsException
from pymdownx.superfences import SuperFencesException  # type: ignore[import-untyped]

from roadmap.course import ROOT, Course, CourseError, Stage
from roadmap.receipts import own_tests
from roadmap.site.api.generated import generate, prove_described
from roadmap.site.blocks.glossary import prove_terms
from roadmap.site.blocks.links import prove_links
from roadmap.site.blocks.names import prove_names
from roadmap.site.blocks.scripts import prove_scripts
from roadmap.site.difference.coverage import draft, prove_coverage, read_exemptions
from roadmap.site.difference.pieces import way_pieces
from roadmap.site.difference.replay import prove_replay
from roadmap.site.difference.way import legs, prove_waypoints
from roadmap.site.live.runs import (
    PageRun,
    prove_checkpoints,
    prove_console,
    updated,
)
from roadmap.site.live.shells import missing_shells, prove_shells
from roadmap.site.pages import Page, read_pages
from roadmap.site.processes import Processes, side_by_side

T = TypeVar("T")
Command = Callable[[Path, argparse.Namespace], str]

SITE = "build/site"
STOPPED = 130
STOPPED_BY = (signal.SIGINT, signal.SIGTERM)


class NotProven(CourseError):
    """A proof failed; the message lists every failure."""


def build(root: Path, _: argparse.Namespace) -> str:
    """Build the site into `build/site`, and prove its links."""
    _fail_if(_fast_failures(Course(root), ()))
    _mkdocs(root, "build", "--quiet")
    _fail_if(prove_links(root / SITE))
    return f"the site is in {SITE}"


def serve(root: Path, _: argparse.Namespace) -> str:
    """Show the site at http://127.0.0.1:8000, and build it again when a page or a stage changes."""
    _mkdocs(root, "serve")
    return ""


def prove(root: Path, options: argparse.Namespace) -> str:
    """Prove that the pages tell everything, and that all they say happens."""
    course = Course(root)
    failures = _fast_failures(course, options.pages)
    if not options.fast and not failures:
        failures += prove_described(course)
        failures += _in_shells(course, options.pages)
        for found in _on_each_page(course, options.pages, prove_console, _checkpoints):
            failures += found
    _fail_if(failures)
    told = [page for page in read_pages(course) if page.is_walk and _is_meant(page, options.pages)]
    return "\n".join([*map(_figures, _ways(told)), *([] if options.fast else missing_shells())])


def update(root: Path, options: argparse.Namespace) -> str:
    """Run the console blocks and write today's answers where they differ."""
    course = Course(root)

    def rewrite(run: PageRun) -> str:
        page, text = run.page, updated(run)
        if text != page.text:
            (root / page.name).write_text(text, encoding="utf-8", newline="\n")
        return page.name if text != page.text else ""

    changed = _on_each_page(course, options.pages, rewrite)
    return "\n".join(filter(None, changed)) or "every answer is what its page says"


def generate_all(root: Path, _: argparse.Namespace) -> str:
    """Write what the pages read from running code: OpenAPI, tables, settings."""
    return "\n".join(generate(Course(root))) or "nothing has changed"


def draft_page(root: Path, options: argparse.Namespace) -> str:
    """Print a page with every piece that a stage has to show."""
    course = Course(root)
    exempt = {exemption.file for exemption in read_exemptions(course)}
    return draft(course, course.find(options.stage), exempt)


COMMANDS: dict[str, Command] = {
    "build": build,
    "prove": prove,
    "update": update,
    "generate": generate_all,
    "draft": draft_page,
    "serve": serve,
}


def _fast_failures(course: Course, names: Sequence[str]) -> list[str]:
    """Coverage, replay and names: what needs no server."""
    pages = [page for page in read_pages(course) if _is_meant(page, names)]
    exemptions = read_exemptions(course)
    walks = [page for page in pages if page.is_walk]
    failures = prove_names(course, pages)
    if not names:
        failures += prove_terms(pages) + prove_scripts(course, pages)
        failures += _missing(course.stages, walks)
    ways = _ways(walks)
    try:
        failures += prove_waypoints(course, [page.stage for page in ways if page.stage])
    except CourseError as error:
        return [*failures, str(error)]
    failures += prove_coverage(ways, exemptions) + prove_replay(ways, exemptions)
    return list(dict.fromkeys(failures))


def _ways(walks: Sequence[Page]) -> list[Page]:
    """One page of each stage's way stands for all of them."""
    return list({page.stage: page for page in walks}.values())


def _in_shells(course: Course, names: Sequence[str]) -> list[str]:
    """What bash and zsh read otherwise; CI insists on both."""
    pages = [page for page in read_pages(course) if _is_meant(page, names)]
    missing = missing_shells() if "CI" in os.environ else []
    return [*missing, *(failure for page in pages for failure in prove_shells(page))]


def _missing(stages: Sequence[Stage], walks: Sequence[Page]) -> list[str]:
    told = {page.stage for page in walks}
    return [
        f"docs/stages/{stage.name}.md is missing: begin it with `nox -s docs -- draft {stage.name}`"
        for stage in stages
        if stage not in told
    ]


def _is_meant(page: Page, names: Sequence[str]) -> bool:
    return not names or any(name in page.name for name in names)


def _checkpoints(run: PageRun) -> list[str]:
    return prove_checkpoints(run) if run.page.is_walk else []


def _on_each_page(course: Course, names: Sequence[str], *works: Callable[[PageRun], T]) -> list[T]:
    """Do each work for every page that has something to run, side by side."""
    exemptions = read_exemptions(course)
    wanted = [
        page
        for page in read_pages(course)
        if page.of("console") or page.is_walk
        if _is_meant(page, names)
    ]

    def printed(stage: Stage) -> str | None:
        return own_tests(stage, course.root).read()

    def one(page: Page, work: Callable[[PageRun], T], processes: Processes) -> T:
        folder = Path(tempfile.mkdtemp(dir=all_folders))
        with PageRun(page, exemptions, folder, processes, printed) as run:
            return work(run)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as all_folders:
        # The last pages have most to do.
        return side_by_side(
            [partial(one, page, work) for page in reversed(wanted) for work in works]
        )


def _figures(page: Page) -> str:
    """What the way of the page's stage shows, from state to state."""
    told = [piece for _, piece in way_pieces(page)]
    changed = sum(
        change.added + change.removed for leg in legs(page) for change in leg.changes.values()
    )
    shown = sum(len(piece.shown) for piece in told)
    open_ones = [sum(one.is_added for one in p.lines) for p in told if not p.folded]
    counted = Counter(block.kind for one in page.way for block in one.blocks)
    return (
        f"{', '.join(one.name for one in page.way)}: {changed} lines changed,"
        f" {shown} shown in {len(told)} pieces of at most {max(open_ones, default=0)} new lines,"
        f" {changed - shown} exempt; {counted['waypoint']} waypoints,"
        f" {counted['checkpoint']} checkpoints, {counted['console']} console blocks"
    )


def _mkdocs(root: Path, *arguments: str) -> None:
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    try:
        mkdocs([*arguments, f"--config-file={root / 'mkdocs.yml'}"], standalone_mode=False)
    except (MkDocsException, SuperFencesException) as error:
        raise NotProven(f"mkdocs could not build the site: {error}") from error


def _fail_if(failures: Sequence[str]) -> None:
    if failures:
        raise NotProven("\n".join([*failures, f"{len(failures)} things do not hold"]))


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run one command: 0, or 1 when something does not hold, or 130 when it was stopped."""
    for number in STOPPED_BY:
        signal.signal(number, _stop)
    try:
        options = _parser().parse_args(arguments)
        print(options.command(root, options))
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return STOPPED
    return 0


def _stop(*_: object) -> None:
    """End as Ctrl+C does, at the first signal; those that follow change nothing."""
    for number in STOPPED_BY:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m roadmap.site")
    actions = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        action = actions.add_parser(name, help=command.__doc__, description=command.__doc__)
        action.set_defaults(command=command)
        if name == "draft":
            action.add_argument("stage", help="the stage to begin a page for")
        if name == "prove":
            action.add_argument("--fast", action="store_true", help="only what needs no server")
        if name in {"prove", "update"}:
            action.add_argument("pages", nargs="*", help="parts of pages' names (all pages)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
