"""What goes over the wire: what clients send and what they get."""

import re
from typing import Annotated

from fastapi import Path
from pydantic import (
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


Id = Annotated[int, Path(ge=1, le=2**31 - 1), BeforeValidator(digits)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]
Content = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100_000)]


class Input(BaseModel):
    """A body that a client sends. Unknown fields are an error."""

    model_config = ConfigDict(extra="forbid")


class PostCreate(Input):
    """A whole post, to create one or to replace one."""

    title: Title
    content: Content
