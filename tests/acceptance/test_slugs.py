"""Slugs: a post's name in addresses, made from its title, its own for good."""

import re
from uuid import uuid4

import pytest

from .blog import Blog, Body, expect
from .crowd import Call, at_once, kinds
from .rules import rule, slow

POST: dict[str, object] = {"title": "A title", "content": "Some content."}
AT_ONCE = 50
WITHIN = 60.0
LONGEST = 80


@pytest.fixture
def word() -> str:
    """A word that no other title has."""
    return f"w{uuid4().hex[:12]}"


def assert_proper(slug: str) -> None:
    """Letters `a-z` and digits, with single hyphens between them; 80 characters at most."""
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug), f"{slug!r} is no slug"
    assert len(slug) <= LONGEST, f"{slug!r} has {len(slug)} characters"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        pytest.param("{} Hello World", "{}-hello-world", id="capitals"),
        pytest.param("  {}  two   spaces ", "{}-two-spaces", id="spaces"),
        pytest.param("{}: what, now?!", "{}-what-now", id="punctuation"),
        pytest.param("--{}--a - b--", "{}-a-b", id="hyphens"),
        pytest.param("{}_under_score", "{}-under-score", id="underscores"),
        pytest.param("{} \u2013 dash \u2026", "{}-dash", id="other punctuation"),
        pytest.param("{} Cr\u00e8me br\u00fbl\u00e9e", "{}-creme-brulee", id="accents"),
        pytest.param("{} Cre\u0300me", "{}-creme", id="combined accents"),
        pytest.param("{} caf\u00e9 \U0001f600", "{}-cafe", id="an emoji"),
        pytest.param("{} 100 200", "{}-100-200", id="digits"),
    ],
)
@rule(4, "slug-generation")
def test_the_slug_is_made_from_the_title(alice: Blog, word: str, title: str, slug: str) -> None:
    post = alice.create_post(title=title.format(word))

    assert post["slug"] == slug.format(word)


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("\u65e5\u672c\u8a9e", id="Japanese"),
        pytest.param("\u041f\u0440\u0438\u0432\u0435\u0442", id="Russian"),
        pytest.param("\u0395\u03bb\u03bb\u03ac\u03b4\u03b1", id="Greek"),
        pytest.param("\u0645\u0631\u062d\u0628\u0627", id="Arabic"),
        pytest.param("\u00dcbergr\u00f6\u00dfen", id="German"),
        pytest.param("\uff21\uff22\uff23", id="wide letters"),
        pytest.param("\u0661\u0662\u0663", id="Arabic digits"),
    ],
)
@rule(4, "slug-generation")
def test_letters_of_other_scripts_are_transliterated(alice: Blog, title: str) -> None:
    slug = alice.create_post(title=title)["slug"]

    assert_proper(slug)
    assert not re.fullmatch(r"post(-\d+)?", slug)


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("!!!", id="punctuation"),
        pytest.param("\U0001f389\U0001f389\U0001f389", id="emoji"),
        pytest.param("---", id="hyphens"),
        pytest.param("\u202e\u202e\u202e", id="invisible characters"),
        pytest.param("\u2014 \u2014 \u2014", id="dashes"),
    ],
)
@rule(4, "slug-generation")
def test_where_nothing_is_left_the_slug_is_post(alice: Blog, title: str) -> None:
    first, second = alice.create_post(title=title)["slug"], alice.create_post(title=title)["slug"]

    assert re.fullmatch(r"post(-\d+)?", first)
    assert re.fullmatch(r"post-\d+", second)
    assert first != second


@rule(4, "slug-generation")
def test_a_slug_that_is_taken_gets_a_number(alice: Blog, bob: Blog, word: str) -> None:
    first = alice.create_post(title=word)
    second = bob.create_post(title=word.upper())
    third = alice.create_post(title=f"{word}!")

    assert [post["slug"] for post in (first, second, third)] == [word, f"{word}-2", f"{word}-3"]


@rule(4, "slug-generation")
def test_a_number_may_be_taken_by_another_title(alice: Blog, word: str) -> None:
    titles = [word, f"{word} 2", word, f"{word} 2"]

    slugs = [alice.create_post(title=title)["slug"] for title in titles]

    assert slugs == [word, f"{word}-2", f"{word}-3", f"{word}-2-2"]


@rule(4, "slug-generation")
def test_the_number_is_the_first_that_is_free(alice: Blog, word: str) -> None:
    _, second, _ = [alice.create_post(title=word) for _ in range(3)]
    alice.delete_post(second["id"])

    slugs = [alice.create_post(title=word)["slug"] for _ in range(2)]

    assert slugs == [f"{word}-2", f"{word}-4"]


@rule(4, "slug-generation")
def test_a_draft_has_a_slug_like_any_other(alice: Blog, word: str) -> None:
    draft = alice.create_post(title=word, published=False)

    assert draft["slug"] == word
    assert alice.create_post(title=word)["slug"] == f"{word}-2"


@rule(4, "slug-generation")
def test_slugs_of_long_titles_differ_within_80_characters(alice: Blog, word: str) -> None:
    title = (word * 20)[:200]

    slugs = [alice.create_post(title=title)["slug"] for _ in range(3)]

    assert slugs == [title[:80], f"{title[:78]}-2", f"{title[:78]}-3"]


@pytest.mark.parametrize("length", [76, 77, 78, 79, 80])
@rule(4, "slug-generation")
def test_a_slug_that_is_cut_off_ends_with_no_hyphen(alice: Blog, word: str, length: int) -> None:
    title = f"{word.ljust(length, 'x')} and more of it"

    first, second = alice.create_post(title=title)["slug"], alice.create_post(title=title)["slug"]

    assert_proper(first)
    assert_proper(second)
    assert first != second


@rule(4, "post-slug")
def test_a_slug_stays_when_the_title_changes(blog: Blog, alice: Blog, word: str) -> None:
    post = alice.create_post(title=word)

    changed = alice.change_post(post["id"], title=f"{word} and more")
    replaced = alice.replace_post(post["id"], title="Something else", content="Other content.")

    assert (changed["slug"], replaced["slug"]) == (word, word)
    assert blog.read_post(post["id"])["slug"] == word


@rule(4, "post-slug")
def test_a_slug_cannot_be_chosen(alice: Blog, word: str) -> None:
    post = alice.create_post(title=word)
    body = POST | {"slug": post["slug"]}

    expect(alice.request("POST", "/posts", json_body=body), 422)
    expect(alice.request("PUT", f"/posts/{post['id']}", json_body=body), 422)
    expect(alice.request("PATCH", f"/posts/{post['id']}", json_body=body), 422)

    assert alice.read_post(post["id"]) == post


@rule(4, "post-slug")
def test_every_post_of_a_list_shows_its_slug(blog: Blog, alice: Blog) -> None:
    alice.create_post()

    slugs = [post["slug"] for post in blog.posts()]

    assert len(set(slugs)) == len(slugs) > 0


# Many at once


def written_at_once(writer: Blog, bodies: list[dict[str, object]]) -> list[Body]:
    """The new posts, all sent at the same time."""
    responses = at_once(writer, [Call("POST", "/posts", body) for body in bodies], WITHIN)
    assert kinds(responses) == [200] * len(bodies)
    return [Body(response.json()) for response in responses]


@slow
@rule(4, "slug-generation")
def test_50_posts_of_one_title_at_once_get_50_slugs(alice: Blog, word: str) -> None:
    posts = written_at_once(alice, [POST | {"title": word}] * AT_ONCE)

    expected = {word} | {f"{word}-{number}" for number in range(2, AT_ONCE + 1)}
    assert {post["slug"] for post in posts} == expected


@slow
@rule(4, "slug-generation")
def test_50_posts_of_one_long_title_at_once_get_50_slugs(alice: Blog, word: str) -> None:
    posts = written_at_once(alice, [POST | {"title": (word * 20)[:200]}] * AT_ONCE)

    slugs = {post["slug"] for post in posts}
    assert len(slugs) == AT_ONCE
    assert max(len(slug) for slug in slugs) == LONGEST


@slow
@rule(4, "slug-generation")
def test_50_posts_of_one_title_and_the_same_new_tags_at_once(alice: Blog, word: str) -> None:
    tags = [f"{word}-{letter}" for letter in "abcdefghij"]
    orders = [tags[number % 10 :] + tags[: number % 10] for number in range(AT_ONCE)]

    posts = written_at_once(alice, [POST | {"title": word, "tags": order} for order in orders])

    assert len({post["slug"] for post in posts}) == AT_ONCE
    assert [post["tags"] for post in posts] == [tags] * AT_ONCE


@rule(4, "slug-generation")
def test_high_numbers_in_titles_do_no_harm(alice: Blog, word: str) -> None:
    numbers = [*range(2, 65), *(2**power for power in range(7, 31))]
    alice.create_post(title=word)
    for number in numbers:
        alice.create_post(title=f"{word} {number}")

    assert alice.create_post(title=word)["slug"] == f"{word}-65"
