import asyncio
from typing import Any
from unittest.mock import AsyncMock

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event
from sqlalchemy.dialects import postgresql

from app import schemas
from app.database import new_session
from app.dependencies import Reader, Session, get_locked_post
from app.main import app
from app.models import Post, User

TEN = [f"tag-{number}" for number in range(10)]


def tagged(client: TestClient, *tags: str) -> dict[str, Any]:
    """A new post with these tags."""
    body = {"title": "Hello", "content": "World", "tags": tags}
    post: dict[str, Any] = client.post("/posts", json=body).json()
    return post


def test_tags_are_folded_and_sorted(client: TestClient) -> None:
    post = tagged(client, "web", " Python ", "python", "PYTHON", "größe", "a-1")

    assert post["tags"] == ["a-1", "größe", "python", "web"]
    assert client.get("/posts/1").json() == post


@pytest.mark.parametrize("tags", [[], ["x" * 30], TEN, [*TEN, "TAG-1", " tag-2"]])
def test_ten_different_tags_of_30_characters_are_accepted(
    client: TestClient, tags: list[str]
) -> None:
    response = client.post("/posts", json={"title": "Hello", "content": "World", "tags": tags})

    assert response.status_code == 201


@pytest.mark.parametrize(
    "tags", [[""], [" "], ["x" * 31], ["a b"], ["a_b"], ["½"], ["a\0"], [1], "python", [*TEN, "x"]]
)
def test_other_tags_are_refused(client: TestClient, tags: Any) -> None:
    response = client.post("/posts", json={"title": "Hello", "content": "World", "tags": tags})

    assert response.status_code == 422


def test_marks_are_part_of_their_letters(client: TestClient) -> None:
    post = tagged(client, "cafe\u0301", "caf\u00e9", "हिन्दी")

    assert post["tags"] == ["caf\u00e9", "हिन्दी"]


@pytest.mark.parametrize("query", ["tag=cafe%CC%81", "tag=%20CAF%C3%89"])
def test_a_tag_is_found_however_it_is_written(client: TestClient, query: str) -> None:
    post = tagged(client, "café")

    assert client.get(f"/posts?{query}").json()["items"] == [post]


def test_patch_replaces_the_tags_it_is_given(client: TestClient) -> None:
    before = tagged(client, "python", "web")

    renamed = client.patch("/posts/1", json={"title": "Bye"}).json()
    retagged = client.patch("/posts/1", json={"tags": ["web", "http"]}).json()

    assert renamed["tags"] == before["tags"]
    assert retagged["tags"] == ["http", "web"]
    assert retagged["updated_at"] > renamed["updated_at"]


def test_the_same_tags_are_no_change(client: TestClient) -> None:
    post = tagged(client, "python", "web")

    assert client.patch("/posts/1", json={"tags": ["Web", "python", "web"]}).json() == post


def test_put_without_tags_removes_them(client: TestClient) -> None:
    tagged(client, "python")

    replaced = client.put("/posts/1", json={"title": "Hello", "content": "World"}).json()

    assert replaced["tags"] == []
    assert client.get("/posts?tag=python").json()["items"] == []


def test_a_deleted_post_leaves_nothing_to_find(client: TestClient) -> None:
    tagged(client, "python")

    assert client.delete("/posts/1").status_code == 204
    assert client.get("/posts?tag=python").json()["items"] == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_change_and_a_deletion_read_the_post_that_they_lock(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    tagged(client, "python")
    locked = []

    async def lock(post_id: schemas.Id, reader: Reader, session: Session) -> Post:
        locked.append(post_id)
        return await get_locked_post(post_id, reader, session)

    monkeypatch.setitem(app.dependency_overrides, get_locked_post, lock)
    client.request(method, "/posts/1", json={"title": "Bye", "content": "Moon"})

    assert locked == [1]


def test_tags_are_stored_in_one_order_for_all_requests(client: TestClient) -> None:
    stored = []

    def note(*call: Any) -> None:
        stored.extend(call[3])

    event.listen(Engine, "before_cursor_execute", note)
    tagged(client, "web", "python", "http")
    event.remove(Engine, "before_cursor_execute", note)

    assert [value for value in stored if value in {"web", "python", "http"}][:3] == [
        "http", "python", "web"
    ]  # fmt: skip


def test_postgresql_locks_the_row_of_a_post_that_is_to_change() -> None:
    dialect: Any = postgresql.dialect
    session = AsyncMock()
    session.connection.return_value = AsyncMock()

    asyncio.run(get_locked_post(1, None, session))

    (statement,) = session.scalar.call_args.args
    assert str(statement.compile(dialect=dialect())).endswith("FOR UPDATE")


def test_who_changes_a_post_waits_for_who_changes_it_already(client: TestClient) -> None:
    tagged(client, "python")
    order = []

    async def change(name: str) -> None:
        async with new_session() as session:
            author = await session.get_one(User, 1)
            await get_locked_post(1, author, session)
            order.append(f"{name} begins")
            await asyncio.sleep(0.05)
            order.append(f"{name} ends")
            await session.commit()

    async def both() -> None:
        await asyncio.gather(change("one"), change("one"))

    asyncio.run(both())

    assert order == ["one begins", "one ends"] * 2
