import asyncio
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import new_session
from app.models import Post, select_posts
from app.slugs import add_with_slug
from tests.conftest import in_session


def slugs(client: TestClient, *titles: str) -> list[str]:
    """The slugs of new posts with these titles, written one after the other."""
    bodies = [{"title": title, "content": "World"} for title in titles]
    return [client.post("/posts", json=body).json()["slug"] for body in bodies]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hello, World!", "hello-world"),
        ("  --Übergrößen -- naïve_", "ubergrossen-naive"),
        ("日本語", "ri-ben-yu"),
        ("!!!", "post"),
        ("AT&amp;T &#65;", "at-amp-t-65"),
        ("a" * 200, "a" * 80),
        ("abc " * 50, "abc-" * 19 + "abc"),
    ],
)
def test_a_slug_is_made_of_the_title(client: TestClient, title: str, slug: str) -> None:
    assert slugs(client, title) == [slug]


def test_a_taken_slug_gets_the_first_free_number(client: TestClient) -> None:
    assert slugs(client, "Hello 3", "Hello", "Hello", "HELLO", "Hello!") == [
        "hello-3", "hello", "hello-2", "hello-4", "hello-5",
    ]  # fmt: skip


def test_a_long_slug_gives_way_to_its_number(client: TestClient) -> None:
    assert slugs(client, "a" * 90, "a" * 90) == ["a" * 80, "a" * 78 + "-2"]


def test_a_slug_that_is_cut_does_not_end_in_a_hyphen(client: TestClient) -> None:
    title = "a" * 77 + " bcd"

    assert slugs(client, title, title) == ["a" * 77 + "-bc", "a" * 77 + "-2"]


def write_slugs(*slugs: str) -> None:
    """Store posts with these slugs."""

    async def store(session: AsyncSession) -> None:
        posts = [Post(title="Hello", content="World", slug=slug, author_id=1) for slug in slugs]
        session.add_all(posts)

    in_session(store)


def test_numbers_go_on_for_as_long_as_it_takes(client: TestClient) -> None:
    write_slugs("hello", *(f"hello-{number}" for number in range(2, 301)))

    assert slugs(client, "Hello", "Hello") == ["hello-301", "hello-302"]


def test_high_numbers_in_titles_are_only_numbers(client: TestClient) -> None:
    write_slugs("hello", *(f"hello-{number}" for number in range(2, 65)))
    write_slugs(*(f"hello-{2**power}" for power in range(7, 31)))

    assert slugs(client, "Hello") == ["hello-65"]


def test_a_slug_stays_when_the_title_changes(client: TestClient, post: dict[str, Any]) -> None:
    changed = client.patch("/posts/1", json={"title": "Something else"}).json()

    assert changed["slug"] == "hello"


def test_of_two_who_want_one_slug_the_second_gets_another(client: TestClient) -> None:
    async def write() -> None:
        async with new_session() as session:
            post = Post(title="Same", content="World", author_id=1)
            await add_with_slug(post, session)
            await asyncio.sleep(0.01)
            await session.commit()

    async def both() -> None:
        await asyncio.gather(*(write() for _ in range(8)))

    async def found(session: AsyncSession) -> set[str]:
        return {post.slug for post in await session.scalars(select_posts())}

    asyncio.run(both())

    assert in_session(found) == {"same", *(f"same-{number}" for number in range(2, 9))}


def test_what_else_the_database_refuses_is_not_tried_again(client: TestClient) -> None:
    async def write_for_nobody(session: AsyncSession) -> None:
        await add_with_slug(Post(title="Hello", content="World", author_id=9), session)

    with pytest.raises(IntegrityError):
        in_session(write_for_nobody)


def test_a_savepoint_is_part_of_its_transaction(client: TestClient) -> None:
    async def write_and_think_better_of_it(session: AsyncSession) -> None:
        await add_with_slug(Post(title="Hello", content="World", author_id=1), session)
        await session.rollback()

    in_session(write_and_think_better_of_it)

    assert client.get("/posts").json()["items"] == []
