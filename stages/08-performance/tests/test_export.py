import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app import database, export, models, rows
from app.export import COLUMNS
from app.main import app
from app.schemas import Post

from .conftest import in_session
from .test_lists import queries


def json_lines(client: TestClient) -> list[dict[str, Any]]:
    lines = client.get("/posts/export?format=ndjson").text.splitlines()
    return [json.loads(line) for line in lines]


def table(client: TestClient) -> list[dict[str, str]]:
    text = client.get("/posts/export?format=csv").text
    return list(csv.DictReader(io.StringIO(text, newline="")))


def write(client: TestClient, **fields: Any) -> None:
    client.post("/posts", json={"title": "Hello", "content": "World"} | fields)


def test_json_lines_are_the_posts_of_the_api(client: TestClient) -> None:
    for number in range(3):
        write(client, title=f"Nö {number}", tags=["web", "python"])

    response = client.get("/posts/export?format=ndjson")

    assert response.headers["Content-Type"] == "application/x-ndjson"
    assert response.headers["Content-Disposition"] == 'attachment; filename="posts.ndjson"'
    lines = response.text.splitlines()
    assert [json.loads(line) for line in lines] == [
        client.get(f"/posts/{number}").json() for number in (1, 2, 3)
    ]


def test_a_table_has_a_row_for_each_post(client: TestClient) -> None:
    write(client, title='A "quote", and a comma', content="Two\nlines", tags=["web", "python"])

    response = client.get("/posts/export?format=csv")
    (row,) = table(client)

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert tuple(row) == COLUMNS
    assert row["title"] == 'A "quote", and a comma'
    assert row["content"] == "Two\nlines"
    assert row["tags"] == "python web"
    assert row["author"] == "ann"
    assert row["image_url"] == ""


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\N{FULLWIDTH EQUALS SIGN}1+1",
        "\N{FULLWIDTH PLUS SIGN}1+1",
        "\N{FULLWIDTH HYPHEN-MINUS}1+1",
        "\N{FULLWIDTH COMMERCIAL AT}SUM(A1)",
    ],
)
def test_a_formula_becomes_a_text(client: TestClient, text: str) -> None:
    write(client, title=text, content=text)

    (row,) = table(client)

    assert row["title"] == row["content"] == f"'{text}"


@pytest.mark.parametrize("first", ["\t", "\r"])
def test_a_tab_or_a_carriage_return_in_front_is_defused(first: str) -> None:
    assert f"{first}=1".startswith(export.FORMULA)


def test_a_tag_can_begin_with_a_hyphen(client: TestClient) -> None:
    write(client, tags=["-1"])

    assert table(client)[0]["tags"] == "'-1"


@pytest.mark.parametrize("form", ["ndjson", "csv"])
def test_an_export_goes_over_many_batches_and_leaves_drafts_out(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(rows, "BATCH", rows.BATCH.limit(2))
    for number in range(1, 8):
        write(client, title=f"Post {number}", published=number != 3)

    text = client.get(f"/posts/export?format={form}").text

    found = [number for number in range(1, 8) if f"Post {number}" in text]
    assert found == [1, 2, 4, 5, 6, 7]


def test_an_export_is_in_the_order_of_the_ids(twins: TestClient) -> None:
    assert [post["id"] for post in json_lines(twins)] == list(range(1, 11))


def test_an_export_reads_a_few_posts_at_a_time(client: TestClient) -> None:
    async def store(session: AsyncSession) -> None:
        fields = {"title": "Hello", "content": "World", "author_id": 1}
        session.add_all(models.Post(slug=str(number), **fields) for number in range(60))

    in_session(store)

    assert len(json_lines(client)) == 60
    assert 4 <= queries(client, "/posts/export?format=ndjson") <= 10


@pytest.mark.parametrize(("form", "text"), [("ndjson", ""), ("csv", ",".join(COLUMNS) + "\r\n")])
def test_an_empty_export_is_complete(visitor: TestClient, form: str, text: str) -> None:
    assert visitor.get(f"/posts/export?format={form}").text == text


@pytest.mark.parametrize("query", ["", "?format=xml", "?format=", "?format=CSV"])
def test_the_format_has_to_be_known(visitor: TestClient, query: str) -> None:
    assert visitor.get(f"/posts/export{query}").status_code == 422


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_an_export_can_only_be_read(client: TestClient, method: str) -> None:
    response = client.request(method, "/posts/export", json={"title": "Bye", "content": "Moon"})

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"


def test_head_of_an_export_reads_nothing_more(client: TestClient) -> None:
    write(client)

    response = client.head("/posts/export?format=csv")

    assert response.status_code == 200
    assert response.content == b""


def test_a_failure_in_the_middle_breaks_the_connection(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(client)

    async def fail_after_one(last_id: int) -> list[Post]:
        if last_id:
            raise RuntimeError("the inside")
        return await rows.read_batch(last_id)

    monkeypatch.setattr(export, "read_batch", fail_after_one)

    with pytest.raises(RuntimeError, match="the inside"):
        client.get("/posts/export?format=ndjson")


def test_the_documentation_names_the_route() -> None:
    operation = app.openapi()["paths"]["/api/v1/posts/export"]["get"]

    assert set(operation["responses"]["200"]["content"]) == {"application/x-ndjson", "text/csv"}


def test_an_export_holds_no_connection_while_its_reader_waits(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(client)
    held: list[AsyncConnection] = []

    @asynccontextmanager
    async def reading() -> AsyncIterator[AsyncConnection]:
        async with database.reading() as connection:
            held.append(connection)
            yield connection

    monkeypatch.setattr(rows, "reading", reading)

    async def read_one_batch() -> list[bool]:
        await anext(export.lines(export.Format.NDJSON))
        return [connection.closed for connection in held]

    assert asyncio.run(read_one_batch()) == [True]
