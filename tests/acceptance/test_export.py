"""All published posts in one answer, and posts that are sent only when they have changed."""

import csv
import io
import json
from collections.abc import Mapping

import httpx2
import pytest

from .blog import Blog, expect, unique
from .crowd import Call, at_once, statuses
from .problems import problem
from .rules import rule

WITHIN = 60.0
FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\N{FULLWIDTH EQUALS SIGN}1+1",
    "\N{FULLWIDTH PLUS SIGN}1+1",
    "\N{FULLWIDTH HYPHEN-MINUS}1+1",
    "\N{FULLWIDTH COMMERCIAL AT}SUM(A1)",
]


def export(blog: Blog, form: str) -> httpx2.Response:
    return expect(blog.request("GET", f"/posts/export?format={form}"), 200)


def table(blog: Blog) -> dict[int, Mapping[str, str]]:
    """The rows of the table by their ids."""
    text = export(blog, "csv").text
    return {int(row["id"]): row for row in csv.DictReader(io.StringIO(text, newline=""))}


@rule(8, "streaming-export")
def test_each_line_is_a_post_as_the_api_shows_it(blog: Blog, alice: Blog) -> None:
    posts = [alice.create_post(title=f"Ün {n}", tags=["b", "a"])["id"] for n in range(3)]

    lines = [json.loads(line) for line in export(blog, "ndjson").text.splitlines()]

    found = {line["id"]: line for line in lines}
    assert [found[post] for post in posts] == [blog.read_post(post) for post in posts]
    assert [line["id"] for line in lines] == sorted(found)
    assert len(lines) == listed_total(blog)


def listed_total(blog: Blog) -> int:
    return int(expect(blog.request("GET", "/posts"), 200).json()["total"])


@pytest.mark.parametrize("form", ["ndjson", "csv"])
@rule(8, "streaming-export")
def test_a_draft_is_in_no_export(alice: Blog, form: str) -> None:
    title = unique("draft")
    alice.create_post(title=title, published=False)

    assert title not in export(alice, form).text


@rule(8, "streaming-export")
def test_a_table_has_a_row_for_each_post(blog: Blog, alice: Blog) -> None:
    post = alice.create_post(title='A "quote", a comma', content="Two\nlines; and more")

    row = table(blog)[post["id"]]

    assert len(table(blog)) == listed_total(blog)
    assert row["title"] == 'A "quote", a comma'
    assert row["content"] == "Two\nlines; and more"


@pytest.mark.parametrize("text", FORMULAS)
@rule(8, "streaming-export")
def test_a_formula_is_defused(blog: Blog, alice: Blog, text: str) -> None:
    post = alice.create_post(title=text, content=text)

    row = table(blog)[post["id"]]

    for cell in (row["title"], row["content"]):
        assert cell.endswith(text)
        assert not cell.startswith(tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20"))


@pytest.mark.parametrize("form", ["ndjson", "csv"])
@rule(8, "streaming-export")
def test_an_export_says_what_it_is(blog: Blog, form: str) -> None:
    response = export(blog, form)

    assert form.removeprefix("nd") in response.headers["Content-Type"]
    assert "content-length" not in response.headers


@pytest.mark.parametrize("query", ["", "?format=xml", "?format="])
@rule(8, "streaming-export")
def test_the_format_is_required_and_known(blog: Blog, query: str) -> None:
    export(blog, "csv")
    assert blog.request("GET", f"/posts/export{query}").status_code == 422


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@rule(8, "streaming-export")
def test_other_methods_there_are_405(alice: Blog, method: str) -> None:
    body = {"title": "A title", "content": "Content."}

    response = alice.request(method, "/posts/export?format=csv", json_body=body)

    problem(response, 405)
    assert {name.strip() for name in response.headers["Allow"].split(",")} == {"GET", "HEAD"}


# Conditional requests


def etag(blog: Blog, post: int) -> str:
    tag = expect(blog.request("GET", f"/posts/{post}"), 200).headers.get("ETag")
    assert tag, "there is no ETag"
    return str(tag)


@rule(8, "etags")
def test_an_etag_is_strong_and_the_same_for_everybody(blog: Blog, alice: Blog) -> None:
    post = alice.create_post()["id"]

    assert etag(blog, post) == etag(alice, post)
    assert etag(blog, post).startswith('"')


@pytest.mark.parametrize("change", [{"title": "Other"}, {"tags": ["x"]}, {"published": False}])
@rule(8, "etags")
def test_an_etag_moves_with_what_is_shown(alice: Blog, change: dict[str, object]) -> None:
    post = alice.create_post()["id"]
    before = etag(alice, post)

    alice.change_post(post, **change)

    assert etag(alice, post) != before


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', 'W/"other",W/{}', "*"])
@rule(8, "etags")
def test_who_has_it_gets_304(blog: Blog, alice: Blog, form: str) -> None:
    post = alice.create_post()["id"]
    tag = etag(blog, post)

    response = blog.request("GET", f"/posts/{post}", headers={"If-None-Match": form.format(tag)})

    assert response.status_code == 304
    assert response.content == b""
    assert response.headers["ETag"] == tag


@pytest.mark.parametrize("header", ['"other"', 'W/"other"', "nonsense", '"'])
@rule(8, "etags")
def test_who_has_something_else_gets_it(blog: Blog, alice: Blog, header: str) -> None:
    post = alice.create_post()["id"]

    response = blog.request("GET", f"/posts/{post}", headers={"If-None-Match": header})

    assert response.status_code == 200
    assert response.json()["id"] == post
    assert response.headers.get("ETag") == etag(blog, post)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@rule(8, "etags")
def test_a_write_on_what_has_changed_is_412(alice: Blog, method: str) -> None:
    post = alice.create_post()["id"]
    stale = {"If-Match": etag(alice, post)}
    alice.change_post(post, title="Changed meanwhile")
    body = {"title": "Too late", "content": "Too late."}

    response = alice.request(method, f"/posts/{post}", json_body=body, headers=stale)

    problem(response, 412)
    assert alice.read_post(post)["title"] == "Changed meanwhile"


@pytest.mark.parametrize("form", ["{}", '"other", {}', "*"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@rule(8, "etags")
def test_a_write_on_what_was_read_succeeds(alice: Blog, method: str, form: str) -> None:
    post = alice.create_post()["id"]
    header = {"If-Match": form.format(etag(alice, post))}
    body = {"title": "In time", "content": "In time."}

    response = alice.request(method, f"/posts/{post}", json_body=body, headers=header)

    assert response.status_code in {200, 204}


@rule(8, "etags")
def test_a_weak_etag_does_not_allow_a_write(alice: Blog) -> None:
    post = alice.create_post()["id"]
    header = {"If-Match": f"W/{etag(alice, post)}"}

    response = alice.request("PATCH", f"/posts/{post}", json_body={"title": "x"}, headers=header)

    assert response.status_code == 412


@rule(8, "etags")
def test_403_comes_before_412_and_412_before_422(alice: Blog, bob: Blog) -> None:
    post = alice.create_post()["id"]
    header = {"If-Match": '"other"'}
    body = {"title": ""}

    assert bob.request(
        "PATCH", f"/posts/{post}", json_body=body, headers=header
    ).status_code == 403  # fmt: skip
    assert alice.request(
        "PATCH", f"/posts/{post}", json_body=body, headers=header
    ).status_code == 412  # fmt: skip
    assert alice.request(
        "PATCH", f"/posts/{alice.missing_post()}", json_body=body, headers=header
    ).status_code == 404  # fmt: skip


@rule(8, "etags")
def test_of_two_writers_with_one_etag_one_succeeds(alice: Blog) -> None:
    for _ in range(5):
        post = alice.create_post()["id"]
        headers = {"If-Match": etag(alice, post)}
        calls = [
            Call("PATCH", f"/posts/{post}", {"title": f"Number {n}"}, headers=headers)
            for n in range(2)
        ]

        assert sorted(statuses(at_once(alice, calls, WITHIN))) == [200, 412]


@rule(8, "streaming-conditional")
def test_the_document_says_so(blog: Blog) -> None:
    operations = blog.operations()
    read, write = operations["GET", "/posts/{post_id}"], operations["PATCH", "/posts/{post_id}"]

    assert "304" in read["responses"]
    assert "412" in write["responses"]
    assert ("GET", "/posts/export") in operations
    names = {one["name"].lower() for one in [*read["parameters"], *write["parameters"]]}
    assert {"if-none-match", "if-match"} <= names
