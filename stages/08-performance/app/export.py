"""The export: all published posts, batch by batch, as lines of JSON or as CSV."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Any

from app.rows import read_batch
from app.schemas import Post

COLUMNS = (
    "id", "title", "slug", "content", "tags", "author_id", "author", "image_url",
    "created_at", "updated_at",
)  # fmt: skip

# A spreadsheet runs a cell that begins like this (OWASP, CSV injection). The four in
# the middle are the full-width = + - @ of East Asian keyboards.
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r")


class Format(StrEnum):
    """One post as JSON in each line, or a table for a spreadsheet."""

    NDJSON = "ndjson"
    CSV = "csv"


MEDIA_TYPES = {Format.NDJSON: "application/x-ndjson", Format.CSV: "text/csv"}


CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "All published posts",
        "content": {
            "application/x-ndjson": {"schema": {"type": "string"}, "example": '{"id": 1, …}\n'},
            "text/csv": {"schema": {"type": "string"}, "example": f"{','.join(COLUMNS)}\r\n"},
        },
    }
}


async def lines(form: Format) -> AsyncIterator[bytes]:
    """The whole export. No connection is held while a slow client reads."""
    write = ndjson if form == Format.NDJSON else table
    if form == Format.CSV:
        yield ",".join(COLUMNS).encode() + b"\r\n"
    last_id = 0
    # `shield`: a client that goes does not stop a query in the middle. It is the last one.
    while batch := await asyncio.shield(read_batch(last_id)):
        yield write(batch)
        last_id = batch[-1].id


def ndjson(posts: list[Post]) -> bytes:
    return "".join(f"{post.model_dump_json()}\n" for post in posts).encode()


def table(posts: list[Post]) -> bytes:
    """Rows of CSV (RFC 4180)."""
    text = io.StringIO()
    csv.writer(text).writerows(map(cells, posts))
    return text.getvalue().encode()


def cells(post: Post) -> list[str]:
    """What COLUMNS name. A quote in front makes a formula a text."""
    fields = post.model_dump(mode="json") | {"author": post.author.username}
    fields["tags"] = " ".join(post.tags)
    texts = ["" if fields[name] is None else str(fields[name]) for name in COLUMNS]
    return [f"'{text}" if text.startswith(FORMULA) else text for text in texts]
