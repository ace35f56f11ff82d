"""The operations that a stage brings and ends, and what a client of the others notices."""

from html import escape
from typing import Any

from roadmap.course import Stage
from roadmap.site.api_changes import Change, api_changes, survivors
from roadmap.site.described import described
from roadmap.site.markup import badge, code, table
from roadmap.site.openapi import Document, Operation
from roadmap.site.pages import Block, Page, link
from roadmap.site.prose import inline
from roadmap.site.reference import address
from roadmap.site.schema_changes import Impact

FEW = 2


def endpoints_html(page: Page, block: Block) -> str:
    """By the OpenAPI of the page's stage and of the one before."""
    stage = page.stage_of(block, None)
    old, new = (Document(described(page.course, one)["openapi"]) for one in (page.before, stage))
    kept, reference = survivors(old, new), _reference(page, stage)
    rows = [
        [_linked(reference, operation), badge("new"), _about(about)]
        for operation, about in new.operations.items()
        if operation not in kept
    ] + [
        [code(operation), badge("gone"), _about(about)]
        for operation, about in old.operations.items()
        if operation not in kept.values()
    ]
    tables = [table("Endpoints", ["Endpoint", "State", "About"], rows)] if rows else []
    changes = api_changes(old, new)
    for impact in Impact:
        asked = [
            [inline(change.text), _where(reference, change, list(kept))]
            for change in changes
            if change.impact is impact
        ]
        if asked:
            title = f"What a client {impact}"
            tables.append(table(title, [title, "Where"], asked, "computed stacked"))
    return "".join(tables) or "<p>No endpoint changes in this stage.</p>"


def _where(reference: str | None, change: Change, everything: list[Operation]) -> str:
    others = [operation for operation in everything if operation not in change.operations]
    if len(others) <= FEW < len(change.operations):
        but = " and ".join(_linked(reference, operation) for operation in others)
        return f"every operation but {but}" if others else "every operation"
    return "<br>".join(_linked(reference, operation) for operation in change.operations)


def _reference(page: Page, stage: Stage) -> str | None:
    """Where the API reference of the stage is, if there is one."""
    name = f"docs/reference/{stage.name}.md"
    if not (page.course.root / name).is_file():
        return None
    return link(page, Page(page.course, name, "", stage))


def _linked(reference: str | None, operation: Operation) -> str:
    if reference is None:
        return code(operation)
    return f'<a href="{reference}{address(str(operation))}">{code(operation)}</a>'


def _about(operation: dict[str, Any]) -> str:
    return escape(str(operation.get("description") or operation.get("summary", "")).split("\n")[0])
