"""What goes over the wire: what clients send and what they get."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar, get_args

from fastapi import Path
from pydantic import (
    MISSING,
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    StrictBool,
    StringConstraints,
    field_validator,
)

from app.models import Role, Tag

Item = TypeVar("Item", bound=BaseModel)


def digits(value: object) -> object:
    """Only digits make a number: `int` would also take `+1`, ` 1` and `1.0`."""
    if not re.fullmatch("[0-9]+", str(value)):
        raise ValueError("A number consists of digits")
    return value


def in_utc(value: datetime) -> datetime:
    """SQLite stores no offset. Every time that we store is in UTC, so we put the offset back."""
    return value.replace(tzinfo=UTC)


def fit_bcrypt(value: str) -> str:
    """bcrypt takes at most 72 bytes, and no NUL."""
    if len(value.encode()) > 72 or "\0" in value:
        raise ValueError("Password should have at most 72 bytes in UTF-8, and no NUL character")
    return value


def fold(value: object) -> object:
    """`Python ` and `python` are one tag, and so are the two ways to write `é` in Unicode."""
    return unicodedata.normalize("NFC", value.strip().lower()) if isinstance(value, str) else value


def at_most_ten(names: list[str]) -> list[str]:
    """Each name once. Raises ValueError if there are more than ten."""
    different = list(dict.fromkeys(names))
    if len(different) > 10:
        raise ValueError("A post has at most 10 different tags")
    return different


Digits = BeforeValidator(digits)
Id = Annotated[int, Path(ge=1, le=2**31 - 1, examples=[1]), Digits]
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
TagName = Annotated[
    str,
    BeforeValidator(fold),
    Field(description="Letters, digits and hyphens"),
    StringConstraints(min_length=1, max_length=30, pattern=r"^[\p{L}\p{M}\p{Nd}-]+$"),
]
Tags = Annotated[list[TagName], AfterValidator(at_most_ten)]
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


def examples(*shown: dict[str, Any]) -> ConfigDict:
    """The examples that the documentation shows of a model."""
    return ConfigDict(json_schema_extra={"examples": list(shown)})


CREATED_AT = "2026-01-01T12:00:00Z"
ANN = {"id": 1, "username": "ann", "created_at": CREATED_AT}
WORDS = {"title": "Hello, World", "content": "My first words.", "tags": ["python", "web"]}
FIELD_ERROR = {"loc": ["body", "title"], "msg": "Field required", "type": "missing"}


class Input(BaseModel):
    """A body that a client sends. Unknown fields are an error."""

    model_config = ConfigDict(extra="forbid")


class PostCreate(Input):
    """A whole post, to create one or to replace one."""

    model_config = examples(WORDS, WORDS | {"published": False})

    title: Title
    content: Content
    published: StrictBool = True
    tags: Tags = []


class PostUpdate(Input):
    """The fields of a post to change. A field that is missing stays as it is."""

    model_config = examples({"title": "Hello again"}, {"published": True, "tags": []})

    title: Title | MISSING = MISSING
    content: Content | MISSING = MISSING
    published: StrictBool | MISSING = MISSING
    tags: Tags | MISSING = MISSING


class UserPublic(BaseModel):
    """A user as everyone sees them: without the e-mail address."""

    model_config = examples(ANN)

    id: int
    username: str
    created_at: Time


class UserPrivate(UserPublic):
    """A user as they see themselves."""

    model_config = examples(ANN | {"email": "ann@example.com", "role": "user"})

    email: str
    role: Role


class Post(BaseModel):
    """A post as everyone sees it."""

    model_config = examples(
        WORDS
        | {"id": 1, "slug": "hello-world", "published": True, "author_id": 1, "author": ANN}
        | {"image_url": "/api/v1/posts/1/image"}
        | {"created_at": CREATED_AT, "updated_at": CREATED_AT}
    )

    id: int
    title: str
    slug: str
    content: str
    published: bool
    tags: list[str]
    author_id: int
    author: UserPublic
    image_url: str | None
    created_at: Time
    updated_at: Time

    @field_validator("tags", mode="before")
    @classmethod
    def sorted_names(cls, tags: Sequence[Tag | str]) -> list[str]:
        """Sorted here, because each database sorts in its own way."""
        return sorted(tag.name if isinstance(tag, Tag) else tag for tag in tags)


class PostCreated(BaseModel):
    """What everyone who listens gets for each post that becomes public."""

    type: Literal["post.created"] = "post.created"
    post: Post


class UserCreate(Input):
    """A new user."""

    model_config = examples(
        {"username": "ann", "email": "ann@example.com", "password": "correct horse"}
    )

    username: Username
    email: Email
    password: Password = Field(repr=False)

    @field_validator("email", mode="before")
    @classmethod
    def trim(cls, value: object) -> object:
        """`EmailStr` trims spaces itself, but a line end would be an error."""
        return value.strip() if isinstance(value, str) else value


def example_page(schema: dict[str, Any], page: type[BaseModel]) -> None:
    """Add a page with the examples of its items."""
    (item,) = get_args(page.model_fields["items"].annotation)
    shown = item.model_config["json_schema_extra"]["examples"]
    schema["examples"] = [{"items": shown, "page": 1, "size": 20, "total": len(shown), "pages": 1}]


class Page(BaseModel, Generic[Item]):
    """A part of a list. An empty list has 0 pages."""

    model_config = ConfigDict(json_schema_extra=example_page)

    items: list[Item]
    page: int
    size: int
    total: int
    pages: int


class Token(BaseModel):
    """An access token (RFC 6749, section 5.1). It expires after `expires_in` seconds."""

    model_config = examples(
        {"access_token": "eyJhbGciOi…", "token_type": "bearer", "expires_in": 1800}
    )

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int


class Problem(BaseModel):
    """What went wrong (RFC 9457): `title` names the kind of error, `detail` says what happened."""

    type: str
    title: str
    status: int
    detail: str


class FieldError(BaseModel):
    """What does not fit, and where: `["body", "tags", 0]` is the first tag of the body."""

    loc: list[str | int]
    msg: str
    type: str


class ValidationProblem(Problem):
    """What went wrong, field by field."""

    errors: list[FieldError]
