"""What goes over the wire: what clients send and what they get."""

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path
from pydantic import (
    MISSING,
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
)


def digits(value: object) -> object:
    """Only digits make an id: `int` would also take `+1`, ` 1` and `1.0`."""
    if not re.fullmatch("[0-9]+", str(value)):
        raise ValueError("An id consists of digits")
    return value


def in_utc(value: datetime) -> datetime:
    """SQLite stores no offset. Every time that we store is in UTC, so we put the offset back."""
    return value.replace(tzinfo=UTC)


Id = Annotated[int, Path(ge=1, le=2**31 - 1), BeforeValidator(digits)]
Time = Annotated[datetime, AfterValidator(in_utc)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]
Content = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100_000)]


class Input(BaseModel):
    """A body that a client sends. Unknown fields are an error."""

    model_config = ConfigDict(extra="forbid")


class PostCreate(Input):
    """A whole post, to create one or to replace one."""

    title: Title
    content: Content


class PostUpdate(Input):
    """The fields of a post to change. A field that is missing stays as it is."""

    title: Title | MISSING = MISSING
    content: Content | MISSING = MISSING


class Post(BaseModel):
    """A post as everyone sees it."""

    id: int
    title: str
    content: str
    created_at: Time
    updated_at: Time


class Error(BaseModel):
    """What went wrong."""

    detail: str
