"""Conditional requests: only if it has changed, only if it has not (RFC 9110, section 13)."""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Header

from app.schemas import Post

ENTITY_TAG = re.compile(r'(?<![^\s,])(W/)?("[^"]*")')

IfNoneMatch = Annotated[
    Sequence[str], Header(description="ETags that you have. If one still fits, the answer is 304")
]
IfMatch = Annotated[
    Sequence[str],
    Header(description="ETags that you have. If none fits any longer, the answer is 412"),
]

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "You have it already: it has one of your ETags"}
}


def etag_of(post: Post) -> str:
    """A strong ETag of what the API shows: other bytes, another ETag."""
    return f'"{sha256(post.model_dump_json().encode()).hexdigest()[:32]}"'


def matches(headers: Sequence[str], etag: str, *, weak: bool) -> bool:
    """Whether a header names the ETag, or `*`.

    A weak comparison also takes `W/"…"`: a proxy that compresses makes a strong ETag weak.
    """
    text = ",".join(headers)
    named = [tag for is_weak, tag in ENTITY_TAG.findall(text) if weak or not is_weak]
    return text.strip() == "*" or etag in named
