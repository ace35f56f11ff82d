"""What changes in the values that go one way between a client and a server.

A schema is compared field by field and under its own name; what it refers to has a name of its
own. Descriptions, titles and examples are no change, and neither are the limits of an answer.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from roadmap.site.api.document import Document, Schema, alternatives, spelled
from roadmap.site.elements import MINUS

RENAMED = "another name in generated clients"

LOWER_LIMITS = ("minimum", "exclusiveMinimum", "minLength", "minItems")
UPPER_LIMITS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
OTHER_LIMITS = ("multipleOf", "uniqueItems", "pattern")


class Impact(StrEnum):
    """What a change asks of a client that was written for the old document."""

    MUST = "must change"
    MAY = "may use or ignore"


class Wire(StrEnum):
    """Which way values go: those that are sent may become wider, those that answer narrower."""

    SENT = "sent"
    ANSWERED = "answered"


Notice = tuple[str, str, Impact]
"""The name of what changes, the change in Markdown, and what it asks."""


class Comparison:
    """Compares the values of an operation that go one way, and keeps which schemas it met."""

    def __init__(self, old: Document, new: Document, wire: Wire) -> None:
        self._old, self._new, self._wire = old, new, wire
        self._met: list[tuple[str, str]] = []

    def bodies(self, name: str, old: Schema, new: Schema) -> Iterator[Notice]:
        """Compare by media types."""
        was, now = (
            {media: content.get("schema", {}) for media, content in body.get("content", {}).items()}
            for body in (old, new)
        )
        for reference in sorted(self._old.references(was) & self._new.references(now)):
            self._meet(reference, reference)
        gone = [media for media in was if media not in now]
        come = [media for media in now if media not in was]
        replaced = list(zip(gone, come, strict=False))
        before = {media: f"`{media}` {self._old.type(was[media])}" for media in gone}
        after = {media: f"`{media}` {self._new.type(now[media])}" for media in come}
        for one, other in replaced:
            yield name, f"{before[one]} → {after[other]}", Impact.MUST
        for media in gone[len(come) :]:
            yield name, f"{MINUS} {before[media]}", Impact.MUST
        required = not was and new.get("required")
        for media in come[len(gone) :]:
            suffix, impact = (" (required)", Impact.MUST) if required else ("", Impact.MAY)
            yield name, f"+ {after[media]}{suffix}", impact
        for one, other in [*replaced, *((media, media) for media in was if media in now)]:
            yield from self._compare(name, was[one], now[other])

    def fields(self, name: str, old: Schema, new: Schema) -> Iterator[Notice]:
        """Compare the properties of two objects."""
        was, now = old.get("properties", {}), new.get("properties", {})
        needed_before, needed = old.get("required", []), new.get("required", [])
        come = [field for field in now if field not in was]
        if self._wire is Wire.ANSWERED:
            yield from _listed(name, "+ {}", come, Impact.MAY)
        else:
            required = [field for field in come if field in needed]
            optional = [_with_default(one, now[one]) for one in come if one not in needed]
            yield from _listed(name, "+ {} (required)", required, Impact.MUST)
            yield from _listed(name, "+ {} (optional)", optional, Impact.MAY)
            if new.get("additionalProperties") is False is not old.get("additionalProperties"):
                yield name, "other fields are refused now", Impact.MUST
        gone = [field for field in was if field not in now]
        yield from _listed(name, f"{MINUS} {{}}", gone, Impact.MUST)
        for field in (field for field in now if field in was):
            called = f"{name.rpartition('→ ')[2]}.{field}"
            yield from self.need(called, before=field in needed_before, now=field in needed)
            yield from self._compare(called, was[field], now[field])

    def need(self, name: str, *, before: bool, now: bool) -> Iterator[Notice]:
        """Compare whether a value has to be there."""
        if before == now:
            return
        if self._wire is Wire.SENT:
            word, impact = ("required", Impact.MUST) if now else ("optional", Impact.MAY)
            yield name, f"{word} now", impact
        elif before:
            yield name, "may be missing now", Impact.MUST

    def schemas(self) -> Iterator[Notice]:
        """Compare the schemas that were met, and those that these lead to."""
        for old, new in self._met:
            was, now = self._old.name(old), self._new.name(new)
            name = now if was == now else f"{was} → {now}"
            schemas = self._old.resolved({"$ref": old}), self._new.resolved({"$ref": new})
            changes = list(self._compare(name, *schemas))
            if was != now and not changes:
                yield name, RENAMED, Impact.MUST
            yield from changes

    def _meet(self, old: str, new: str) -> None:
        if (old, new) not in self._met:
            self._met.append((old, new))

    def _compare(self, name: str, old: Schema, new: Schema) -> Iterator[Notice]:
        was, now = self._old.types(old), self._new.types(new)
        parts, others = alternatives(old), alternatives(new)
        if "$ref" in old and "$ref" in new:
            self._meet(old["$ref"], new["$ref"])
        elif old.get("type") == new.get("type") == "array":
            yield from self._compare(f"{name}[]", old.get("items", {}), new.get("items", {}))
        elif parts and len(parts) == len(others):
            for one, other in zip(parts, others, strict=True):
                yield from self._compare(name, one, other)
        elif set(was) != set(now):
            narrow, wide = (was, now) if self._wire is Wire.SENT else (now, was)
            fits = set(narrow) <= set(wide) or "anything" in wide
            change = f"{' or '.join(was)} → {' or '.join(now)}"
            yield name, change, Impact.MAY if fits else Impact.MUST
            return
        else:
            yield from self.fields(name, old, new)
        if self._wire is Wire.SENT:
            yield from _limits(name, old, new)


def _listed(name: str, form: str, fields: list[str], impact: Impact) -> Iterator[Notice]:
    if fields:
        yield name, form.format(", ".join(f"`{field}`" for field in fields)), impact


def _with_default(field: str, schema: Schema) -> str:
    return f"{field}={spelled(schema['default'])}" if "default" in schema else field


def _limits(name: str, old: Schema, new: Schema) -> Iterator[Notice]:
    for limit in (*LOWER_LIMITS, *UPPER_LIMITS, *OTHER_LIMITS):
        was: Any = old.get(limit)
        now: Any = new.get(limit)
        if was is None and now is not None:
            yield name, f"+ `{limit} {now}`", Impact.MUST
        elif was is not None and now is None:
            yield name, f"{MINUS} `{limit} {was}`", Impact.MAY
        elif was != now:
            wider = now < was if limit in LOWER_LIMITS else limit in UPPER_LIMITS and now > was
            yield name, f"`{limit} {was}` → `{now}`", Impact.MAY if wider else Impact.MUST
    if "default" in old and "default" in new and old["default"] != new["default"]:
        before, after = spelled(old["default"]), spelled(new["default"])
        yield name, f"default `{before}` → `{after}`", Impact.MUST
