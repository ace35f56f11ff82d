"""An OpenAPI document, asked for what a comparison needs: operations, schemas, types as words."""

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

Schema = dict[str, Any]


class Operation(NamedTuple):
    """What a client calls: `GET /posts`."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Document:
    """An OpenAPI document as `app.openapi()` returns it; its references are within it."""

    def __init__(self, openapi: dict[str, Any]) -> None:
        self._openapi = openapi

    @cached_property
    def operations(self) -> dict[Operation, dict[str, Any]]:
        """What the document says of every operation, in its order."""
        return {
            Operation(method.upper(), path): {
                **about,
                "parameters": [*there.get("parameters", []), *about.get("parameters", [])],
                "security": about.get("security", self._openapi.get("security", [])),
            }
            for path, there in self._openapi.get("paths", {}).items()
            for method, about in there.items()
            if method in METHODS
        }

    def resolved(self, schema: Schema) -> Schema:
        """What a reference leads to, or else the schema itself."""
        while "$ref" in schema:
            found: Any = self._openapi
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            schema = found
        return schema

    def parameters(self, operation: dict[str, Any], place: str) -> Schema:
        """The operation's parameters in the query or another place, as one object's fields."""
        parameters = map(self.resolved, operation["parameters"])
        return self._object({one["name"]: one for one in parameters if one["in"] == place})

    def body(self, operation: dict[str, Any]) -> Schema:
        """What is sent; nothing for an operation that takes no body."""
        return self.resolved(operation.get("requestBody", {}))

    def answers(self, operation: dict[str, Any]) -> dict[str, Schema]:
        """What is answered, by status; its `headers` are one object's fields."""
        answers = {
            status: self.resolved(one) for status, one in operation.get("responses", {}).items()
        }
        return {
            status: {**answer, "headers": self._object(answer.get("headers", {}))}
            for status, answer in answers.items()
        }

    def _object(self, parts: dict[str, Schema]) -> Schema:
        resolved = {name: self.resolved(part) for name, part in parts.items()}
        return {
            "properties": {name: part.get("schema", {}) for name, part in resolved.items()},
            "required": [name for name, part in resolved.items() if part.get("required")],
        }

    def name(self, reference: str) -> str:
        """What a schema calls itself, for a generic one is `Page_Post_` in the document."""
        return str(self.resolved({"$ref": reference}).get("title", reference.rpartition("/")[2]))

    def types(self, schema: Schema) -> list[str]:
        """The types that a value may have, in Markdown."""
        if "$ref" in schema:
            return [f"`{self.name(schema['$ref'])}`"]
        if several := alternatives(schema):
            return [one for part in several for one in self.types(part)]
        if "enum" in schema or "const" in schema:
            return [f"`{spelled(value)}`" for value in schema.get("enum", [schema.get("const")])]
        if schema.get("type") == "array":
            return [f"array of {self.type(schema.get('items', {}))}"]
        if isinstance(schema.get("additionalProperties"), dict):
            return [f"object of {self.type(schema['additionalProperties'])}"]
        named = schema.get("format") or schema.get("type", "anything")
        return named if isinstance(named, list) else [named]

    def type(self, schema: Schema) -> str:
        """The type of a value, in Markdown."""
        return " or ".join(self.types(schema))

    def references(self, schema: Any) -> set[str]:
        """Every schema that this one leads to."""
        found: set[str] = set()
        todo = [schema]
        while todo:
            new = set(_references(todo.pop())) - found
            found |= new
            todo += [self.resolved({"$ref": one}) for one in new]
        return found


def alternatives(schema: Schema) -> list[Schema]:
    """The schemas of which a value fits one; none if the schema is itself the only one."""
    found: list[Schema] = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf") or []
    return found


def spelled(value: Any) -> str:
    """A value as a client writes it."""
    return value if isinstance(value, str) else json.dumps(value)


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _references(one)
