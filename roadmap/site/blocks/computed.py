"""The blocks that compute: what a stage changes, adds and asks for."""

import re
from collections import defaultdict
from collections.abc import Callable
from html import escape

from roadmap.course import Course, Stage
from roadmap.site.api.generated import described
from roadmap.site.blocks.minutes import steps
from roadmap.site.difference.changes import State, compare
from roadmap.site.difference.pieces import page_changes, way_pieces
from roadmap.site.elements import MINUS, badge, code, inline, table
from roadmap.site.pages import Block, Page, link, read_pages
from roadmap.tasks import Checklist

NEW, CHANGED, GONE = "new", "changed", "gone"


def changes_html(page: Page, _: Block) -> str:
    """Every file that changes, how much, and links to its pieces on the page."""
    links: dict[str, list[str]] = defaultdict(list)
    pages = {one.name: one for one in page.way}
    for _leg, piece in way_pieces(page):
        there = pages[piece.block.page]
        address = "" if there is page else link(page, there)
        whole = "the rest" if links[piece.change.path] else "the whole file"
        if not piece.is_first or piece.change.old:
            whole = _step(there, piece.block) or whole
        words = ", ".join(piece.symbols) or whole
        links[piece.change.path].append(f'<a href="{address}#{piece.anchor}">{escape(words)}</a>')
    rows = [
        [
            code(path),
            badge(change.state),
            f'<span class="count-added">+{change.added}</span>' if change.added else "",
            f'<span class="count-removed">{MINUS}{change.removed}</span>' if change.removed else "",
            ", ".join(links[path]) or "no need to type it",
        ]
        for path, change in page_changes(page).items()
    ]
    return table("Files changed", ["File", "State", "Added", "Removed", "Pieces"], rows)


def _step(page: Page, block: Block) -> str:
    """The step of the page in which a block stands, by its number."""
    for step in steps(page):
        number, dot, _ = step.title.partition(".")
        if block.line in step.lines and dot and number.isdigit():
            return f"step {number}"
    return ""


def tables_html(page: Page, block: Block) -> str:
    """The columns of the tables that are new, changed or gone; with `all: true` every one."""
    return _compared(page, block, "column", ["Type", "Rules"], _columns)


def settings_html(page: Page, block: Block) -> str:
    """The settings that are new, changed or gone; with `all: true` every one."""
    return _compared(page, block, "setting", ["Default"], _settings)


def dependencies_html(page: Page, block: Block) -> str:
    """The packages that are new, changed or gone; with `all: true` every one."""
    return _compared(page, block, "package", ["Versions", "For"], _packages)


Things = dict[str, list[str]]
"""What a stage has of something: a name, and the cells that describe it."""


def _compared(
    page: Page,
    block: Block,
    thing: str,
    heads: list[str],
    things: Callable[[Course, Stage | None], Things],
) -> str:
    everything = block.fields("all").get("all") == "true"
    old = things(page.course, page.before)
    new = things(page.course, page.stage_of(block, None))
    rows = []
    for name, cells in [*new.items(), *((name, old[name]) for name in old if name not in new)]:
        state = GONE if name not in new else NEW if name not in old else CHANGED
        if old.get(name) != new.get(name):
            rows.append([code(name), badge(state), *cells])
        elif everything:
            rows.append([code(name), "", *cells])
    plural = f"{thing.capitalize()}s"
    return table(plural, [thing.capitalize(), "State", *heads], rows) if rows else _none(thing)


def _columns(course: Course, stage: Stage | None) -> Things:
    return {
        f"{name}.{column['name']}": [code(column["type"]), escape(", ".join(column["rules"]))]
        for name, columns in described(course, stage, "tables").items()
        for column in columns
    }


def _settings(course: Course, stage: Stage | None) -> Things:
    return {
        one["name"]: [code(one["default"]) if one["default"] else "none"]
        for one in described(course, stage, "settings")
    }


def _packages(_: Course, stage: Stage | None) -> Things:
    wanted = {"the app": stage.dependencies, "tests": stage.test_dependencies} if stage else {}
    found = {}
    for use, requirements in wanted.items():
        for requirement in requirements:
            name, versions = re.findall(r"([\w.\[\],-]+)\s*(.*)", requirement)[0]
            found[name] = [code(versions), use]
    return found


def tasks_html(page: Page, block: Block) -> str:
    """The stage's boxes of `tasks.nd`, with the names to tick them by."""
    stage = page.stage_of(block, None)
    checklist = Checklist.read(page.course.root / "tasks.nd")
    items = [
        f'<li class="{"task" if task.parent is None else "task task-part"}">'
        f"{inline(task.text)} {code(task.slug)}</li>"
        for task in checklist.tasks
        if task.stage == stage.number
    ]
    return f'<ul class="tasks">{"".join(items)}</ul>' if items else _none("task")


def map_html(page: Page, _: Block) -> str:
    """Every file at every stage; what changes links to its first piece."""
    stages = page.course.stages
    walks = {walk.name: walk for walk in read_pages(page.course) if walk.is_walk}
    anchors = {
        (walk.stage, piece.change.path): f"{link(page, walks[piece.block.page])}#{piece.anchor}"
        for walk in walks.values()
        for _, piece in reversed(way_pieces(walk))
    }
    by_stage = {stage: compare(page.course.before(stage), stage) for stage in stages}
    rows = []
    for path in sorted({path for changes in by_stage.values() for path in changes}, key=_folder):
        row = [code(path)]
        for stage, changes in by_stage.items():
            state = changes[path].state if path in changes else None
            target = anchors.get((stage, path))
            cell = badge(state) if state and state != State.SAME else "same" if state else ""
            row.append(f'<a href="{target}">{cell}</a>' if target else cell)
        rows.append(row)
    return table("Files by stage", ["File", *(stage.name for stage in stages)], rows)


def _folder(path: str) -> tuple[bool, str]:
    """The app first, then what is around it."""
    return not path.startswith("app/"), path


def _none(thing: str) -> str:
    return f"<p>No {thing} changes in this stage.</p>"


COMPUTED: dict[str, Callable[[Page, Block], str]] = {
    "changes": changes_html,
    "tables": tables_html,
    "settings": settings_html,
    "dependencies": dependencies_html,
    "tasks": tasks_html,
    "map": map_html,
}
