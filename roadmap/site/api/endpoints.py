"""The operations that a stage brings and ends, and what a client of the others notices.

Of each change it says what a client must change, or what it may use or ignore.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from roadmap.course import Stage
from roadmap.site.api.document import Document, Operation, Schema
from roadmap.site.api.generated import described
from roadmap.site.api.reference import address
from roadmap.site.api.schema_changes import RENAMED, Comparison, Impact, Notice, Wire
from roadmap.site.elements import MINUS, badge, code, inline, table
from roadmap.site.pages import Block, Page, link

FEW = 2


@dataclass(frozen=True)
class Change:
    """A change in Markdown, and the operations that have it, as the new document calls them."""

    text: str
    impact: Impact
    operations: tuple[Operation, ...]


def endpoints_html(page: Page, block: Block) -> str:
    """By the OpenAPI of the page's stage and of the one before."""
    stage = page.stage_of(block, None)
    old, new = (Document(described(page.course, one, "openapi")) for one in (page.before, stage))
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


def api_changes(old: Document, new: Document) -> list[Change]:
    """What changes in the operations that both have: equal changes are one, the widest is first."""
    names: dict[tuple[str, Impact], dict[str, None]] = {}
    operations: dict[tuple[str, Impact], dict[Operation, None]] = {}
    for operation, was in survivors(old, new).items():
        for name, what, impact in _notices(old, new, was, operation):
            names.setdefault((what, impact), {})[_code(name)] = None
            operations.setdefault((what, impact), {})[operation] = None
    changes = [
        Change(f"{', '.join(named)}: {what}", impact, tuple(operations[what, impact]))
        for (what, impact), named in names.items()
    ]
    return sorted(changes, key=lambda change: -len(change.operations))


def survivors(old: Document, new: Document) -> dict[Operation, Operation]:
    """The new document's operations that the old one has too, perhaps at the end of their path."""
    found = {operation: operation for operation in new.operations if operation in old.operations}
    for was in old.operations:
        moved = [
            operation for operation in new.operations if operation not in found
            and operation.method == was.method and operation.path.endswith(was.path)
        ]  # fmt: skip
        if was not in new.operations and moved:
            found[min(moved, key=lambda operation: len(operation.path))] = was
    return {operation: found[operation] for operation in new.operations if operation in found}


def _code(name: str) -> str:
    return " → ".join(f"`{part}`" for part in name.split(" → "))


def _notices(
    before: Document, after: Document, was: Operation, operation: Operation
) -> Iterator[Notice]:
    old, new = before.operations[was], after.operations[operation]
    sent, answered = Comparison(before, after, Wire.SENT), Comparison(before, after, Wire.ANSWERED)
    if was != operation:
        yield "path", f"`/…` → `{operation.path.removesuffix(was.path)}/…`", Impact.MUST
    yield from _token(old["security"], new["security"])
    for place in ("path", "query", "header", "cookie"):
        yield from sent.fields(place, before.parameters(old, place), after.parameters(new, place))
    yield from _body(sent, before.body(old), after.body(new))
    yield from _answers(answered, before.answers(old), after.answers(new))
    if old.get("operationId") != new.get("operationId"):
        yield "operationId", RENAMED, Impact.MUST
    yield from sent.schemas()
    yield from answered.schemas()
    if new.get("deprecated") and not old.get("deprecated"):
        yield "deprecated", "it is going to end", Impact.MAY


def _token(old: list[Any], new: list[Any]) -> Iterator[Notice]:
    needed_before, needed = (bool(schemes) and {} not in schemes for schemes in (old, new))
    if needed and old != new:
        yield "token", "another one is needed" if needed_before else "needed now", Impact.MUST
    elif old != new:
        yield "token", "may be sent" if any(new) else "no longer asked for", Impact.MAY


def _body(sent: Comparison, old: Schema, new: Schema) -> Iterator[Notice]:
    if old and new:
        needs = bool(old.get("required")), bool(new.get("required"))
        yield from sent.need("body", before=needs[0], now=needs[1])
    yield from sent.bodies("body", old, new)


def _answers(
    answered: Comparison, old: dict[str, Schema], new: dict[str, Schema]
) -> Iterator[Notice]:
    for status in sorted(old.keys() | new.keys()):
        if status in old and status in new:
            yield from answered.bodies(status, old[status], new[status])
            headers = old[status]["headers"], new[status]["headers"]
            yield from answered.fields(f"{status} headers", *headers)
        else:
            # A client gets 304 only if it has asked for it, with If-None-Match.
            expected = status == "304" or status[0] in "45d"
            sign = "+" if status in new else MINUS
            yield "answers", f"{sign} `{status}`", Impact.MAY if expected else Impact.MUST
