"""Whose post it is: authors change their own, and every refusal comes in the agreed order."""

import pytest

from .blog import Blog, Json, expect
from .rules import rule

POST = {"title": "Another title", "content": "Other content."}
WRITES = [
    pytest.param("PUT", {"json_body": POST}, id="PUT"),
    pytest.param("PATCH", {"json_body": POST}, id="PATCH"),
    pytest.param("DELETE", {}, id="DELETE"),
]
CHANGES = [("PUT", POST), ("PATCH", POST), ("PATCH", {})]


@rule(3, "post-author")
def test_a_post_names_its_author(blog: Blog, alice: Blog, bob: Blog) -> None:
    by_alice, by_bob = alice.create_post(), bob.create_post()

    assert by_alice["author_id"] == alice.account.id
    assert by_bob["author_id"] == bob.account.id
    assert blog.read_post(by_alice["id"])["author_id"] == alice.account.id


@rule(3, "post-author")
def test_the_author_cannot_be_chosen(alice: Blog, bob: Blog) -> None:
    post = alice.create_post()
    body = POST | {"author_id": bob.account.id}

    expect(alice.request("POST", "/posts", json_body=body), 422)
    expect(alice.request("PUT", f"/posts/{post['id']}", json_body=body), 422)
    expect(alice.request("PATCH", f"/posts/{post['id']}", json_body=body), 422)

    assert alice.read_post(post["id"]) == post


@rule(3, "post-author")
def test_a_change_keeps_the_author(alice: Blog) -> None:
    post = alice.create_post()

    assert alice.change_post(post["id"], title="Changed")["author_id"] == alice.account.id
    assert alice.replace_post(post["id"], **POST)["author_id"] == alice.account.id


@rule(3, "ownership-checks")
def test_writing_a_post_needs_a_token(blog: Blog, alice: Blog) -> None:
    title = alice.create_post(title="The only one")["title"]

    refused = expect(blog.request("POST", "/posts", json_body=POST | {"title": "By nobody"}), 401)

    assert refused.headers.get("www-authenticate") == "Bearer"
    assert title in [post["title"] for post in blog.posts()]
    assert "By nobody" not in [post["title"] for post in blog.posts()]


@pytest.mark.parametrize(("method", "request_"), WRITES)
@rule(3, "ownership-checks")
def test_changing_or_deleting_needs_a_token(
    blog: Blog, alice: Blog, method: str, request_: Json
) -> None:
    post = alice.create_post()

    refused = expect(blog.request(method, f"/posts/{post['id']}", **request_), 401)

    assert refused.headers.get("www-authenticate") == "Bearer"
    assert blog.read_post(post["id"]) == post


@pytest.mark.parametrize(("method", "body"), CHANGES)
@rule(3, "edit-own-delete-any")
def test_an_author_changes_their_own_post(alice: Blog, method: str, body: dict[str, str]) -> None:
    post = alice.create_post()

    changed = expect(alice.request(method, f"/posts/{post['id']}", json_body=body), 200)

    assert changed.json() == post | body | {"updated_at": changed.json()["updated_at"]}
    assert post["author_id"] == alice.account.id


@pytest.mark.parametrize(("method", "request_"), WRITES)
@rule(3, "ownership-checks")
def test_nobody_else_changes_or_deletes_it(
    alice: Blog, bob: Blog, method: str, request_: Json
) -> None:
    post = alice.create_post()

    expect(bob.request(method, f"/posts/{post['id']}", **request_), 403)

    assert alice.read_post(post["id"]) == post


@pytest.mark.parametrize(("method", "body"), CHANGES)
@rule(3, "edit-own-delete-any")
def test_an_admin_changes_no_post_of_others(
    alice: Blog, admin: Blog, method: str, body: dict[str, str]
) -> None:
    post = alice.create_post()

    expect(admin.request(method, f"/posts/{post['id']}", json_body=body), 403)

    assert alice.read_post(post["id"]) == post


@rule(3, "edit-own-delete-any")
def test_an_admin_changes_their_own_post(admin: Blog) -> None:
    post = admin.create_post()

    assert admin.change_post(post["id"], title="By the admin")["title"] == "By the admin"


@rule(3, "edit-own-delete-any")
def test_an_author_deletes_their_own_post(alice: Blog, bob: Blog) -> None:
    post = alice.create_post()
    expect(bob.request("DELETE", f"/posts/{post['id']}"), 403)

    alice.delete_post(post["id"])

    expect(alice.request("GET", f"/posts/{post['id']}"), 404)


@rule(3, "edit-own-delete-any")
def test_an_admin_deletes_any_post(alice: Blog, admin: Blog) -> None:
    post = alice.create_post()

    admin.delete_post(post["id"])

    expect(alice.request("GET", f"/posts/{post['id']}"), 404)


# The order of refusals: 401, 404, 403, 422.


@pytest.mark.parametrize(("method", "request_"), WRITES)
@rule(3, "ownership-checks")
def test_401_comes_before_404(blog: Blog, alice: Blog, method: str, request_: Json) -> None:
    expect(blog.request(method, f"/posts/{alice.missing_post()}", **request_), 401)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/posts"), ("PUT", "/posts/{}"), ("PATCH", "/posts/{}")]
)
@rule(3, "ownership-checks")
def test_401_comes_before_422(blog: Blog, alice: Blog, method: str, path: str) -> None:
    path = path.format(alice.create_post()["id"])

    expect(blog.request(method, path, json_body={"title": "", "unknown": 1}), 401)


@pytest.mark.parametrize(("method", "request_"), WRITES)
@rule(3, "ownership-checks")
def test_404_comes_before_403(bob: Blog, alice: Blog, method: str, request_: Json) -> None:
    there = alice.create_post()["id"]
    expect(bob.request(method, f"/posts/{there}", **request_), 403)

    expect(bob.request(method, f"/posts/{alice.missing_post()}", **request_), 404)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@rule(3, "ownership-checks")
def test_404_comes_before_422(blog: Blog, alice: Blog, method: str) -> None:
    missing, bad = alice.missing_post(), {"title": "", "unknown": 1}
    expect(blog.request(method, f"/posts/{missing}", json_body=bad), 401)

    expect(alice.request(method, f"/posts/{missing}", json_body=bad), 404)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@rule(3, "ownership-checks")
def test_403_comes_before_422(alice: Blog, bob: Blog, method: str) -> None:
    post = alice.create_post()

    expect(bob.request(method, f"/posts/{post['id']}", json_body={"title": "", "unknown": 1}), 403)


@pytest.mark.parametrize(("method", "request_"), WRITES)
@rule(3, "ownership-checks")
def test_what_is_no_id_is_refused_without_a_token_too(
    blog: Blog, alice: Blog, method: str, request_: Json
) -> None:
    expect(blog.request(method, f"/posts/{alice.create_post()['id']}", **request_), 401)

    expect(blog.request(method, "/posts/0", **request_), 401, 422)


@pytest.mark.parametrize("path", ["/posts", "/posts/{post}", "/users", "/users/{user}"])
@rule(3, "oauth2-jwt")
def test_reading_needs_no_token(blog: Blog, alice: Blog, path: str) -> None:
    path = path.format(post=alice.create_post()["id"], user=alice.account.id)

    expect(blog.request("GET", path), 200)
