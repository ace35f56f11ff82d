"""The API of a stage as a page: plain HTML from its OpenAPI, nothing that a browser has to load."""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from roadmap.site.api.generated import described
from roadmap.site.elements import badge, code, table
from roadmap.site.pages import Block, Page

Schema = dict[str, Any]


def reference_html(page: Page, block: Block) -> str:
    """Every operation, then every schema. Raises PageError if the page is about no stage."""
    stage = page.stage_of(block, block.fields("stage").get("stage"))
    openapi = described(page.course, stage, "openapi")
    operations = [
        (path, method.upper(), operation)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    ]
    out = [f"<li>{_link(f'{method} {path}')}</li>" for path, method, _ in operations]
    out = ["<ul>", *out, '<li><a href="#schemas">Schemas</a></li>', "</ul>"]
    for path, method, operation in operations:
        out += _operation(path, method, operation)
    out.append('<h2 id="schemas">Schemas</h2>')
    for name, schema in openapi.get("components", {}).get("schemas", {}).items():
        out.append(f'<h3 id="schema-{_slug(name)}">{code(name)}</h3>')
        out += _schema(name, schema)
    return "\n".join(out)


def address(called: str) -> str:
    """Where on the page of a stage an operation such as `GET /posts` stands."""
    return f"#{_slug(called)}"


def _link(called: str) -> str:
    return f'<a href="{address(called)}">{code(called)}</a>'


def _operation(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    yield (
        f'<h2 id="{_slug(f"{method} {path}")}"><span class="badge">{method}</span>'
        f" {code(path)}</h2>"
    )
    yield f"<p>{escape(operation.get('description') or operation.get('summary', ''))}</p>"
    if security := operation.get("security"):
        yield f"<p>{badge('token')} {'May have' if {} in security else 'Needs'} a token.</p>"
    if operation.get("parameters"):
        rows = [
            [code(one["name"]), one["in"], _type(one.get("schema", {})), _needed(one)]
            for one in operation["parameters"]
        ]
        yield table(f"Parameters of {method} {path}", ["Parameter", "In", "Type", "Needed"], rows)
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<p>Body: {_type(content.get('schema', {}))} as {code(media)}</p>"
    rows = [
        [code(status), escape(answer["description"]), _bodies(answer)]
        for status, answer in sorted(operation["responses"].items())
    ]
    yield table(f"Responses of {method} {path}", ["Status", "Meaning", "Body"], rows)


def _bodies(answer: dict[str, Any]) -> str:
    contents = answer.get("content", {}).values()
    return " or ".join(_type(content.get("schema", {})) for content in contents)


def _schema(name: str, schema: Schema) -> Iterator[str]:
    if schema.get("description"):
        yield f"<p>{escape(schema['description'])}</p>"
    if "enum" in schema:
        yield f"<p>One of {', '.join(map(code, schema['enum']))}.</p>"
    required = schema.get("required", [])
    rows = [
        [code(field), _type(about), "required" if field in required else "optional"]
        for field, about in schema.get("properties", {}).items()
    ]
    if rows:
        yield table(f"Fields of {name}", ["Field", "Type", "Needed"], rows)


def _needed(parameter: dict[str, Any]) -> str:
    return "required" if parameter.get("required") else "optional"


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#schema-{_slug(name)}">{code(name)}</a>'
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(_type(one) for one in schema[several])
    if schema.get("type") == "array":
        return f"array of {_type(schema.get('items', {}))}"
    if "enum" in schema:
        return " or ".join(map(code, schema["enum"]))
    return f"{escape(schema.get('format') or schema.get('type', 'any'))}{_limits(schema)}"


def _limits(schema: Schema) -> str:
    words = {
        "minLength": "at least {} characters", "maxLength": "at most {} characters",
        "minimum": "from {}", "maximum": "to {}", "pattern": "{}", "default": "default {}",
    }  # fmt: skip
    said = [form.format(code(schema[key])) for key, form in words.items() if key in schema]
    return f" ({', '.join(said)})" if said else ""


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
