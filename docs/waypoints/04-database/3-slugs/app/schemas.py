"""What goes over the wire: what clients send and what they get."""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import (
    MISSING,
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    StringConstraints,
    field_validator,
)

from app.models import Role


def digits(value: object) -> object:
    """Only digits make an id: `int` would also take `+1`, ` 1` and `1.0`."""
    if not re.fullmatch("[0-9]+", str(value)):
        raise ValueError("An id consists of digits")
    return value


def in_utc(value: datetime) -> datetime:
    """SQLite stores no offset. Every time that we store is in UTC, so we put the offset back."""
    return value.replace(tzinfo=UTC)


def fit_bcrypt(value: str) -> str:
    """bcrypt takes at most 72 bytes, and no NUL."""
    if len(value.encode()) > 72 or "\0" in value:
        raise ValueError("Password should have at most 72 bytes in UTF-8, and no NUL character")
    return value


Id = Annotated[int, Path(ge=1, le=2**31 - 1), BeforeValidator(digits)]
Time = Annotated[datetime, AfterValidator(in_utc)]
NO_NUL = r"^[^\x00]*$"  # PostgreSQL cannot store this character
Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=200, pattern=NO_NUL),
]
Content = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100_000, pattern=NO_NUL),
]
Email = Annotated[EmailStr, StringConstraints(to_lower=True)]
Password = Annotated[
    str,
    Field(min_length=8, max_length=72, json_schema_extra={"format": "password"}),
    AfterValidator(fit_bcrypt),
]
Username = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        min_length=3,
        max_length=50,
        pattern="^[A-Za-z0-9_-]+$",
    ),
]


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


class UserPublic(BaseModel):
    """A user as everyone sees them: without the e-mail address."""

    id: int
    username: str
    created_at: Time


class UserPrivate(UserPublic):
    """A user as they see themselves."""

    email: str
    role: Role


class Post(BaseModel):
    """A post as everyone sees it."""

    id: int
    title: str
    slug: str
    content: str
    author_id: int
    created_at: Time
    updated_at: Time


class UserCreate(Input):
    """A new user."""

    username: Username
    email: Email
    password: Password = Field(repr=False)

    @field_validator("email", mode="before")
    @classmethod
    def trim(cls, value: object) -> object:
        """`EmailStr` trims spaces itself, but a line end would be an error."""
        return value.strip() if isinstance(value, str) else value


class Token(BaseModel):
    """An access token (RFC 6749, section 5.1). It expires after `expires_in` seconds."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int


class Error(BaseModel):
    """What went wrong."""

    detail: str
