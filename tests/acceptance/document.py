"""The OpenAPI document, with its references followed, and the pages that show it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from .blog import Blog, Body, Json

PARAMETER = re.compile(r"\{[^}]+\}")


@dataclass(frozen=True)
class Document:
    """The document of a blog; its operations are called `GET /posts/{id}`, without the prefix."""

    blog: Blog
    raw: Body

    @classmethod
    def of(cls, blog: Blog) -> "Document":
        return cls(blog, blog.schema())

    @property
    def operations(self) -> dict[str, Body]:
        return {
            f"{method} {PARAMETER.sub('{id}', path)}": operation
            for (method, path), operation in self.blog.operations().items()
        }

    @property
    def schemas(self) -> Body:
        """The named schemas."""
        schemas: Body = self.raw["components"]["schemas"]
        return schemas

    def errors(self) -> list[str]:
        """What is against the specification of OpenAPI 3.1."""
        plain = json.loads(json.dumps(self.raw))  # no Body, as a validator asks for what may lack
        return [error.message for error in OpenAPIV31SpecValidator(plain).iter_errors()]

    def contents(self) -> Iterator[tuple[str, Body]]:
        """All that goes in or out: the media types of every body and every response."""
        for name, operation in self.operations.items():
            body = operation.get("requestBody", {}).get("content", {})
            yield from ((f"{name} {media_type}", content) for media_type, content in body.items())
            for status, response in operation["responses"].items():
                for media_type, content in response.get("content", {}).items():
                    yield f"{name} {status} {media_type}", content

    def resolved(self, schema: Json) -> Body:
        """The schema that a reference leads to."""
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rpartition("/")[2]]
        found: Body = schema
        return found

    def properties(self, schema: Json) -> set[str]:
        """The names of the properties of an object."""
        return set(self.resolved(schema).get("properties", {}))

    def all_properties(self, node: Json, seen: frozenset[str] = frozenset()) -> set[str]:
        """The names of all properties that a part of the document leads to, however deep."""
        if isinstance(node, list):
            return {name for part in node for name in self.all_properties(part, seen)}
        if not isinstance(node, dict) or node.get("$ref") in seen:
            return set()
        if "$ref" in node:
            return self.all_properties(self.resolved(node), seen | {node["$ref"]})
        return set(node.get("properties", {})) | self.all_properties(list(node.values()), seen)

    def examples(self, content: Body) -> list[Json]:
        """What is shown of a media type: its own examples, or else those of its schema."""
        named = [example["value"] for example in content.get("examples", {}).values()]
        own = [content["example"]] if "example" in content else []
        return own + named or self._examples_of(content["schema"])

    def _examples_of(self, schema: Json) -> list[Json]:
        """A schema's own examples, or one made of those of its items or properties."""
        schema = self.resolved(schema)
        own = [schema["example"]] if "example" in schema else []
        own += schema.get("examples", [])
        if own:
            return own
        if schema.get("type") == "array":
            items = self._examples_of(schema.get("items", {}))
            return [items] if items else []
        shown = {
            name: examples[0]
            for name, part in schema.get("properties", {}).items()
            if (examples := self._examples_of(part))
        }
        return [shown] if shown and set(schema.get("required", [])) <= set(shown) else []

    def misfits(self, content: Body) -> list[str]:
        """What is wrong with the examples of a media type, first of all that there is none."""
        validator = OAS31Validator({"components": self.raw["components"], **content["schema"]})
        examples = self.examples(content)
        errors = [error.message for one in examples for error in validator.iter_errors(one)]
        return errors if examples else ["no example"]
