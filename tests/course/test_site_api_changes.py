"""What a client notices between two OpenAPI documents."""

from copy import deepcopy

import pytest

from roadmap.site.api.document import Document, Operation
from roadmap.site.api.endpoints import api_changes, survivors
from roadmap.site.api.schema_changes import Impact
from roadmap.site.elements import MINUS

from .small_openapi import (
    INTEGER,
    NULL,
    STRING,
    Json,
    array,
    body,
    openapi,
    operation,
    query,
    ref,
    thing,
)

MUST, MAY = Impact.MUST, Impact.MAY

Said = list[tuple[str, Impact]]


def said(old: Json, new: Json) -> Said:
    return [(one.text, one.impact) for one in api_changes(Document(old), Document(new))]


def said_of(old: Json, new: Json) -> Said:
    """What is said of one operation that changes."""
    return said(openapi(post_posts=old), openapi(post_posts=new))


def said_if_sent(old: Json, new: Json) -> Said:
    """What is said of a schema `New` that a client sends."""
    there = operation(sent=ref("New"))
    return said(openapi(("New", old), post_posts=there), openapi(("New", new), post_posts=there))


def said_if_answered(old: Json, new: Json) -> Said:
    """What is said of a schema `Post` that a client is answered."""
    there = operation(answered=ref("Post"))
    return said(openapi(("Post", old), get_posts=there), openapi(("Post", new), get_posts=there))


def test_a_new_field_that_has_to_be_sent_breaks_a_client() -> None:
    assert said_if_sent(thing(), thing("a", a=STRING)) == [("`New`: + `a` (required)", MUST)]


def test_a_new_field_that_may_be_sent_can_be_ignored_and_shows_its_default() -> None:
    new = thing(a=STRING | {"default": "x"}, b={"type": "boolean", "default": True}, c=STRING)

    assert said_if_sent(thing(), new) == [("`New`: + `a=x`, `b=true`, `c` (optional)", MAY)]


def test_a_new_field_of_an_answer_can_be_ignored() -> None:
    assert said_if_answered(thing(), thing("a", a=STRING, b=STRING)) == [
        ("`Post`: + `a`, `b`", MAY)
    ]


def test_a_field_that_is_gone_breaks_a_client() -> None:
    assert said_if_sent(thing(a=STRING), thing()) == [(f"`New`: {MINUS} `a`", MUST)]
    assert said_if_answered(thing(a=STRING), thing()) == [(f"`Post`: {MINUS} `a`", MUST)]


def test_whether_a_field_is_needed_breaks_in_one_direction() -> None:
    needed, free = thing("a", a=STRING), thing(a=STRING)

    assert said_if_sent(free, needed) == [("`New.a`: required now", MUST)]
    assert said_if_sent(needed, free) == [("`New.a`: optional now", MAY)]
    assert said_if_answered(needed, free) == [("`Post.a`: may be missing now", MUST)]
    assert said_if_answered(free, needed) == []


def test_another_type_breaks_a_client() -> None:
    old, new = thing(a=array(ref("Post"))), thing(a=STRING | {"format": "date-time"})

    assert said_if_sent(thing(a=STRING), thing(a=INTEGER)) == [("`New.a`: string → integer", MUST)]
    assert said_if_answered(old, new) == [("`Post.a`: array of `Post` → date-time", MUST)]


def test_a_wider_type_breaks_who_reads_it_and_a_narrower_one_who_sends_it() -> None:
    narrow, wide = thing(a=STRING), thing(a={"anyOf": [STRING, NULL]})

    assert said_if_sent(narrow, wide) == [("`New.a`: string → string or null", MAY)]
    assert said_if_sent(wide, narrow) == [("`New.a`: string or null → string", MUST)]
    assert said_if_answered(narrow, wide) == [("`Post.a`: string → string or null", MUST)]
    assert said_if_answered(wide, narrow) == [("`Post.a`: string or null → string", MAY)]


def test_a_new_value_of_an_enumeration_breaks_who_reads_it() -> None:
    old, new = {"enum": ["user"]}, {"enum": ["user", "admin"]}

    assert said_if_sent(old, new) == [("`New`: `user` → `user` or `admin`", MAY)]
    assert said_if_answered(old, new) == [("`Post`: `user` → `user` or `admin`", MUST)]


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ({}, {"maxLength": 5}, ("`New.a`: + `maxLength 5`", MUST)),
        ({"maxLength": 5}, {}, (f"`New.a`: {MINUS} `maxLength 5`", MAY)),
        ({"maxLength": 5}, {"maxLength": 6}, ("`New.a`: `maxLength 5` → `6`", MAY)),
        ({"minLength": 5}, {"minLength": 6}, ("`New.a`: `minLength 5` → `6`", MUST)),
        ({"minLength": 6}, {"minLength": 0}, ("`New.a`: `minLength 6` → `0`", MAY)),
        ({"pattern": "^a"}, {"pattern": "^b"}, ("`New.a`: `pattern ^a` → `^b`", MUST)),
        ({"default": "x"}, {"default": "y"}, ("`New.a`: default `x` → `y`", MUST)),
    ],
)
def test_what_is_sent_has_limits_that_break_when_they_are_tightened(
    old: Json, new: Json, change: tuple[str, Impact]
) -> None:
    assert said_if_sent(thing(a=STRING | old), thing(a=STRING | new)) == [change]


def test_the_limits_of_an_answer_are_no_change() -> None:
    assert said_if_answered(thing(a=STRING), thing(a=STRING | {"maxLength": 5})) == []


def test_fields_that_are_no_longer_ignored_break_a_client() -> None:
    assert said_if_sent(thing(), thing() | {"additionalProperties": False}) == [
        ("`New`: other fields are refused now", MUST)
    ]


def test_a_nested_schema_is_said_under_its_own_name() -> None:
    post = ("Post", thing(author={"anyOf": [ref("User"), NULL]}, tags=array(ref("Tag"))))
    there = operation(answered=array(ref("Post")))
    old = openapi(post, ("User", thing(a=STRING)), ("Tag", thing(a=STRING)), get_posts=there)
    new = openapi(post, ("User", thing(a=INTEGER)), ("Tag", thing()), get_posts=there)

    assert said(old, new) == [(f"`Tag`: {MINUS} `a`", MUST), ("`User.a`: string → integer", MUST)]


def test_a_schema_that_refers_to_itself_is_compared_once() -> None:
    old = thing(answers=array(ref("Post")))

    assert said_if_answered(old, old | thing(answers=array(ref("Post")), a=STRING)) == [
        ("`Post`: + `a`", MAY)
    ]


def test_what_is_in_an_envelope_now_is_compared_too() -> None:
    old = openapi(("Post", thing()), get_posts=operation(answered=array(ref("Post"))))
    new = openapi(
        ("Post", thing(a=STRING)),
        ("Page_Post_", thing(items=array(ref("Post"))) | {"title": "Page[Post]"}),
        get_posts=operation(answered=ref("Page_Post_")),
    )

    assert said(old, new) == [
        ("`200`: array of `Post` → `Page[Post]`", MUST),
        ("`Post`: + `a`", MAY),
    ]


def test_another_schema_is_compared_with_the_one_in_its_place() -> None:
    old = openapi(("User", thing(a=STRING)), get_me=operation(answered=ref("User")))
    new = openapi(
        ("Private", thing(a=INTEGER, b=STRING)), get_me=operation(answered=ref("Private"))
    )

    assert said(old, new) == [
        ("`User` → `Private`: + `b`", MAY),
        ("`Private.a`: string → integer", MUST),
    ]


def test_a_new_name_alone_changes_generated_clients_and_is_said_once() -> None:
    user = operation(answered=ref("User"), operationId="read_user_get")
    public = operation(answered=ref("Public"), operationId="read_user")
    old = openapi(("User", thing(a=STRING)), get_me=user, get_you=user)
    new = openapi(("Public", thing(a=STRING)), get_me=public, get_you=public)

    assert said(old, new) == [
        ("`operationId`, `User` → `Public`: another name in generated clients", MUST)
    ]


def test_a_parameter_breaks_only_if_it_is_required() -> None:
    free = operation(parameters=[query("page", INTEGER | {"default": 1}), query("tag")])
    required = operation(parameters=[query("tag", required=True)])

    assert said_of(operation(), free) == [("`query`: + `page=1`, `tag` (optional)", MAY)]
    assert said_of(operation(), required) == [("`query`: + `tag` (required)", MUST)]
    assert said_of(free, required) == [
        (f"`query`: {MINUS} `page`", MUST),
        ("`query.tag`: required now", MUST),
    ]


def test_a_parameter_of_the_whole_path_belongs_to_every_operation() -> None:
    old, new = (openapi(get_posts=operation()) for _ in range(2))
    new["paths"]["/posts"]["parameters"] = [query("tag", required=True)]

    assert said(old, new) == [("`query`: + `tag` (required)", MUST)]


def test_a_body_breaks_a_client_if_it_is_required_or_gone() -> None:
    free, needed = operation(requestBody=body(STRING)), operation(sent=STRING)

    assert said_of(operation(), needed) == [
        ("`body`: + `application/json` string (required)", MUST)
    ]
    assert said_of(operation(), free) == [("`body`: + `application/json` string", MAY)]
    assert said_of(free, needed) == [("`body`: required now", MUST)]
    assert said_of(needed, free) == [("`body`: optional now", MAY)]
    assert said_of(needed, operation()) == [(f"`body`: {MINUS} `application/json` string", MUST)]


def test_another_media_type_breaks_a_client_and_one_more_does_not() -> None:
    json_, text = body(STRING)["content"], body(STRING, "text/plain")["content"]

    assert said_of(
        operation(responses={"200": {"content": json_}}),
        operation(responses={"200": {"content": text}}),
    ) == [("`200`: `application/json` string → `text/plain` string", MUST)]
    assert said_of(
        operation(responses={"200": {"content": json_}}),
        operation(responses={"200": {"content": json_ | text}}),
    ) == [("`200`: + `text/plain` string", MAY)]


def test_a_new_error_can_be_ignored_and_another_success_cannot() -> None:
    old = operation(responses={"200": {}, "404": {}})
    new = operation(responses={"202": {}, "409": {}})

    assert said_of(old, new) == [
        (f"`answers`: {MINUS} `200`", MUST),
        ("`answers`: + `202`", MUST),
        (f"`answers`: {MINUS} `404`", MAY),
        ("`answers`: + `409`", MAY),
    ]


def test_a_304_can_be_ignored_because_nobody_gets_it_who_did_not_ask() -> None:
    new = operation(responses={"200": {}, "304": {}})

    assert said_of(operation(responses={"200": {}}), new) == [("`answers`: + `304`", MAY)]


def test_a_header_of_an_answer_is_a_field_of_it() -> None:
    headers = {"ETag": {"schema": STRING}}
    old, new = operation(), operation(responses={"200": {"headers": headers}})

    assert said_of(old, new) == [("`200 headers`: + `ETag`", MAY)]
    assert said_of(new, old) == [(f"`200 headers`: {MINUS} `ETag`", MUST)]


def test_a_token_breaks_a_client_only_if_it_is_needed() -> None:
    free, optional = operation(), operation(security=[{}, {"A": []}])
    needed, other = operation(security=[{"A": []}]), operation(security=[{"B": []}])

    assert said_of(free, optional) == [("`token`: may be sent", MAY)]
    assert said_of(optional, needed) == [("`token`: needed now", MUST)]
    assert said_of(needed, optional) == [("`token`: may be sent", MAY)]
    assert said_of(optional, free) == [("`token`: no longer asked for", MAY)]
    assert said_of(needed, other) == [("`token`: another one is needed", MUST)]


def test_the_security_of_the_document_holds_where_an_operation_names_none() -> None:
    old = openapi(get_posts=operation(), get_health=operation(security=[]))

    (change,) = api_changes(Document(old), Document(old | {"security": [{"A": []}]}))

    assert change.text == "`token`: needed now"
    assert change.operations == (Operation("GET", "/posts"),)


def test_an_operation_that_is_going_to_end_says_so() -> None:
    assert said_of(operation(), operation(deprecated=True)) == [
        ("`deprecated`: it is going to end", MAY)
    ]


def test_equal_changes_are_said_once_with_all_that_they_happen_to() -> None:
    old, new = body(ref("Error")), body(ref("Error"), "application/problem+json")
    error = ("Error", thing())

    (change,) = api_changes(
        Document(openapi(
            error, get_posts=operation(responses={"404": old}),
            post_posts=operation(responses={"401": old, "404": old}),
        )),
        Document(openapi(
            error, get_posts=operation(responses={"404": new}),
            post_posts=operation(responses={"401": new, "404": new}),
        )),
    )  # fmt: skip

    assert change.text == (
        "`404`, `401`: `application/json` `Error` → `application/problem+json` `Error`"
    )
    assert [str(one) for one in change.operations] == ["GET /posts", "POST /posts"]


def test_what_most_operations_have_comes_first() -> None:
    old = openapi(get_a=operation(), get_b=operation())
    new = openapi(
        get_a=operation(parameters=[query("x")], deprecated=True), get_b=operation(deprecated=True)
    )

    assert said(old, new) == [
        ("`deprecated`: it is going to end", MAY),
        ("`query`: + `x` (optional)", MAY),
    ]


def test_an_operation_moves_to_the_shortest_path_that_ends_like_its_own() -> None:
    old = {"paths": {"/posts": {"get": operation()}, "/users": {"get": operation()}}}
    new = {
        "paths": {
            path: {"get": operation()}
            for path in ("/v1/me/posts", "/v1/posts", "/users", "/a/users")
        }
    }

    assert survivors(Document(old), Document(new)) == {
        Operation("GET", "/v1/posts"): Operation("GET", "/posts"),
        Operation("GET", "/users"): Operation("GET", "/users"),
    }
    assert said(old, new) == [("`path`: `/…` → `/v1/…`", MUST)]


def test_documentation_is_no_change() -> None:
    old = openapi(
        ("Post", thing("a", a=STRING)),
        post_posts=operation(sent=ref("Post"), answered=ref("Post"), parameters=[query("q")]),
    )
    new = deepcopy(old) | {"info": {"title": "Blog"}, "tags": [{"name": "posts"}]}
    new["components"]["schemas"]["Post"] |= {"description": "A post.", "examples": [{"a": "b"}]}
    new["components"]["schemas"]["Post"]["properties"]["a"] |= {"title": "A", "example": "b"}
    post = new["paths"]["/posts"]["post"]
    post |= {"summary": "Write", "description": "Write a post.", "tags": ["posts"]}
    post["responses"]["200"]["description"] = "Written"
    post["responses"]["200"]["content"]["application/json"]["example"] = {"a": "b"}
    post["parameters"][0] |= {"description": "A word", "examples": {}}

    assert said(old, new) == []
