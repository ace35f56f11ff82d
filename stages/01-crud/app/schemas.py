"""What goes over the wire: what clients send and what they get."""

from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import (
    MISSING,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    field_validator,
)


def digits(value: str) -> str:
    """Digits alone make an id: `int` would take `+1`, ` 1` and `1.0` as well."""
    if not (value.isascii() and value.isdecimal()):
        raise ValueError("An id consists of digits")
    return value


Id = Annotated[int, Path(ge=1, le=2**31 - 1), BeforeValidator(digits)]
Title = Annotated[str, Field(min_length=3, max_length=200)]
Content = Annotated[str, Field(min_length=1, max_length=100_000)]
Username = Annotated[str, Field(min_length=3, max_length=50, pattern="^[A-Za-z0-9_-]+$")]


class Input(BaseModel):
    """A body that a client sends: its texts are trimmed, unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def trim(cls, value: object) -> object:
        return value.strip() if isinstance(value, str) else value


class PostCreate(Input):
    """A whole post, to create one or to replace one."""

    title: Title
    content: Content


class PostUpdate(Input):
    """The fields of a post that are to change; those that are missing stay as they are."""

    title: Title | MISSING = MISSING
    content: Content | MISSING = MISSING


class Post(BaseModel):
    """A post as everyone sees it."""

    id: int
    title: str
    content: str
    created_at: datetime
    updated_at: datetime


class UserCreate(Input):
    """A new user."""

    username: Username
    email: EmailStr

    @field_validator("username", "email")
    @classmethod
    def lower(cls, value: str) -> str:
        return value.lower()


class User(BaseModel):
    """A user as everyone sees them: without the e-mail address."""

    id: int
    username: str
    created_at: datetime


class Error(BaseModel):
    """What went wrong."""

    detail: str
