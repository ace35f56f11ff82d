"""What goes over the wire: what clients send and what they get."""

from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    StringConstraints,
)

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]
Content = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100_000)]


class Input(BaseModel):
    """A body that a client sends. Unknown fields are an error."""

    model_config = ConfigDict(extra="forbid")


class PostCreate(Input):
    """A whole post, to create one or to replace one."""

    title: Title
    content: Content
