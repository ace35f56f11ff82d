"""Many clients at once: nobody hangs, nobody gets an error, nothing is done twice."""

from collections import Counter

from .blog import Blog, expect, unique
from .crowd import Call, at_once, kinds, statuses
from .rules import rule, slow

pytestmark = slow

CLIENTS = 128
WITHIN = 60.0
HASHES_WITHIN = 300.0


@rule(1, "posts-crud")
def test_128_clients_can_read_at_once(alice: Blog) -> None:
    post = alice.create_post()

    responses = at_once(alice, [Call("GET", f"/posts/{post['id']}")] * CLIENTS, WITHIN)

    assert [response.json() for response in responses] == [post] * CLIENTS


@rule(1, "posts-crud")
def test_128_clients_can_list_at_once(alice: Blog) -> None:
    responses = at_once(alice, [Call("GET", "/posts")] * CLIENTS, WITHIN)

    assert statuses(responses) == [200] * CLIENTS


@rule(1, "posts-crud")
def test_128_clients_can_write_at_once(alice: Blog) -> None:
    body: dict[str, object] = {"title": "From a crowd", "content": "All at once."}

    responses = at_once(alice, [Call("POST", "/posts", body)] * CLIENTS, WITHIN)

    assert kinds(responses) == [200] * CLIENTS
    assert len({response.json()["id"] for response in responses}) == CLIENTS


@rule(1, "posts-crud")
def test_128_clients_can_change_one_post_at_once(alice: Blog) -> None:
    path = f"/posts/{alice.create_post()['id']}"
    bodies: list[dict[str, object]] = [{"title": f"Title {n}"} for n in range(CLIENTS)]

    responses = at_once(alice, [Call("PATCH", path, body) for body in bodies], WITHIN)

    assert statuses(responses) == [200] * CLIENTS


@rule(1, "users-crud")
def test_128_clients_can_read_users_at_once(alice: Blog) -> None:
    path = f"/users/{alice.account.id}"

    responses = at_once(alice, [Call("GET", path)] * CLIENTS, WITHIN)

    assert statuses(responses) == [200] * CLIENTS


@rule(1, "error-handling")
def test_readers_and_writers_do_not_hinder_each_other(alice: Blog) -> None:
    path = f"/posts/{alice.create_post()['id']}"
    pair = [Call("GET", path), Call("PATCH", path, {"content": "Changed by one of a crowd."})]

    responses = at_once(alice, pair * (CLIENTS // 2), WITHIN)

    assert statuses(responses) == [200] * CLIENTS


@rule(1, "not-found")
def test_a_change_that_races_with_a_deletion_is_200_or_404(alice: Blog) -> None:
    paths = [f"/posts/{alice.create_post()['id']}" for _ in range(20)]

    responses = at_once(alice, [call for path in paths for call in race(path)], WITHIN)

    patched, deleted, replaced = (statuses(responses[start::3]) for start in range(3))
    assert set(patched) | set(replaced) <= {200, 404}
    assert deleted == [204] * 20
    assert {alice.request("GET", path).status_code for path in paths} == {404}


def race(path: str) -> list[Call]:
    """Two changes of a post and its deletion between them."""
    return [
        Call("PATCH", path, {"title": "Changed"}),
        Call("DELETE", path),
        Call("PUT", path, {"title": "Replaced", "content": "Replaced."}),
    ]


@rule(1, "not-found")
def test_a_deletion_that_races_with_another_is_204_or_404(alice: Blog) -> None:
    paths = [f"/posts/{alice.create_post()['id']}" for _ in range(20)]

    responses = at_once(alice, [Call("DELETE", path) for path in paths] * 2, WITHIN)

    assert set(statuses(responses)) <= {204, 404}
    assert statuses(responses).count(204) >= 20
    assert {alice.request("GET", path).status_code for path in paths} == {404}


@rule(1, "integrity-conflict")
def test_of_200_sign_ups_with_one_name_one_is_taken(blog: Blog) -> None:
    name = unique("many")
    bodies = [blog.sign_up_body(username=name, email=f"{name}-{n}@example.com") for n in range(200)]

    responses = at_once(blog, [Call("POST", "/users", body) for body in bodies], HASHES_WITHIN)

    assert Counter(kinds(responses)) == {200: 1, 409: 199}
    assert [user["username"] for user in blog.users()].count(name) == 1


@rule(1, "integrity-conflict")
def test_of_sign_ups_with_one_address_one_is_taken(blog: Blog) -> None:
    address = f"{unique('few')}@example.com"
    bodies = [blog.sign_up_body(email=address) for _ in range(20)]

    responses = at_once(blog, [Call("POST", "/users", body) for body in bodies], HASHES_WITHIN)

    assert Counter(kinds(responses)) == {200: 1, 409: 19}
    expect(blog.sign_up(email=address), 409)


@rule(3, "token-endpoint")
def test_64_logins_and_64_readers_are_served_at_once(alice: Blog) -> None:
    login = {"username": alice.account.username, "password": alice.account.password}
    pair = [Call("POST", "/auth/token", form=login), Call("GET", "/posts")]

    responses = at_once(alice, pair * (CLIENTS // 2), HASHES_WITHIN)

    assert statuses(responses) == [200] * CLIENTS
