"""Posts by tag: those that have all the tags of a query, however these are written."""

import pytest

from .blog import Blog, expect, unique
from .rules import rule

NINE = [f"tag-{number}" for number in range(9)]


@pytest.fixture
def topic() -> str:
    """A tag that no other post has."""
    return unique("topic")


@rule(4, "filter-by-tag")
def test_a_tag_finds_the_posts_that_have_it(blog: Blog, alice: Blog, bob: Blog, topic: str) -> None:
    first = alice.create_post(tags=[topic, "python"])
    second = bob.create_post(tags=[topic])
    alice.create_post(tags=[f"{topic}-2", "python"])

    assert blog.posts(f"tag={topic}") == [second, first]
    assert blog.posts(f"tag={topic[:-1]}") == []


@rule(4, "filter-by-tag")
def test_several_tags_find_the_posts_that_have_all_of_them(
    blog: Blog, alice: Blog, topic: str
) -> None:
    both = alice.create_post(tags=[topic, "python", "web"])
    one = alice.create_post(tags=[topic, "web"])
    alice.create_post(tags=["python", "web"])

    assert blog.posts(f"tag={topic}&tag=web") == [one, both]
    assert blog.posts(f"tag=python&tag={topic}&tag=web") == [both]
    assert blog.posts(f"tag={topic}&tag=nothing-has-this") == []


@pytest.mark.parametrize("written", ["{}%20", "%20{}", "%09{}%0A", "{}&tag={}"])
@rule(4, "filter-by-tag")
def test_a_tag_of_a_query_is_folded_too(blog: Blog, alice: Blog, topic: str, written: str) -> None:
    post = alice.create_post(tags=[topic])
    query = f"tag={written}".format(topic.upper(), topic)

    assert blog.posts(query) == [post]


@rule(4, "filter-by-tag")
def test_a_tag_of_other_letters_is_found(blog: Blog, alice: Blog, topic: str) -> None:
    post = alice.create_post(tags=[f"\u00e4{topic}"])

    assert blog.posts(f"tag=%C3%A4{topic}") == [post]
    assert blog.posts(f"tag=%C3%84{topic}") == [post]


@rule(4, "filter-by-tag")
def test_a_query_takes_ten_different_tags(blog: Blog, alice: Blog, topic: str) -> None:
    post = alice.create_post(tags=[topic, *NINE])
    ten = "&".join(f"tag={tag}" for tag in post["tags"])

    assert blog.posts(ten) == [post]
    assert blog.posts(f"{ten}&tag={topic.upper()}&tag=TAG-0") == [post]
    expect(blog.request("GET", f"/posts?{ten}&tag=one-more"), 422)


@rule(4, "filter-by-tag")
def test_a_tag_that_a_post_lost_finds_it_no_longer(blog: Blog, alice: Blog, topic: str) -> None:
    post = alice.create_post(tags=[topic])
    assert blog.posts(f"tag={topic}") == [post]

    alice.change_post(post["id"], tags=[])
    assert blog.posts(f"tag={topic}") == []

    changed = alice.change_post(post["id"], tags=[topic])
    assert blog.posts(f"tag={topic}") == [changed]


@rule(4, "filter-by-tag")
def test_a_deleted_post_leaves_nothing_behind(blog: Blog, alice: Blog, topic: str) -> None:
    post = alice.create_post(tags=[topic])

    alice.delete_post(post["id"])

    assert blog.posts(f"tag={topic}") == []
    heir = alice.create_post()
    assert heir["tags"] == []
    assert alice.create_post(tags=[topic])["tags"] == [topic]
