"""The list of posts comes from a cache, and nobody sees that it does."""

from collections.abc import Iterator

import httpx2
import pytest

from roadmap.copies import Copies
from roadmap.course import Stage

from .blog import Blog, expect, unique
from .rules import rule, slow
from .settings import settings_at
from .visits import visit

OUTCOMES = {"HIT", "MISS", "BYPASS"}


def listed(blog: Blog, query: str = "") -> httpx2.Response:
    response = expect(blog.request("GET", f"/posts?{query}"), 200)
    assert response.headers.get("X-Cache") in OUTCOMES
    return response


def outcome(blog: Blog, query: str = "") -> str:
    return str(listed(blog, query).headers.get("X-Cache", ""))


def titles(blog: Blog, query: str) -> list[str]:
    return [post["title"] for post in listed(blog, query).json()["items"]]


@pytest.fixture
def tag() -> str:
    """A tag that no other check uses."""
    return unique("tag")


@rule(8, "redis-cache")
def test_the_second_answer_comes_from_the_cache(alice: Blog, tag: str) -> None:
    alice.create_post(tags=[tag])

    first, second = listed(alice, f"tag={tag}"), listed(alice, f"tag={tag}")

    assert first.headers.get("X-Cache") == "MISS"
    assert second.headers.get("X-Cache") == "HIT"
    assert second.content == first.content
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert second.headers["Link"] == first.headers["Link"]


@rule(8, "redis-cache")
def test_an_entry_serves_everybody(blog: Blog, alice: Blog, tag: str) -> None:
    listed(alice, f"tag={tag}")

    assert outcome(blog, f"tag={tag}") == "HIT"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tag={}", "page=1&sort=-created_at&size=20&tag={}"),
        ("tag={0}&tag=zz&size=7", "size=7&tag=zz&tag={0}&tag=ZZ"),
    ],
)
@rule(8, "redis-cache")
def test_the_order_of_parameters_and_their_defaults_do_not_matter(
    blog: Blog, tag: str, one: str, other: str
) -> None:
    listed(blog, one.format(tag))

    assert outcome(blog, other.format(tag)) == "HIT"


@pytest.mark.parametrize("other", ["&size=19", "&page=2", "&sort=title", "&tag=other"])
@rule(8, "redis-cache")
def test_other_queries_have_answers_of_their_own(alice: Blog, tag: str, other: str) -> None:
    alice.create_post(tags=[tag])
    listed(alice, f"tag={tag}")

    assert outcome(alice, f"tag={tag}{other}") == "MISS"


@rule(8, "redis-cache")
def test_a_draft_is_in_no_answer_from_the_cache(blog: Blog, alice: Blog, tag: str) -> None:
    draft = alice.create_post(tags=[tag], published=False)

    assert titles(alice, f"tag={tag}") == titles(blog, f"tag={tag}") == []
    assert [post["id"] for post in alice.own_posts(f"tag={tag}")] == [draft["id"]]
    assert alice.request("GET", f"/users/me/posts?tag={tag}").headers.get("X-Cache") is None


@rule(8, "redis-cache")
def test_a_bad_token_is_refused_whatever_is_in_the_cache(blog: Blog, tag: str) -> None:
    listed(blog, f"tag={tag}")

    assert blog.with_token("nonsense").request("GET", f"/posts?tag={tag}").status_code == 401


@rule(8, "redis-cache")
def test_a_wrong_query_is_refused(blog: Blog) -> None:
    listed(blog, "size=100")
    assert blog.request("GET", "/posts?size=101").status_code == 422


# Invalidation


WRITES = {
    "change": lambda blog, post: blog.change_post(post["id"], title="Changed"),
    "replace": lambda blog, post: blog.replace_post(post["id"], title="Other", content="Other."),
    "delete": lambda blog, post: blog.delete_post(post["id"]),
    "hide": lambda blog, post: blog.change_post(post["id"], published=False),
    "untag": lambda blog, post: blog.change_post(post["id"], tags=[]),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRITES)
@rule(8, "cache-invalidation")
def test_after_a_write_no_answer_is_old(alice: Blog, tag: str, kind: str) -> None:
    post = alice.create_post(title="As it was", tags=[tag])
    queries = [f"tag={tag}", "", "sort=title", f"tag={tag}&size=1"]
    for query in queries:
        assert outcome(alice, query) in OUTCOMES

    WRITES[kind](alice, post)

    assert "As it was" not in titles(alice, f"tag={tag}")
    assert "As it was" not in titles(alice, f"tag={tag}&size=1")
    assert post["updated_at"] not in [
        one["updated_at"] for one in listed(alice).json()["items"] if one["id"] == post["id"]
    ]


@rule(8, "cache-invalidation")
def test_a_new_post_is_in_the_next_list(alice: Blog, tag: str) -> None:
    listed(alice, f"tag={tag}")
    listed(alice)

    post = alice.create_post(tags=[tag])

    assert [one["id"] for one in listed(alice, f"tag={tag}").json()["items"]] == [post["id"]]
    assert listed(alice).json()["items"][0]["id"] == post["id"]


@rule(8, "cache-invalidation")
def test_a_post_that_gets_a_tag_is_in_the_list_of_that_tag(alice: Blog, tag: str) -> None:
    post = alice.create_post()
    assert titles(alice, f"tag={tag}") == []

    alice.change_post(post["id"], tags=[tag])

    assert len(titles(alice, f"tag={tag}")) == 1


@rule(8, "cache-invalidation")
def test_a_new_image_is_in_the_next_list(alice: Blog, tag: str) -> None:
    from .images import FORM, form, part, png

    post = alice.create_post(tags=[tag])
    listed(alice, f"tag={tag}")

    path = f"/posts/{post['id']}/image"
    expect(alice.request("POST", path, content=form(part(png())), headers=FORM), 200)

    assert listed(alice, f"tag={tag}").json()["items"][0]["image_url"]


@rule(8, "cache-invalidation")
def test_a_refused_write_changes_nothing(alice: Blog, bob: Blog, tag: str) -> None:
    post = alice.create_post(tags=[tag])
    before = listed(alice, f"tag={tag}").content

    bob.request("PATCH", f"/posts/{post['id']}", json_body={"title": "Bob was here"})
    alice.request("PATCH", f"/posts/{post['id']}", json_body={"title": ""})

    assert listed(alice, f"tag={tag}").content == before


# Without a setting


@pytest.fixture(scope="module")
def bare_log(copies: Copies, stage: Stage) -> Iterator[str]:
    settings = settings_at(stage.number) | {"REDIS_URL": ""}
    with copies.server(env=settings) as server, visit(server, stage) as blog:
        listed(blog)
        yield server.log


@slow
@rule(8, "redis-cache")
def test_without_redis_url_one_line_says_what_is_used(bare_log: str) -> None:
    assert len([line for line in bare_log.splitlines() if "REDIS_URL" in line]) == 1


@slow
@pytest.mark.parametrize("value", ["nonsense", "http://localhost", "localhost:6379"])
@rule(8, "redis-cache")
def test_a_wrong_address_stops_the_server_and_is_named(
    copies: Copies, stage: Stage, value: str
) -> None:
    said = copies.server(env=settings_at(stage.number) | {"REDIS_URL": value}).refusal()

    assert "REDIS_URL" in said
    assert "Traceback" not in said
