import re
from collections.abc import Iterator
from typing import Any

import pytest
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
    "delete_post", "upload_image", "read_image", "list_users", "create_user", "read_current_user",
    "list_own_posts", "read_user",
}  # fmt: skip

each_operation = pytest.mark.parametrize("name", OPERATIONS)


def contents(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """All texts that go in or out: the media types of the body and of all responses."""
    places = [operation.get("requestBody", {}), *operation["responses"].values()]
    return [
        content
        for place in places
        for media_type, content in place.get("content", {}).items()
        if not media_type.startswith(("image/", "multipart/"))
    ]


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


def test_each_operation_has_these_statuses_and_no_others() -> None:
    assert {name: set(operation["responses"]) for name, operation in OPERATIONS.items()} == {
        "POST /auth/token": {"200", "400", "401", "422", "429", "503"},
        "GET /posts": {"200", "401", "422", "503"},
        "POST /posts": {"201", "400", "401", "422", "429", "503"},
        "GET /posts/{post_id}": {"200", "401", "404", "422", "503"},
        "PUT /posts/{post_id}": {"200", "400", "401", "403", "404", "422", "429", "503"},
        "PATCH /posts/{post_id}": {"200", "400", "401", "403", "404", "422", "429", "503"},
        "DELETE /posts/{post_id}": {"204", "401", "403", "404", "422", "429", "503"},
        "POST /posts/{post_id}/image": {
            "200", "400", "401", "403", "404", "413", "415", "422", "429", "503",
        },
        "GET /posts/{post_id}/image": {"200", "401", "404", "422", "503"},
        "GET /users": {"200", "401", "422", "503"},
        "POST /users": {"201", "400", "409", "422", "429", "503"},
        "GET /users/me": {"200", "401", "503"},
        "GET /users/me/posts": {"200", "401", "422", "503"},
        "GET /users/{user_id}": {"200", "401", "404", "422", "503"},
    }  # fmt: skip


def test_each_operation_says_whether_it_reads_a_token_and_needs_one() -> None:
    token: dict[str, list[str]] = {"OAuth2PasswordBearer": []}

    assert {name: operation.get("security") for name, operation in OPERATIONS.items()} == {
        "POST /auth/token": None,
        "GET /posts": [token, {}],
        "POST /posts": [token],
        "GET /posts/{post_id}": [token, {}],
        "PUT /posts/{post_id}": [token],
        "PATCH /posts/{post_id}": [token],
        "DELETE /posts/{post_id}": [token],
        "POST /posts/{post_id}/image": [token],
        "GET /posts/{post_id}/image": [token, {}],
        "GET /users": [token, {}],
        "POST /users": None,
        "GET /users/me": [token],
        "GET /users/me/posts": [token],
        "GET /users/{user_id}": [token, {}],
    }


@pytest.mark.parametrize(
    ("name", "status", "description"),
    [
        ("POST /auth/token", "401", "Wrong username or password"),
        ("GET /users/me", "401", "This needs a valid token: log in to get one"),
        ("PUT /posts/{post_id}", "403", "Only its author may change a post"),
        ("PATCH /posts/{post_id}", "403", "Only its author may change a post"),
        ("DELETE /posts/{post_id}", "403", "Only its author or an admin may delete a post"),
        ("POST /users", "422", "The request is not valid: the errors say what and where"),
    ],
)
def test_an_error_is_described_as_its_route_means_it(
    name: str, status: str, description: str
) -> None:
    response = OPERATIONS[name]["responses"][status]

    assert response["description"] == description
    assert response["content"]["application/problem+json"]["example"]["detail"] == description


@each_operation
def test_errors_are_documented_as_problems(name: str) -> None:
    errors = {
        status: response["content"]
        for status, response in OPERATIONS[name]["responses"].items()
        if status >= "400"
    }

    assert {tuple(content) for content in errors.values()} == {("application/problem+json",)}
    assert [content["application/problem+json"]["example"]["status"] for content in errors.values()
            ] == [int(status) for status in errors]  # fmt: skip


def test_the_document_names_no_server() -> None:
    assert "servers" not in OPENAPI


def test_nobody_elses_address_is_in_any_answer() -> None:
    showing = {
        (name, schema)
        for name, operation in OPERATIONS.items()
        for schema in schemas_in(operation["responses"])
        if re.search("mail|password", " ".join(SCHEMAS[schema].get("properties", {})))
    }

    assert showing == {("GET /users/me", "UserPrivate")}


def test_a_form_for_an_image_is_described() -> None:
    form = OPERATIONS["POST /posts/{post_id}/image"]["requestBody"]["content"][
        "multipart/form-data"
    ]

    assert form["schema"]["required"] == ["file"]
    assert "image/png" in form["encoding"]["file"]["contentType"]
    served = OPERATIONS["GET /posts/{post_id}/image"]["responses"]["200"]["content"]
    assert set(served) == {"image/png", "image/jpeg", "image/webp", "image/gif"}
