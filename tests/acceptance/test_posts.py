"""Posts: create, read, replace, change, delete."""

from datetime import UTC, datetime, timedelta

import pytest

from .blog import Blog, expect, parsed
from .rules import rule
from .times import utc


@rule(1, "posts-crud")
def test_a_new_post_can_be_read_back(blog: Blog, alice: Blog) -> None:
    post = alice.create_post(title="Hello", content="First words.")

    assert (post["title"], post["content"]) == ("Hello", "First words.")
    assert blog.read_post(post["id"]) == post


@rule(1, "posts-crud", until=3)
def test_the_list_holds_every_post_in_the_order_of_ids(blog: Blog, alice: Blog) -> None:
    first, second = alice.create_post(title="First"), alice.create_post(title="Second")

    listed = blog.posts()

    assert listed[-2:] == [first, second]
    assert listed == sorted(listed, key=lambda post: post["id"])


@rule(1, "posts-crud")
def test_put_replaces_title_and_content(blog: Blog, alice: Blog) -> None:
    post = alice.create_post()

    replaced = alice.replace_post(post["id"], title="Another title", content="Other content.")

    assert (replaced["title"], replaced["content"]) == ("Another title", "Other content.")
    assert replaced["id"] == post["id"]
    assert blog.read_post(post["id"]) == replaced


@pytest.mark.parametrize("missing", ["title", "content"])
@rule(1, "posts-crud")
def test_put_without_a_field_is_refused(alice: Blog, missing: str) -> None:
    post = alice.create_post()
    body = {"title": "Another title", "content": "Other content."}
    del body[missing]

    expect(alice.request("PUT", f"/posts/{post['id']}", json_body=body), 422)

    assert alice.read_post(post["id"]) == post


@pytest.mark.parametrize(
    "changes", [{"title": "Changed"}, {"content": "Changed"}, {"title": "New", "content": "Newer"}]
)
@rule(1, "posts-crud")
def test_patch_changes_what_it_names_and_nothing_else(
    blog: Blog, alice: Blog, changes: dict[str, str]
) -> None:
    post = alice.create_post()

    changed = alice.change_post(post["id"], **changes)

    assert changed == post | changes | {"updated_at": changed["updated_at"]}
    assert blog.read_post(post["id"]) == changed


@rule(1, "posts-crud")
def test_a_deleted_post_is_gone(blog: Blog, alice: Blog) -> None:
    post = alice.create_post()

    alice.delete_post(post["id"])

    expect(blog.request("GET", f"/posts/{post['id']}"), 404)
    assert post["id"] not in [listed["id"] for listed in blog.posts()]


@rule(1, "status-codes")
def test_a_post_is_created_with_201_and_its_location(blog: Blog, alice: Blog) -> None:
    response = alice.request("POST", "/posts", json_body={"title": "Found", "content": "Here."})

    post = parsed(expect(response, 201))
    assert blog.location(response) == f"{blog.prefix}/posts/{post['id']}"


@rule(1, "status-codes")
def test_a_post_is_deleted_with_204_and_no_body(alice: Blog) -> None:
    post = alice.create_post()

    response = expect(alice.request("DELETE", f"/posts/{post['id']}"), 204)

    assert response.content == b""


@rule(1, "status-codes")
def test_reading_and_changing_answer_200(alice: Blog) -> None:
    path = f"/posts/{alice.create_post()['id']}"
    whole = {"title": "Whole", "content": "Both."}

    assert alice.request("GET", "/posts").status_code == 200
    assert alice.request("GET", path).status_code == 200
    assert alice.request("PUT", path, json_body=whole).status_code == 200
    assert alice.request("PATCH", path, json_body={"title": "Part"}).status_code == 200


@rule(1, "response-model")
def test_a_post_has_these_fields_and_no_others(blog: Blog, alice: Blog) -> None:
    post = alice.create_post()

    assert set(post) == blog.post_fields
    assert set(blog.read_post(post["id"])) == blog.post_fields
    assert set(alice.change_post(post["id"], title="Changed")) == blog.post_fields
    assert {frozenset(listed) for listed in blog.posts()} == {frozenset(blog.post_fields)}


@pytest.mark.parametrize("name", ["id", "created_at", "updated_at"])
@rule(1, "post-schemas")
def test_what_the_server_decides_cannot_be_sent(alice: Blog, name: str) -> None:
    post = alice.create_post()
    body = {"title": "A title", "content": "Some content.", name: post[name]}

    expect(alice.request("POST", "/posts", json_body=body), 422)
    expect(alice.request("PUT", f"/posts/{post['id']}", json_body=body), 422)
    expect(alice.request("PATCH", f"/posts/{post['id']}", json_body=body), 422)


@rule(1, "post-schemas")
def test_the_schema_has_a_model_for_what_comes_in_and_one_for_what_goes_out(blog: Blog) -> None:
    schemas = blog.schema()["components"]["schemas"]

    shapes = [frozenset(schema.get("properties", {})) for schema in schemas.values()]

    assert frozenset(blog.post_fields) in shapes
    assert {"title", "content"} in [shape - {"published", "tags"} for shape in shapes]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@rule(1, "not-found")
def test_a_missing_post_is_404(alice: Blog, method: str) -> None:
    missing = alice.missing_post()

    expect(alice.request(method, f"/posts/{missing}"), 404)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@rule(1, "not-found")
def test_changing_a_missing_post_is_404(alice: Blog, method: str) -> None:
    missing = alice.missing_post()
    body = {"title": "A title", "content": "Some content."}

    expect(alice.request(method, f"/posts/{missing}", json_body=body), 404)


@rule(1, "not-found")
def test_the_highest_id_is_an_id_like_any_other(blog: Blog, alice: Blog) -> None:
    missing = alice.missing_post()

    beyond = expect(blog.request("GET", f"/posts/{2**31 - 1}"), 404)

    assert beyond.json() == blog.request("GET", f"/posts/{missing}").json()


@rule(1, "response-model")
def test_times_are_now_and_in_utc_with_the_offset(alice: Blog) -> None:
    post = alice.create_post()

    created, updated = utc(post["created_at"]), utc(post["updated_at"])

    assert abs(datetime.now(UTC) - created) < timedelta(minutes=1)
    assert created <= updated < created + timedelta(minutes=1)


@rule(1, "auto-updated-at")
def test_a_patch_moves_updated_at_and_leaves_created_at(alice: Blog) -> None:
    post = alice.create_post()

    changed = alice.change_post(post["id"], title="Another title")

    assert utc(changed["updated_at"]) > utc(post["updated_at"])
    assert changed["created_at"] == post["created_at"]


@rule(1, "updated-at-hook")
def test_a_put_moves_updated_at_and_leaves_created_at(alice: Blog) -> None:
    post = alice.create_post()

    changed = alice.replace_post(post["id"], title=post["title"], content="Other content.")

    assert utc(changed["updated_at"]) > utc(post["updated_at"])
    assert changed["created_at"] == post["created_at"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"title": "A title"}, id="the same title"),
        pytest.param({"title": " A title\n"}, id="the same title to be trimmed"),
        pytest.param({"title": "A title", "content": "Some content."}, id="the same values"),
    ],
)
@rule(1, "auto-updated-at")
def test_a_patch_that_changes_nothing_leaves_the_post_as_it_was(
    alice: Blog, changes: dict[str, str]
) -> None:
    post = alice.create_post(title="A title", content="Some content.")

    assert alice.change_post(post["id"], **changes) == post
    assert alice.read_post(post["id"]) == post


@rule(1, "updated-at-hook")
def test_a_put_with_equal_values_leaves_the_post_as_it_was(alice: Blog) -> None:
    post = alice.create_post(title="A title", content="Some content.")

    assert alice.replace_post(post["id"], title="A title", content="Some content.") == post
    assert alice.read_post(post["id"]) == post
