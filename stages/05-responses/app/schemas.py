"""What goes over the wire: what clients send and what they get."""

from collections.abc import Sequence
from datetime import datetime
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
    ValidationInfo,
    field_validator,
)

from app.models import Role, Tag

Item = TypeVar("Item", bound=BaseModel)


def digits(value: str) -> str:
    """Digits alone make a number: `int` would take `+1`, ` 1` and `1.0` as well."""
    if not (value.isascii() and value.isdecimal()):
        raise ValueError("A number consists of digits")
    return value


def fold(value: object) -> object:
    """`Python ` and `python` are one tag."""
    return value.strip().lower() if isinstance(value, str) else value


def letters_and_digits(value: str) -> str:
    if not all(
        character.isalpha() or character.isdecimal() or character == "-" for character in value
    ):
        raise ValueError("A tag consists of letters, digits and hyphens")
    return value


def at_most_ten(names: list[str]) -> list[str]:
    """Each name once, in order. Raises ValueError if there are more than ten."""
    if len(set(names)) > 10:
        raise ValueError("A post has at most 10 different tags")
    return sorted(set(names))


Digits = BeforeValidator(digits)
Id = Annotated[int, Path(ge=1, le=2**31 - 1, examples=[1]), Digits]
NO_NUL = {"pattern": r"^[^\x00]*$"}
Title = Annotated[str, Field(min_length=3, max_length=200, json_schema_extra=NO_NUL)]
Content = Annotated[str, Field(min_length=1, max_length=100_000, json_schema_extra=NO_NUL)]
TagName = Annotated[
    str,
    Field(min_length=1, max_length=30, description="Letters, digits and hyphens"),
    BeforeValidator(fold),
    AfterValidator(letters_and_digits),
]
Tags = Annotated[list[TagName], AfterValidator(at_most_ten)]
Username = Annotated[str, Field(min_length=3, max_length=50, pattern="^[A-Za-z0-9_-]+$")]
Password = Annotated[
    str, Field(min_length=8, max_length=72, repr=False, json_schema_extra={"format": "password"})
]


class Input(BaseModel):
    """A body that a client sends: its texts are trimmed, unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    @field_validator("*", mode="before")
    @classmethod
    def trim(cls, value: object, info: ValidationInfo) -> object:
        """A password is left as it is: a space may be a part of it."""
        if not isinstance(value, str) or info.field_name == "password":
            return value
        if "\0" in value:
            raise ValueError("Leave out the NUL character: PostgreSQL cannot store it")
        return value.strip()


def examples(*shown: dict[str, Any]) -> ConfigDict:
    """What the documentation shows of a model."""
    return ConfigDict(json_schema_extra={"examples": list(shown)})


CREATED_AT = "2026-01-01T12:00:00Z"
ANN = {"id": 1, "username": "ann", "created_at": CREATED_AT}
WORDS = {"title": "Hello, World", "content": "My first words.", "tags": ["python", "web"]}
FIELD_ERROR = {"loc": ["body", "title"], "msg": "Field required", "type": "missing"}


class PostCreate(Input):
    """A whole post, to create one or to replace one."""

    model_config = examples(WORDS, WORDS | {"published": False})

    title: Title
    content: Content
    published: StrictBool = True
    tags: Tags = []


class PostUpdate(Input):
    """The fields of a post that are to change; those that are missing stay as they are."""

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
    created_at: datetime


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
    created_at: datetime
    updated_at: datetime

    @field_validator("tags", mode="before")
    @classmethod
    def names(cls, tags: Sequence[Tag]) -> list[str]:
        """Sorted here, as each database sorts in a way of its own."""
        return sorted(tag.name for tag in tags)


class UserCreate(Input):
    """A new user."""

    model_config = examples(
        {"username": "ann", "email": "ann@example.com", "password": "correct horse"}
    )

    username: Username
    email: EmailStr
    password: Password

    @field_validator("username", "email")
    @classmethod
    def lower(cls, value: str) -> str:
        return value.lower()

    @field_validator("password")
    @classmethod
    def suit_bcrypt(cls, value: str) -> str:
        """bcrypt takes 72 bytes at most, and no NUL."""
        if len(value.encode()) > 72 or "\0" in value:
            raise ValueError("Password should have at most 72 bytes in UTF-8, and no NUL character")
        return value


def example_page(schema: dict[str, Any], page: type[BaseModel]) -> None:
    """A page with the example of its items."""
    (item,) = get_args(page.model_fields["items"].annotation)
    shown = item.model_config["json_schema_extra"]["examples"]
    schema["examples"] = [{"items": shown, "page": 1, "size": 20, "total": len(shown), "pages": 1}]


class Page(BaseModel, Generic[Item]):
    """A part of a list. Of an empty list there are 0 pages."""

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
    """What went wrong (RFC 9457): `title` says what kind of thing, `detail` what it was."""

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
