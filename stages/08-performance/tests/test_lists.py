from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, create_engine, event, select, text

from app.lists import PostQuery, Sort
from app.models import Base, Post

POSTS = [
    {"title": "Banana", "content": "1", "tags": ["fruit", "yellow"]},
    {"title": "Apple", "content": "2", "tags": ["fruit"]},
    {"title": "Carrot", "content": "3"},
    {"title": "Apple", "content": "4", "tags": ["yellow"]},
]


@pytest.fixture
def posts(client: TestClient) -> TestClient:
    """Ann's client, when she has written the four posts."""
    for body in POSTS:
        client.post("/posts", json=body)
    return client


def ids(client: TestClient, query: str, path: str = "/posts") -> list[int]:
    return [post["id"] for post in client.get(f"{path}?{query}").json()["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [4, 3, 2, 1]),
        ("sort=created_at", [1, 2, 3, 4]),
        ("sort=-updated_at", [4, 3, 2, 1]),
        ("sort=title", [2, 4, 1, 3]),
        ("sort=-title", [3, 1, 4, 2]),
        ("tag=fruit", [2, 1]),
        ("tag=fruit&tag=%20Yellow", [1]),
        ("tag=nothing", []),
        ("page=2&size=3", [1]),
        ("page=2&size=1", [3]),
        ("page=3&size=1", [2]),
        ("page=3&size=2", []),
        ("page=2147483647", []),
        ("tag=fruit&sort=title&page=2&size=1", [1]),
    ],
)
@pytest.mark.parametrize("path", ["/posts", "/users/me/posts"])
def test_a_list_is_filtered_then_sorted_then_cut(
    posts: TestClient, path: str, query: str, found: list[int]
) -> None:
    assert ids(posts, query, path) == found


@pytest.mark.parametrize("column", ["created_at", "updated_at", "title"])
@pytest.mark.parametrize("tag", ["", "tag=twin&"])
def test_the_id_breaks_ties_in_the_same_direction(twins: TestClient, tag: str, column: str) -> None:
    assert ids(twins, f"{tag}sort={column}") == list(range(1, 11))
    assert ids(twins, f"{tag}sort=-{column}") == list(range(10, 0, -1))
    assert ids(twins, f"{tag}sort=-{column}&size=4&page=2") == [6, 5, 4, 3]


@pytest.mark.parametrize(
    "query",
    [
        "sort=id", "sort=", "sort=--title", "sort=Title", "page=0", "page=-1", "page=x",
        "page=2147483648", "page=1.0", "page=%2B1", "page=1_0", "size=0", "size=101", "size=",
        "size=1.0", "size=%2B1", "tag=", "tag=a%20b", "tag=%00",
        "&".join(f"tag={number}" for number in range(11)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/posts", "/users/me/posts"])
def test_what_cannot_be_asked_for_is_422(client: TestClient, path: str, query: str) -> None:
    assert client.get(f"{path}?{query}").status_code == 422


def test_a_page_has_20_posts_unless_it_says_otherwise(client: TestClient) -> None:
    for number in range(21):
        client.post("/posts", json={"title": f"Number {number}", "content": "World"})

    assert len(ids(client, "")) == 20
    assert len(ids(client, "page=2")) == 1
    assert len(ids(client, "size=100")) == 21


def queries(client: TestClient, path: str) -> int:
    """How many statements the database executes for one request."""
    statements = []

    def note(*call: Any) -> None:
        statements.append(call[2])

    event.listen(Engine, "before_cursor_execute", note)
    client.get(path)
    event.remove(Engine, "before_cursor_execute", note)
    return len(statements)


@pytest.mark.parametrize("size", [1, 20])
def test_a_list_costs_one_query_whatever_is_in_it(
    client: TestClient, visitor: TestClient, size: int
) -> None:
    for number in range(20):
        tags = [f"tag-{tag}" for tag in range(number % 11)]
        client.post("/posts", json={"title": "Hello", "content": "World", "tags": tags})

    assert queries(visitor, f"/posts?size={size}") == 1


@pytest.mark.parametrize("column", ["created_at", "updated_at", "title"])
def test_a_list_reads_the_posts_of_one_page_from_an_index(column: str) -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    posts = PostQuery(sort=Sort(column)).select_from(select(Post).where(Post.published.is_(True)))
    statement = posts.compile(engine, compile_kwargs={"literal_binds": True})

    with engine.connect() as connection:
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {statement}")).all()

    assert [step.detail for step in plan] == [
        f"SEARCH posts USING INDEX ix_posts_{column} (published=?)"
    ]
