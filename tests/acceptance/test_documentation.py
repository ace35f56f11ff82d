"""The OpenAPI document says all that a client needs, and the pages that show it need no network."""

import json
import re

import pytest

from .blog import Blog, Body, kind
from .document import Document
from .pages import ENVELOPE
from .problems import FIELD_ERROR, MEMBERS, PROBLEM_JSON
from .rules import rule
from .visits import Restarted

pytestmark = pytest.mark.no_rows

SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
PRIVATE = re.compile(r"mail|passw|hash", re.IGNORECASE)
READABLE = (" application/json", f" {PROBLEM_JSON}", " application/x-www-form-urlencoded")
PUBLIC = {"id", "username", "created_at"}
NEEDS_A_TOKEN = {
    "POST /auth/token": "no", "POST /users": "no",
    "GET /posts": "may", "GET /posts/{id}": "may", "GET /users": "may", "GET /users/{id}": "may",
    "POST /posts": "must", "PUT /posts/{id}": "must", "PATCH /posts/{id}": "must",
    "DELETE /posts/{id}": "must", "GET /users/me": "must", "GET /users/me/posts": "must",
}  # fmt: skip
SHOW_POSTS = {
    "GET /posts", "POST /posts", "GET /posts/{id}", "PUT /posts/{id}",
    "PATCH /posts/{id}", "GET /users/me/posts",
}  # fmt: skip


@pytest.fixture(scope="module")
def document(blog: Blog) -> Document:
    """What the server says of itself."""
    return Document.of(blog)


def answer(document: Document, operation: str) -> Body:
    """The schema of what an operation answers when all is well."""
    responses = document.operations[operation]["responses"]
    (content,) = (responses[status]["content"] for status in responses if status.startswith("2"))
    return document.resolved(content["application/json"]["schema"])


# The whole


@rule(5, "documentation-polish")
def test_the_document_is_valid_openapi_3_1_and_explains_its_tags(document: Document) -> None:
    assert document.raw.get("servers", []) == []
    assert document.raw["openapi"].startswith("3.1.")
    assert document.errors() == []
    assert [tag for tag in document.raw["tags"] if not tag["description"]] == []


@rule(5, "documentation-polish")
def test_every_operation_has_summary_description_and_a_tag_that_is_explained(
    document: Document,
) -> None:
    explained = {tag["name"] for tag in document.raw["tags"]}

    lacking = [
        name
        for name, operation in document.operations.items()
        if not operation.get("summary")
        or not operation.get("description")
        or operation["summary"] == operation["description"]
        or not {*operation.get("tags", [])}
        or not {*operation.get("tags", [])} <= explained
    ]
    assert lacking == []


@rule(5, "documentation-polish")
def test_every_operation_has_a_name_of_its_own_in_snake_case_that_stays(
    document: Document, bare: Restarted
) -> None:
    names = {name: it["operationId"] for name, it in document.operations.items()}
    after = {name: it["operationId"] for name, it in Document.of(bare.blog).operations.items()}

    assert [name for name in names.values() if not SNAKE_CASE.fullmatch(name)] == []
    assert [name for name in names.values() if "api_v1" in name] == []
    assert len(set(names.values())) == len(names)
    assert after == names


# Examples


@rule(5, "openapi-examples")
def test_all_that_goes_in_or_out_has_examples_that_fit(document: Document) -> None:
    misfits = {
        place: document.misfits(content)
        for place, content in document.contents()
        if place.endswith(READABLE)
    }

    assert misfits == {place: [] for place in misfits}


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [
        ("POST /posts", {200}),
        ("PUT /posts/{id}", {200}),
        ("PATCH /posts/{id}", {200}),
        ("POST /users", {200, 409}),
    ],
)
@rule(5, "openapi-examples")
def test_what_an_example_says_can_be_sent(
    alice: Blog, document: Document, operation: str, statuses: set[int]
) -> None:
    method, path = operation.format(id=alice.create_post()["id"]).split()
    examples = document.examples(
        document.operations[operation]["requestBody"]["content"]["application/json"]
    )

    answers = {kind(alice.request(method, path, json_body=it).status_code) for it in examples}

    assert examples
    assert answers <= statuses


# Errors


@rule(5, "documented-errors")
def test_every_error_is_documented_as_a_problem(document: Document) -> None:
    documented = {
        f"{name} {status}": list(response.get("content", {}))
        for name, operation in document.operations.items()
        for status, response in operation["responses"].items()
        if status >= "400"
    }

    assert documented == {error: [PROBLEM_JSON] for error in documented}


@rule(5, "documented-errors")
def test_a_documented_problem_has_the_members_of_a_real_one(document: Document) -> None:
    problems = {
        place: content
        for place, content in document.contents()
        if place.endswith(f" {PROBLEM_JSON}")
    }

    members = {place: document.properties(it["schema"]) for place, it in problems.items()}

    assert members
    assert members == {
        place: MEMBERS | ({"errors"} if " 422 " in place else set()) for place in problems
    }


@rule(5, "documented-errors")
def test_the_example_of_an_error_has_its_status(document: Document) -> None:
    shown = {
        (place, example["status"])
        for place, content in document.contents()
        for example in document.examples(content)
        if place.endswith(f" {PROBLEM_JSON}")
    }

    assert shown
    assert [place for place, status in shown if f" {status} " not in place] == []


@rule(5, "documented-errors")
def test_a_documented_422_says_what_does_not_fit(document: Document) -> None:
    refusal = document.operations["POST /posts"]["responses"]["422"]["content"][PROBLEM_JSON]

    errors = document.resolved(refusal["schema"])["properties"]["errors"]

    assert document.properties(errors["items"]) == FIELD_ERROR


@rule(5, "documented-errors")
def test_401_is_documented_for_every_operation_but_the_sign_up(document: Document) -> None:
    unauthorized = {
        name: list(operation["responses"].get("401", {}).get("content", {}))
        for name, operation in document.operations.items()
    }

    assert unauthorized.pop("POST /users") == []
    assert unauthorized == {name: [PROBLEM_JSON] for name in unauthorized}


@rule(3, "oauth2-jwt")
def test_an_operation_says_whether_it_needs_a_token(document: Document) -> None:
    general = document.raw.get("security", [])

    needed = {
        name: [bool(one) for one in sorted(operation.get("security", general), key=bool)]
        for name, operation in document.operations.items()
    }
    said = {name: needed[name] for name in NEEDS_A_TOKEN if name in needed}
    assert said == {
        name: {"no": [], "may": [False, True], "must": [True]}[NEEDS_A_TOKEN[name]] for name in said
    }


@rule(5, "documented-errors")
def test_only_deleting_is_said_to_be_for_admins_too(document: Document) -> None:
    forbidden = {
        name: "admin" in document.operations[name]["responses"]["403"]["description"]
        for name in ("PUT /posts/{id}", "PATCH /posts/{id}", "DELETE /posts/{id}")
    }

    assert forbidden == {
        "PUT /posts/{id}": False, "PATCH /posts/{id}": False, "DELETE /posts/{id}": True
    }  # fmt: skip


# What is shown of whom


@pytest.mark.parametrize("operation", ["GET /posts", "GET /users/me/posts", "GET /users"])
@rule(5, "pagination-envelope")
def test_a_list_is_documented_as_an_envelope(document: Document, operation: str) -> None:
    assert document.properties(answer(document, operation)) == ENVELOPE


@rule(3, "user-schemas")
def test_there_is_a_schema_of_users_for_everybody_and_one_for_themselves(
    document: Document,
) -> None:
    schemas = document.schemas

    assert document.properties(schemas["UserPublic"]) == PUBLIC
    assert document.properties(schemas["UserPrivate"]) == PUBLIC | {"email", "role"}
    assert "hashed_password" not in json.dumps(document.raw)


@rule(5, "user-schemas")
def test_users_see_their_private_side_and_others_the_public_one(document: Document) -> None:
    schemas = document.schemas

    assert answer(document, "GET /users/me") == schemas["UserPrivate"]
    assert answer(document, "GET /users/{id}") == schemas["UserPublic"]
    assert answer(document, "POST /users") == schemas["UserPublic"]
    assert (
        document.resolved(answer(document, "GET /users")["properties"]["items"]["items"])
        == schemas["UserPublic"]
    )


@rule(5, "user-public")
def test_the_author_of_a_post_is_documented_as_a_public_user(document: Document) -> None:
    post = answer(document, "GET /posts/{id}")

    assert document.resolved(post["properties"]["author"]) == document.schemas["UserPublic"]


@rule(5, "hide-user-fields")
def test_answers_show_authors_and_no_address_but_ones_own(document: Document) -> None:
    shown = {
        name: document.all_properties(operation["responses"])
        for name, operation in document.operations.items()
    }

    private = {(name, field) for name in shown for field in shown[name] if PRIVATE.search(field)}
    assert {name for name in shown if "author" in shown[name]} >= SHOW_POSTS
    assert private == {("GET /users/me", "email")}
