"""OpenAPI documents of a few lines."""

from typing import Any

Json = dict[str, Any]

STRING: Json = {"type": "string"}
INTEGER: Json = {"type": "integer"}
NULL: Json = {"type": "null"}


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Json) -> Json:
    return {"type": "array", "items": items}


def thing(*required: str, **fields: Json) -> Json:
    """An object with these fields, some of them required."""
    return {"type": "object", "properties": fields, "required": list(required)}


def body(schema: Json, media: str = "application/json") -> Json:
    return {"content": {media: {"schema": schema}}}


def operation(*, sent: Json | None = None, answered: Json | None = None, **more: Any) -> Json:
    """An operation that takes a body of this schema, and answers 200 with that one."""
    about = {"responses": {"200": body(answered) if answered else {}}} | more
    return about | ({"requestBody": body(sent) | {"required": True}} if sent else {})


def query(name: str, schema: Json = STRING, **more: Any) -> Json:
    return {"name": name, "in": "query", "schema": schema} | more


def openapi(*schemas: tuple[str, Json], **paths: Json) -> Json:
    """A document; `get_posts` is the operation `GET /posts`."""
    found: Json = {}
    for name, about in paths.items():
        method, _, path = name.partition("_")
        found.setdefault(f"/{path}", {})[method] = about
    return {"paths": found, "components": {"schemas": dict(schemas)}}
