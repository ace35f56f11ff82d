"""Lists in envelopes: one page, how much there is in all, and links; posts with their authors."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote
from uuid import uuid4

import pytest

from .blog import Blog, Body, expect
from .crowd import Call, at_once, statuses
from .pages import envelope, linked_pages, read, walk
from .rules import rule, slow

ALL, OWN, USERS = "/posts", "/users/me/posts", "/users"
LISTS = [ALL, OWN, USERS]
PAST = [9_000, 2**31 - 1]
CLIENTS, LARGEST, WITHIN = 32, 100, 60.0


@dataclass(frozen=True)
class Shelf:
    """Five posts of one writer, by title, with two tags: `tag`, as a query has it, and `shared`.

    Beside them are a draft with the first of the tags alone, and a post with the second alone.
    """

    writer: Blog
    tag: str
    posts: list[Body]


@pytest.fixture(scope="module")
def shelf(blog: Blog) -> Shelf:
    writer, tag = blog.new_user("shelf"), f"\u00e4-{uuid4().hex[:12]}"
    titles = ["delta", "alpha", "echo", "charlie", "bravo"]
    posts = [writer.create_post(title=title, tags=[tag, "shared"]) for title in titles]
    writer.create_post(title="foxtrot", tags=[tag], published=False)
    writer.create_post(title="golf", tags=["shared"])
    return Shelf(writer, quote(tag), sorted(posts, key=lambda post: str(post["title"])))


@pytest.fixture
def newcomer(blog: Blog) -> Blog:
    """The blog as seen by somebody who has written nothing."""
    return blog.new_user("newcomer")


# The envelope


@pytest.mark.parametrize("path", LISTS)
@rule(5, "response-envelopes")
def test_a_list_is_a_first_page_of_20_in_an_envelope(shelf: Shelf, path: str) -> None:
    page = read(shelf.writer, path)

    assert (page["page"], page["size"]) == (1, 20)
    assert len(page["items"]) == min(20, page["total"])


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("number", "size"), [(1, 1), (2, 3), (2, 1), (1, 100), *((number, 100) for number in PAST)]
)
@rule(5, "pagination-envelope")
def test_an_envelope_repeats_which_page_was_asked_for(
    shelf: Shelf, path: str, number: int, size: int
) -> None:
    page = read(shelf.writer, f"{path}?page={number}&size={size}")

    assert (page["page"], page["size"]) == (number, size)


@slow
@rule(5, "response-envelopes")
def test_32_clients_can_list_whole_pages_at_once(alice: Blog) -> None:
    body: dict[str, object] = {"title": "One of many", "content": "Words.", "tags": ["a", "b"]}
    at_once(alice, [Call("POST", ALL, body)] * LARGEST, WITHIN)

    responses = at_once(alice, [Call("GET", f"{ALL}?size={LARGEST}")] * CLIENTS, WITHIN)

    assert statuses(responses) == [200] * CLIENTS
    assert {len(envelope(response)["items"]) for response in responses} == {LARGEST}


# How much there is


@pytest.mark.parametrize(
    ("size", "pages"), [(1, 5), (2, 3), (3, 2), (4, 2), (5, 1), (6, 1), (100, 1)]
)
@rule(5, "pagination-envelope")
def test_pages_are_the_total_by_the_size_rounded_up(
    blog: Blog, shelf: Shelf, size: int, pages: int
) -> None:
    page = read(blog, f"{ALL}?tag={shelf.tag}&size={size}")

    assert (page["total"], page["pages"]) == (5, pages)


@pytest.mark.parametrize(
    ("path", "query", "total"),
    [(ALL, "", 5), (ALL, "&tag=shared", 5), (OWN, "", 6), (OWN, "&tag=shared", 5)],
)
@rule(5, "pagination-envelope")
def test_the_total_counts_what_the_filter_lets_through(
    shelf: Shelf, path: str, query: str, total: int
) -> None:
    page = read(shelf.writer, f"{path}?tag={shelf.tag}{query}&size=2&sort=title")

    assert page["total"] == total


@pytest.mark.parametrize("reader", ["nobody", "a stranger", "the author", "an admin"])
@rule(5, "pagination-envelope")
def test_a_draft_is_not_counted_in_everybodys_list(
    blog: Blog, bob: Blog, shelf: Shelf, admin: Blog, reader: str
) -> None:
    readers = {"nobody": blog, "a stranger": bob, "the author": shelf.writer, "an admin": admin}

    page = read(readers[reader], f"{ALL}?tag={shelf.tag}")

    assert (len(page["items"]), page["total"]) == (5, 5)


CHANGES: dict[str, tuple[Callable[[Blog, int], object], int]] = {
    "a new post": (lambda writer, _: writer.create_post(), 2),
    "a new draft": (lambda writer, _: writer.create_post(published=False), 1),
    "a draft of a post": (lambda writer, post: writer.change_post(post, published=False), 0),
    "another title": (lambda writer, post: writer.change_post(post, title="Another"), 1),
    "no post any longer": (lambda writer, post: writer.delete_post(post), 0),
}


@pytest.mark.parametrize("change", CHANGES)
@rule(5, "pagination-envelope")
def test_the_total_follows_every_change(blog: Blog, newcomer: Blog, change: str) -> None:
    make, difference = CHANGES[change]
    before = read(blog, ALL)["total"]

    make(newcomer, newcomer.create_post()["id"])

    assert read(blog, ALL)["total"] == before + difference


@rule(5, "pagination-envelope")
def test_all_users_are_counted(blog: Blog) -> None:
    before = read(blog, f"{USERS}?size=1")

    blog.create_user()

    after = read(blog, f"{USERS}?size=1")
    assert before["total"] == before["pages"] == len(blog.users()) - 1
    assert after["total"] == after["pages"] == before["total"] + 1


@pytest.mark.parametrize("path", [OWN, f"{ALL}?tag=nothing-has-this", f"{OWN}?page=3"])
@rule(5, "pagination-envelope")
def test_an_empty_list_has_no_pages(newcomer: Blog, path: str) -> None:
    page = read(newcomer, path)

    assert (page["items"], page["total"], page["pages"]) == ([], 0, 0)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("number", PAST)
@rule(5, "pagination-envelope")
def test_a_page_past_the_end_is_empty_and_says_how_much_there_is(
    shelf: Shelf, path: str, number: int
) -> None:
    first = read(shelf.writer, f"{path}?size=100")

    past = read(shelf.writer, f"{path}?size=100&page={number}")

    assert past == first | {"items": [], "page": number}


# Users come in pages, too


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=abc",
        "page=1.5",
        "page=",
        "page=%00",
        "size=0",
        "size=101",
        "size=-1",
        "size=abc",
        "size=",
        pytest.param(f"page={2**31}", id="page=2**31"),
        pytest.param(f"page={10**30}", id="page=10**30"),
        pytest.param(f"page={'9' * 5000}", id="page of 5000 digits"),
        pytest.param(f"size={10**30}", id="size=10**30"),
    ],
)
@rule(5, "pagination-envelope")
def test_what_is_no_page_of_users_is_422(blog: Blog, query: str) -> None:
    expect(blog.request("GET", f"{USERS}?{query}"), 422)


@rule(5, "pagination-envelope")
def test_pages_of_users_hold_every_user_once(blog: Blog) -> None:
    pages = walk(blog, f"{USERS}?size=100", "next")

    users = [user["id"] for page in pages for user in page["items"]]
    assert len(set(users)) == len(users) == pages[0]["total"]
    assert len(pages) == pages[0]["pages"]


# Links


@pytest.mark.parametrize("path", LISTS)
@rule(5, "pagination-envelope")
def test_every_list_links_to_its_other_pages(shelf: Shelf, path: str) -> None:
    query = f"{path}?page=2&size=1"

    linked = linked_pages(shelf.writer, query)

    last = read(shelf.writer, query)["pages"]
    assert linked == {"first": 1, "prev": 1, "next": 3, "last": last}


@pytest.mark.parametrize(
    ("query", "linked"),
    [
        pytest.param("size=2", {"first": 1, "next": 2, "last": 3}, id="the first"),
        pytest.param(
            "size=2&page=2", {"first": 1, "prev": 1, "next": 3, "last": 3}, id="in between"
        ),
        pytest.param("page=3&size=2", {"first": 1, "prev": 2, "last": 3}, id="the last"),
        pytest.param("page=4&size=2", {"first": 1, "prev": 3, "last": 3}, id="one past the end"),
        pytest.param("size=5", {"first": 1, "last": 1}, id="the only one"),
        pytest.param("", {"first": 1, "last": 1}, id="without page and size"),
    ],
)
@rule(5, "pagination-envelope")
def test_a_page_links_to_the_first_the_last_and_its_neighbours(
    blog: Blog, shelf: Shelf, query: str, linked: dict[str, int]
) -> None:
    assert linked_pages(blog, f"{ALL}?tag={shelf.tag}&{query}") == linked


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("number", PAST)
@rule(5, "pagination-envelope")
def test_every_link_of_a_page_past_the_end_leads_to_a_page(
    shelf: Shelf, path: str, number: int
) -> None:
    linked = linked_pages(shelf.writer, f"{path}?size=3&page={number}")

    last = read(shelf.writer, f"{path}?size=3")["pages"]
    assert (linked["first"], linked["last"]) == (1, last)
    assert "next" not in linked


@pytest.mark.parametrize("path", [OWN, f"{ALL}?tag=nothing-has-this"])
@rule(5, "pagination-envelope")
def test_an_empty_list_links_to_nothing_but_its_first_page(newcomer: Blog, path: str) -> None:
    linked = linked_pages(newcomer, path)

    assert set(linked) <= {"first", "last"}
    assert set(linked.values()) <= {1}


@pytest.mark.parametrize("path", [ALL, OWN])
@rule(5, "pagination-envelope")
def test_links_keep_tags_order_and_size(shelf: Shelf, path: str) -> None:
    query = f"{path}?tag={shelf.tag}&tag=shared&sort=title&size=2"

    forward = walk(shelf.writer, query, "next")
    backward = walk(shelf.writer, f"{query}&page=3", "prev")

    assert [post for page in forward for post in page["items"]] == shelf.posts
    assert [len(page["items"]) for page in forward] == [2, 2, 1]
    assert backward == forward[::-1]


# Authors


@pytest.fixture
def author(blog: Blog, alice: Blog) -> Body:
    """Alice, as everybody sees her."""
    return blog.read_user(alice.account.id)


WRITES: dict[str, Callable[[Blog, int], Body]] = {
    "POST": lambda writer, _: writer.create_post(),
    "PUT": lambda writer, post: writer.replace_post(post, title="Another", content="Other."),
    "PATCH": lambda writer, post: writer.change_post(post, title="Another"),
    "a PATCH of nothing": lambda writer, post: writer.change_post(post),
}


@pytest.mark.parametrize("write", WRITES)
@rule(5, "user-public")
def test_what_is_written_comes_back_with_its_author(alice: Blog, author: Body, write: str) -> None:
    post = WRITES[write](alice, alice.create_post()["id"])

    assert post["author"] == author
    assert post["author_id"] == author["id"]


@rule(5, "user-public")
def test_everybody_sees_whose_post_it_is(blog: Blog, alice: Blog, author: Body) -> None:
    post = alice.create_post()

    assert blog.read_post(post["id"])["author"] == author
    assert set(author) == {"id", "username", "created_at"}


@rule(5, "user-public")
def test_every_post_of_a_list_has_its_own_author(blog: Blog, alice: Blog, bob: Blog) -> None:
    tag = f"t{uuid4().hex[:12]}"
    writers = [alice, bob, alice]
    posts = [writer.create_post(tags=[tag]) for writer in writers]

    listed = read(blog, f"{ALL}?tag={tag}&sort=created_at")["items"]

    authors = [blog.read_user(writer.account.id) for writer in writers]
    assert listed == posts
    assert [post["author"] for post in listed] == authors


@rule(5, "user-public")
def test_ones_own_posts_and_drafts_have_oneself_as_author(blog: Blog, newcomer: Blog) -> None:
    newcomer.create_post()
    newcomer.create_post(published=False)

    own = read(newcomer, OWN)["items"]

    assert [post["author"] for post in own] == [blog.read_user(newcomer.account.id)] * 2


@rule(5, "pagination-envelope")
def test_links_hold_the_parameters_of_the_route_and_no_others(shelf: Shelf) -> None:
    query = f"tag={shelf.tag}&size=1&unknown={'x' * 4_000}&page=2"

    response = shelf.writer.request("GET", f"/posts?{query}")

    assert "unknown" not in response.headers.get("link", "unknown: there is no such header")
    assert f"tag={shelf.tag}" in response.headers["link"]
