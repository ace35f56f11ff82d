"""Lists of posts: sorted, in pages; everybody's and one's own."""

from dataclasses import dataclass

import pytest

from .blog import Blog, Body, expect, parsed, unique
from .rules import rule

OWN, ALL = "/users/me/posts", "/posts"


@dataclass(frozen=True)
class Shelf:
    """Some posts of one writer, with a tag that nothing else has, in the order of their ids."""

    writer: Blog
    tag: str
    posts: list[Body]


def filled(writer: Blog, titles: list[str]) -> Shelf:
    """A shelf of posts with these titles."""
    tag = unique("shelf")
    return Shelf(writer, tag, [writer.create_post(title=title, tags=[tag]) for title in titles])


# Sorting

SORTED = {
    "created_at": [0, 1, 2, 3, 4],
    "-created_at": [4, 3, 2, 1, 0],
    "title": [1, 3, 4, 2, 0],
    "-title": [0, 2, 4, 3, 1],
    "updated_at": [0, 2, 3, 4, 1],
    "-updated_at": [1, 4, 3, 2, 0],
}


@pytest.fixture(scope="module")
def fruit(blog: Blog) -> Shelf:
    """Five posts; two have one title, and the second was changed last. Nothing else is theirs."""
    shelf = filled(blog.new_user("fruit"), ["pear", "apple", "fig", "apple", "date"])
    changed = shelf.writer.change_post(shelf.posts[1]["id"], content="Changed.")
    return Shelf(shelf.writer, shelf.tag, [shelf.posts[0], changed, *shelf.posts[2:]])


@pytest.mark.parametrize("sort", SORTED)
@rule(4, "sort-posts")
def test_posts_come_in_the_order_that_is_asked_for(blog: Blog, fruit: Shelf, sort: str) -> None:
    listed = blog.posts(f"tag={fruit.tag}&sort={sort}")

    assert listed == [fruit.posts[position] for position in SORTED[sort]]


@pytest.mark.parametrize("sort", SORTED)
@rule(4, "sort-posts")
def test_ones_own_posts_come_in_the_order_that_is_asked_for(fruit: Shelf, sort: str) -> None:
    listed = fruit.writer.own_posts(f"sort={sort}")

    assert listed == [fruit.posts[position] for position in SORTED[sort]]


@rule(4, "sort-posts")
def test_the_newest_posts_come_first_unless_asked_otherwise(
    blog: Blog, alice: Blog, fruit: Shelf
) -> None:
    newest = alice.create_post()

    assert blog.page(ALL, "size=1") == [newest]
    assert blog.posts(f"tag={fruit.tag}") == fruit.posts[::-1]
    assert fruit.writer.own_posts() == fruit.posts[::-1]


# Pages


@pytest.fixture(scope="module")
def row(blog: Blog) -> Shelf:
    """25 posts with one title. Nothing else is their writer's."""
    return filled(blog.new_user("row"), ["The same"] * 25)


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("", 0, 20),
        ("page=1", 0, 20),
        ("page=2", 20, 25),
        ("page=3", 25, 25),
        ("size=1", 0, 1),
        ("size=100", 0, 25),
        ("page=3&size=10", 20, 25),
        ("size=5&page=5", 20, 25),
        ("page=6&size=5", 25, 25),
        (f"page={2**31 - 1}", 25, 25),
        (f"page={2**31 - 1}&size=100", 25, 25),
    ],
)
@rule(4, "paginate-posts")
def test_a_page_holds_its_part_of_the_list(
    blog: Blog, row: Shelf, query: str, first: int, last: int
) -> None:
    expected = row.posts[::-1][first:last]

    assert blog.page(ALL, f"tag={row.tag}&{query}") == expected
    assert row.writer.page(OWN, query) == expected


@pytest.mark.parametrize("sort", SORTED)
@rule(4, "paginate-posts")
def test_pages_hold_every_post_once_though_titles_are_equal(
    blog: Blog, row: Shelf, sort: str
) -> None:
    query = f"tag={row.tag}&sort={sort}&size=4"

    pages = [blog.page(ALL, f"{query}&page={number}") for number in range(1, 8)]

    step = -1 if sort.startswith("-") else 1
    assert [len(page) for page in pages] == [4, 4, 4, 4, 4, 4, 1]
    assert [post for page in pages for post in page] == row.posts[::step]


@rule(4, "paginate-posts", until=4)
def test_a_list_is_an_array(blog: Blog, row: Shelf) -> None:
    listed = parsed(expect(blog.request("GET", f"/posts?tag={row.tag}&size=100"), 200))

    assert listed == row.posts[::-1]


# What is refused

NO_PAGES = [
    "page=0",
    "page=-1",
    "page=abc",
    "page=1.5",
    "page=",
    "page=%00",
    "page=NaN",
    pytest.param(f"page={2**31}", id="page=2**31"),
    pytest.param(f"page={2**63}", id="page=2**63"),
    pytest.param(f"page={10**30}", id="page=10**30"),
    pytest.param(f"page={'9' * 5000}", id="page of 5000 digits"),
    "size=0",
    "size=-1",
    "size=101",
    "size=abc",
    "size=1.5",
    "size=",
    pytest.param(f"size={10**30}", id="size=10**30"),
]
NO_ORDERS = [
    "sort=",
    "sort=-",
    "sort=id",
    "sort=Title",
    "sort=--title",
    "sort=%2Btitle",
    "sort=title,id",
    "sort=title;",
    "sort=content",
    "sort=author_id",
    "sort=hashed_password",
    "sort=%00",
    "sort=%FF",
]
NO_TAGS = [
    "tag=",
    "tag=%20",
    "tag=a%20b",
    "tag=a_b",
    "tag=%00",
    "tag=a%00b",
    "tag=%FF",
    "tag=%ED%A0%80",
    "tag=%C2%BD",
    "tag=good&tag=b_d",
    pytest.param(f"tag={'x' * 31}", id="tag of 31 letters"),
    pytest.param("&".join(f"tag=t{number}" for number in range(11)), id="11 different tags"),
]


@pytest.mark.parametrize("path", [ALL, OWN])
@pytest.mark.parametrize("query", NO_PAGES)
@rule(4, "paginate-posts")
def test_what_is_no_page_is_422(alice: Blog, path: str, query: str) -> None:
    parsed(expect(alice.request("GET", f"{path}?{query}"), 422))


@pytest.mark.parametrize("path", [ALL, OWN])
@pytest.mark.parametrize("query", NO_ORDERS)
@rule(4, "sort-posts")
def test_what_is_no_order_is_422(alice: Blog, path: str, query: str) -> None:
    parsed(expect(alice.request("GET", f"{path}?{query}"), 422))


@pytest.mark.parametrize("path", [ALL, OWN])
@pytest.mark.parametrize("query", NO_TAGS)
@rule(4, "filter-by-tag")
def test_what_is_no_tag_of_a_query_is_422(alice: Blog, path: str, query: str) -> None:
    parsed(expect(alice.request("GET", f"{path}?{query}"), 422))


@pytest.mark.parametrize("path", [ALL, OWN])
@rule(4, "post-queries")
def test_a_list_ignores_what_nobody_asked_for(fruit: Shelf, path: str) -> None:
    query = f"tag={fruit.tag}&unknown=1&Page=0&SORT=x&q=%00&%FF=%ED%A0%80&published=false"

    assert fruit.writer.page(path, query) == fruit.posts[::-1]


# One's own


@rule(4, "post-queries")
def test_ones_own_posts_need_a_token(blog: Blog, alice: Blog) -> None:
    for_nobody = expect(blog.request("GET", OWN), 401)
    for_a_forger = expect(blog.with_token("nonsense").request("GET", OWN), 401)

    assert for_nobody.headers.get("www-authenticate") == "Bearer"
    assert for_a_forger.headers.get("www-authenticate") == "Bearer"
    expect(blog.request("GET", f"{OWN}?size=0"), 401)
    expect(alice.request("GET", OWN), 200)


@rule(4, "post-queries")
def test_ones_own_posts_are_all_of_ones_own_and_drafts_too(blog: Blog, bob: Blog) -> None:
    writer = blog.new_user("writer")
    assert writer.own_posts() == []

    draft = writer.create_post(published=False)
    post = writer.create_post()
    bob.create_post()

    assert writer.own_posts() == [post, draft]


@rule(4, "post-queries")
def test_an_admin_sees_only_their_own_there(admin: Blog, alice: Blog) -> None:
    draft = alice.create_post(published=False)
    mine = admin.create_post(published=False)

    own = admin.own_posts()

    assert mine in own
    assert draft["id"] not in [post["id"] for post in own]


@rule(4, "post-queries")
def test_a_list_is_filtered_sorted_and_cut_at_once(blog: Blog) -> None:
    shelf = filled(blog.new_user("writer"), ["delta", "alpha", "charlie", "bravo"])
    shelf.writer.create_post(title="another")
    draft = shelf.writer.create_post(title="beta", tags=[shelf.tag], published=False)
    query = f"tag={shelf.tag}&sort=title&size=2&page=2"

    delta, _, charlie, bravo = shelf.posts
    assert blog.page(ALL, query) == [charlie, delta]
    assert shelf.writer.page(OWN, query) == [bravo, charlie]
    assert shelf.writer.page(OWN, f"tag={shelf.tag}&sort=title")[1] == draft
