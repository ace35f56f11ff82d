"""Drafts: posts that are not published, and that only their authors and admins see."""

from collections.abc import Callable

import pytest

from .blog import Blog, Body, Json, expect, unique
from .rules import rule

POST = {"title": "Another title", "content": "Other content."}
READERS = ["nobody", "a stranger", "the author", "an admin"]


@pytest.fixture
def topic() -> str:
    """A tag that no other post has."""
    return unique("topic")


@pytest.fixture
def draft(alice: Blog) -> Body:
    """A draft of Alice's."""
    return alice.create_post(published=False)


@pytest.fixture
def readers(blog: Blog, bob: Blog, alice: Blog, admin: Blog) -> dict[str, Blog]:
    """The blog as seen by everybody who may or may not see a draft of Alice's."""
    return dict(zip(READERS, (blog, bob, alice, admin), strict=True))


# The field


@rule(4, "post-fields")
def test_a_post_is_published_unless_it_says_otherwise(alice: Blog) -> None:
    assert alice.create_post()["published"] is True
    assert alice.create_post(published=True)["published"] is True
    assert alice.create_post(published=False)["published"] is False


@rule(4, "post-fields")
def test_a_new_post_has_slug_tags_and_whether_it_is_published(blog: Blog, alice: Blog) -> None:
    post = alice.create_post(title="Three fields", tags=["new"])

    assert post["slug"].startswith("three-fields")
    assert (post["published"], post["tags"]) == (True, ["new"])
    assert blog.read_post(post["id"]) == post


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="null"),
        0,
        1,
        1.0,
        "true",
        "false",
        "",
        "yes",
        pytest.param([], id="an array"),
        pytest.param([True], id="an array of one"),
        pytest.param({}, id="an object"),
    ],
)
@rule(4, "post-fields")
def test_published_is_true_or_false_and_nothing_else(
    alice: Blog, draft: Body, value: object
) -> None:
    path, body = f"/posts/{draft['id']}", {"published": value}

    expect(alice.request("POST", "/posts", json_body=POST | body), 422)
    expect(alice.request("PUT", path, json_body=POST | body), 422)
    expect(alice.request("PATCH", path, json_body=body), 422)

    assert alice.read_post(draft["id"]) == draft


@rule(4, "post-fields")
def test_a_patch_of_something_else_leaves_a_draft_a_draft(alice: Blog, draft: Body) -> None:
    changed = alice.change_post(draft["id"], title="Another title")

    assert changed["published"] is False


@rule(4, "post-fields")
def test_a_put_that_does_not_say_so_publishes(blog: Blog, alice: Blog, draft: Body) -> None:
    replaced = alice.replace_post(draft["id"], **POST)

    assert replaced["published"] is True
    assert blog.read_post(draft["id"]) == replaced


@rule(4, "post-fields")
def test_to_unpublish_a_draft_changes_nothing(alice: Blog, draft: Body) -> None:
    assert alice.change_post(draft["id"], published=False) == draft
    assert alice.read_post(draft["id"]) == draft


# Who sees them


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "query",
    ["", "tag={0}", "tag={0}&tag=more", "sort=title", "sort=-updated_at", "sort=created_at"],
)
@rule(4, "post-fields")
def test_a_draft_is_in_no_list(
    readers: dict[str, Blog], alice: Blog, topic: str, query: str, reader: str
) -> None:
    draft = alice.create_post(tags=[topic, "more"], published=False)
    public = alice.create_post(tags=[topic, "more"])

    listed = readers[reader].posts(query.format(topic))

    assert public in listed
    assert draft["id"] not in [post["id"] for post in listed]


@pytest.mark.parametrize("reader", ["nobody", "a stranger"])
@rule(4, "post-fields")
def test_a_draft_is_404_to_others_like_a_post_that_is_not_there(
    readers: dict[str, Blog], alice: Blog, draft: Body, reader: str
) -> None:
    missing = alice.missing_post()

    refused = expect(readers[reader].request("GET", f"/posts/{draft['id']}"), 404)

    assert refused.json() == readers[reader].request("GET", f"/posts/{missing}").json()


@pytest.mark.parametrize("reader", ["the author", "an admin"])
@rule(4, "post-fields")
def test_its_author_and_admins_see_a_draft(
    readers: dict[str, Blog], draft: Body, reader: str
) -> None:
    assert readers[reader].read_post(draft["id"]) == draft


@rule(4, "post-fields")
def test_a_bad_token_is_401_for_a_draft_too(blog: Blog, draft: Body) -> None:
    forger = blog.with_token("nonsense")

    refused = expect(forger.request("GET", f"/posts/{draft['id']}"), 401)

    assert refused.headers.get("www-authenticate") == "Bearer"


# Who changes them

WRITES = [
    pytest.param("PUT", {"json_body": POST}, id="PUT"),
    pytest.param("PATCH", {"json_body": POST}, id="PATCH"),
    pytest.param("PATCH", {"json_body": {"unknown": 1}}, id="a bad PATCH"),
    pytest.param("DELETE", {}, id="DELETE"),
]


@pytest.mark.parametrize(("method", "request_"), WRITES)
@rule(4, "post-fields")
def test_others_cannot_write_to_what_they_cannot_see(
    blog: Blog, alice: Blog, bob: Blog, draft: Body, method: str, request_: Json
) -> None:
    path = f"/posts/{draft['id']}"

    expect(blog.request(method, path, **request_), 401)
    expect(bob.request(method, path, **request_), 404)

    assert alice.read_post(draft["id"]) == draft


@pytest.mark.parametrize(("method", "body"), [("PUT", POST), ("PATCH", POST), ("PATCH", {})])
@rule(4, "post-fields")
def test_an_admin_sees_a_draft_and_still_cannot_change_it(
    alice: Blog, admin: Blog, draft: Body, method: str, body: dict[str, str]
) -> None:
    expect(admin.request(method, f"/posts/{draft['id']}", json_body=body), 403)

    assert alice.read_post(draft["id"]) == draft


@rule(4, "post-fields")
def test_an_admin_deletes_a_draft(alice: Blog, admin: Blog, draft: Body) -> None:
    admin.delete_post(draft["id"])

    expect(alice.request("GET", f"/posts/{draft['id']}"), 404)


@rule(4, "post-fields")
def test_an_author_deletes_their_own_draft(alice: Blog, admin: Blog, draft: Body) -> None:
    alice.delete_post(draft["id"])

    expect(admin.request("GET", f"/posts/{draft['id']}"), 404)


# Publishing

CHANGES: dict[str, Callable[[Blog, int, bool], Body]] = {
    "PUT": lambda author, post, to: author.replace_post(post, **POST, tags=["x"], published=to),
    "PATCH": lambda author, post, to: author.change_post(post, published=to),
}


@pytest.mark.parametrize("change", CHANGES)
@rule(4, "post-fields")
def test_to_publish_a_draft_shows_it_to_everyone(
    blog: Blog, alice: Blog, draft: Body, change: str
) -> None:
    published = CHANGES[change](alice, draft["id"], True)

    assert published["published"] is True
    assert published["updated_at"] > draft["updated_at"]
    assert blog.read_post(draft["id"]) == published
    assert published in blog.posts()


@pytest.mark.parametrize("change", CHANGES)
@rule(4, "post-fields")
def test_to_unpublish_a_post_hides_it(blog: Blog, alice: Blog, change: str) -> None:
    post = alice.create_post(published=True)

    hidden = CHANGES[change](alice, post["id"], False)

    assert hidden["published"] is False
    assert alice.read_post(post["id"]) == hidden
    expect(blog.request("GET", f"/posts/{post['id']}"), 404)
    assert post["id"] not in [listed["id"] for listed in blog.posts()]
