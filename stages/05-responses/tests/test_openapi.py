import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openapi_spec_validator import validate

from app.main import app

OPENAPI = app.openapi()
SCHEMAS = OPENAPI["components"]["schemas"]
OPERATIONS = {
    f"{method.upper()} {path.removeprefix('/api/v1')}": operation
    for path, methods in OPENAPI["paths"].items()
    for method, operation in methods.items()
}
OPERATION_IDS = {
    "log_in", "list_posts", "create_post", "read_post", "replace_post", "update_post",
    "delete_post", "list_users", "create_user", "read_current_user", "list_own_posts", "read_user",
}  # fmt: skip

each_operation = pytest.mark.parametrize("name", OPERATIONS)


def contents(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything that goes in or out: the media types of the body and of all responses."""
    places = [operation.get("requestBody", {}), *operation["responses"].values()]
    return [content for place in places for content in place.get("content", {}).values()]


def schemas_in(node: Any) -> Iterator[str]:
    """The names of all schemas that a part of the document leads to."""
    if isinstance(node, list):
        for part in node:
            yield from schemas_in(part)
    elif isinstance(node, dict):
        for key, part in node.items():
            if key == "$ref":
                name = part.rpartition("/")[2]
                yield name
                yield from schemas_in(SCHEMAS[name])
            else:
                yield from schemas_in(part)


def test_the_document_is_valid() -> None:
    validate(OPENAPI)


def test_every_operation_has_a_stable_name() -> None:
    assert {operation["operationId"] for operation in OPERATIONS.values()} == OPERATION_IDS


@each_operation
def test_an_operation_is_described(name: str) -> None:
    operation = OPERATIONS[name]

    assert operation["summary"]
    assert operation["description"] != operation["summary"]
    assert set(operation["tags"]) <= {tag["name"] for tag in OPENAPI["tags"]}


@each_operation
def test_all_that_goes_in_or_out_has_an_example(name: str) -> None:
    without = [
        content
        for content in contents(OPERATIONS[name])
        if "example" not in content
        and "examples" not in SCHEMAS[content["schema"]["$ref"].rpartition("/")[2]]
    ]

    assert without == []


@each_operation
def test_errors_are_documented_as_problems(name: str) -> None:
    errors = {
        status: response["content"]
        for status, response in OPERATIONS[name]["responses"].items()
        if status >= "400"
    }

    assert "401" in errors
    assert {tuple(content) for content in errors.values()} == {("application/problem+json",)}
    assert [content["application/problem+json"]["example"]["status"] for content in errors.values()
            ] == [int(status) for status in errors]  # fmt: skip


def test_nobody_elses_address_is_in_any_answer() -> None:
    showing = {
        (name, schema)
        for name, operation in OPERATIONS.items()
        for schema in schemas_in(operation["responses"])
        if re.search("mail|password", " ".join(SCHEMAS[schema].get("properties", {})))
    }

    assert showing == {("GET /users/me", "UserPrivate")}


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
def test_the_documentation_needs_no_other_server(visitor: TestClient, page: str) -> None:
    html = visitor.get(f"http://testserver{page}").text
    assets = re.findall(r'(?:src|href)="([^"]+)"', html)

    assert len(assets) >= 2
    assert [asset for asset in assets if not asset.startswith("/")] == []
    assert {visitor.get(f"http://testserver{asset}").status_code for asset in assets} == {200}
