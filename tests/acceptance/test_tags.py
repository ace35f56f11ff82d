"""Tags: a few short words that a post has, folded, each once, in order."""

import unicodedata
from datetime import datetime
from urllib.parse import quote
from uuid import uuid4

import pytest

from .blog import Blog, Body, Json, expect, unique
from .crowd import Call, at_once, kinds, statuses
from .rules import rule, slow
from .times import utc

POST: dict[str, object] = {"title": "A title", "content": "Some content."}
CLIENTS = 32
WITHIN = 60.0
TEN = [f"tag-{number}" for number in range(10)]

HINDI = "\u0939\u093f\u0928\u094d\u0926\u0940"


@pytest.fixture
def topic() -> str:
    """A tag that no other post has."""
    return unique("topic")


@pytest.fixture
def tagged(alice: Blog) -> Body:
    """A post of Alice's with two tags."""
    return alice.create_post(tags=["python", "web"])


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        pytest.param("python", "python", id="letters"),
        pytest.param("c-3", "c-3", id="a hyphen and a digit"),
        pytest.param("3", "3", id="a digit"),
        pytest.param("x", "x", id="1 letter"),
        pytest.param("x" * 30, "x" * 30, id="30 letters"),
        pytest.param("\u00e4" * 30, "\u00e4" * 30, id="30 umlauts"),
        pytest.param("Python", "python", id="a capital"),
        pytest.param("\u00c4PFEL", "\u00e4pfel", id="a capital umlaut"),
        pytest.param(" \tpython\n", "python", id="spaces around"),
        pytest.param(" " + "x" * 30 + "\n", "x" * 30, id="30 letters and spaces around"),
        pytest.param("\u65e5\u672c\u8a9e", "\u65e5\u672c\u8a9e", id="Japanese"),
        pytest.param("\u0421\u0421\u0421\u0420", "\u0441\u0441\u0441\u0440", id="Russian"),
        pytest.param("\u0663", "\u0663", id="an Arabic digit"),
        pytest.param("cafe\u0301", "caf\u00e9", id="a combining accent"),
        pytest.param("\u0130stanbul", "i\u0307stanbul", id="a letter that gets an accent"),
        pytest.param(HINDI, HINDI, id="Hindi, with its marks"),
    ],
)
@rule(4, "tagging")
def test_a_tag_is_trimmed_and_lower_cased(alice: Blog, written: str, kept: str) -> None:
    post = alice.create_post(tags=[written])

    assert post["tags"] == [kept]
    assert alice.read_post(post["id"]) == post


def assert_refused(alice: Blog, post: Body, tags: Json) -> None:
    """No route takes these tags, and the post stays as it was."""
    body = POST | {"tags": tags}
    expect(alice.request("POST", "/posts", json_body=body), 422)
    expect(alice.request("PUT", f"/posts/{post['id']}", json_body=body), 422)
    expect(alice.request("PATCH", f"/posts/{post['id']}", json_body={"tags": tags}), 422)
    assert alice.read_post(post["id"]) == post


@pytest.mark.parametrize(
    "tag",
    [
        pytest.param("", id="nothing"),
        pytest.param("  ", id="spaces"),
        pytest.param("x" * 31, id="31 letters"),
        pytest.param("x" * 1_000_000, id="a million letters"),
        "a b",
        "a\tb",
        "a_b",
        "a.b",
        "a/b",
        "a,b",
        "c++",
        "#tag",
        pytest.param("\u2013", id="a dash"),
        pytest.param("\u00bd", id="a fraction"),
        pytest.param("\u00b2", id="a superscript"),
        pytest.param("\u2167", id="a Roman number"),
        pytest.param("\U0001f40d", id="an emoji"),
        pytest.param("a\u200db", id="an invisible character"),
        pytest.param("a\x00b", id="NUL"),
        pytest.param("a\ud800", id="a surrogate"),
        pytest.param(None, id="null"),
        pytest.param(1, id="a number"),
        pytest.param(True, id="a boolean"),
        pytest.param(["python"], id="an array"),
        pytest.param({"name": "python"}, id="an object"),
    ],
)
@rule(4, "tagging")
def test_what_is_no_tag_is_422(alice: Blog, tagged: Body, tag: object) -> None:
    assert_refused(alice, tagged, ["python", tag])


@pytest.mark.parametrize(
    "tags",
    [
        pytest.param(None, id="null"),
        pytest.param("python", id="a text"),
        pytest.param(1, id="a number"),
        pytest.param(False, id="a boolean"),
        pytest.param({}, id="an object"),
        pytest.param({"python": "web"}, id="an object with a field"),
    ],
)
@rule(4, "tagging")
def test_tags_are_an_array(alice: Blog, tagged: Body, tags: Json) -> None:
    assert_refused(alice, tagged, tags)


@rule(4, "tagging")
def test_tags_come_sorted(alice: Blog) -> None:
    tags = ["web", "a-b", "10", "\u00e4", "9", "zoo", "\u65e5\u672c", "ab", "a"]

    assert alice.create_post(tags=tags)["tags"] == sorted(tags)


@rule(4, "tagging")
def test_a_tag_counts_once_however_it_is_written(alice: Blog) -> None:
    post = alice.create_post(tags=["Web", "python", " web", "PYTHON\n", "web"])

    assert post["tags"] == ["python", "web"]


@rule(4, "tagging")
def test_ten_different_tags_are_taken(alice: Blog) -> None:
    assert alice.create_post(tags=TEN)["tags"] == TEN
    assert alice.create_post(tags=[*TEN, " TAG-0", "Tag-9"])["tags"] == TEN


@rule(4, "tagging")
def test_eleven_different_tags_are_422(alice: Blog, tagged: Body) -> None:
    assert_refused(alice, tagged, [*TEN, "one-more"])


# Changes


@rule(4, "tagging")
def test_a_post_without_tags_has_an_empty_array(alice: Blog) -> None:
    assert alice.create_post()["tags"] == []
    assert alice.create_post(tags=[])["tags"] == []


@rule(4, "tagging")
def test_a_patch_of_something_else_leaves_the_tags(alice: Blog, tagged: Body) -> None:
    changed = alice.change_post(tagged["id"], title="Another title")

    assert changed["tags"] == ["python", "web"]
    assert alice.read_post(tagged["id"]) == changed


@rule(4, "tagging")
def test_a_put_without_tags_takes_them_away(alice: Blog, tagged: Body) -> None:
    replaced = alice.replace_post(tagged["id"], **POST)

    assert replaced["tags"] == []
    assert alice.read_post(tagged["id"]) == replaced


@pytest.mark.parametrize("tags", [["django"], ["python", "web", "x"], ["python"], []])
@rule(4, "tagging")
def test_other_tags_move_updated_at(alice: Blog, tagged: Body, tags: list[str]) -> None:
    changed = alice.change_post(tagged["id"], tags=tags)

    assert changed == tagged | {"tags": tags, "updated_at": changed["updated_at"]}
    assert moved(tagged, changed)
    assert alice.read_post(tagged["id"]) == changed


def moved(before: Body, after: Body) -> bool:
    """Whether the post says that it was changed between the two."""
    times: list[datetime] = [utc(post["updated_at"]) for post in (before, after)]
    return times[0] < times[1]


@pytest.mark.parametrize(
    "tags",
    [
        pytest.param(["python", "web"], id="as they were"),
        pytest.param(["web", "python"], id="in another order"),
        pytest.param([" WEB", "Python\n"], id="in capitals"),
        pytest.param(["web", "python", "Web", "web"], id="twice"),
    ],
)
@rule(4, "tagging")
def test_the_same_tags_change_nothing(alice: Blog, tagged: Body, tags: list[str]) -> None:
    whole = {"title": tagged["title"], "content": tagged["content"], "tags": tags}

    assert alice.change_post(tagged["id"], tags=tags) == tagged
    assert alice.replace_post(tagged["id"], **whole) == tagged
    assert alice.read_post(tagged["id"]) == tagged


# Many at once


@slow
@rule(4, "tagging")
def test_32_clients_can_write_posts_with_tags_at_once(blog: Blog, alice: Blog, topic: str) -> None:
    bodies = [POST | {"tags": [f"{topic}-{n % 7}", topic, f"n{n}"]} for n in range(CLIENTS)]

    responses = at_once(alice, [Call("POST", "/posts", body) for body in bodies], WITHIN)

    assert kinds(responses) == [200] * CLIENTS
    assert len(blog.posts(f"tag={topic}")) == CLIENTS


@slow
@rule(4, "tagging")
def test_32_clients_can_change_the_tags_of_different_posts_at_once(
    blog: Blog, alice: Blog, topic: str
) -> None:
    ids = [alice.create_post(tags=["before"])["id"] for _ in range(CLIENTS)]
    calls = [
        Call("PATCH", f"/posts/{post_id}", {"tags": [f"{topic}-{post_id % 5}", topic]})
        for post_id in ids
    ]

    responses = at_once(alice, calls, WITHIN)

    assert statuses(responses) == [200] * CLIENTS
    assert sorted(post["id"] for post in blog.posts(f"tag={topic}")) == ids


@slow
@rule(4, "tagging")
def test_32_clients_can_change_the_tags_of_one_post_at_once(alice: Blog, topic: str) -> None:
    post = alice.create_post(tags=["before"])
    sets = [[f"{topic}-{n % 5}", f"{topic}-{(n + 1) % 5}"] for n in range(CLIENTS)]
    calls = [Call("PATCH", f"/posts/{post['id']}", {"tags": tags}) for tags in sets]

    responses = at_once(alice, calls, WITHIN)

    assert statuses(responses) == [200] * CLIENTS
    assert alice.read_post(post["id"])["tags"] in [sorted(tags) for tags in sets]


@rule(4, "filter-by-tag")
def test_a_tag_is_found_in_each_way_to_write_it(alice: Blog) -> None:
    name = f"caf\u00e9-{uuid4().hex[:12]}"
    post = alice.create_post(tags=[name])
    written = [name, unicodedata.normalize("NFD", name), f" {name.upper()} "]

    assert [alice.posts(f"tag={quote(query)}") for query in written] == [[post]] * 3
