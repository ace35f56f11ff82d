"""What a client gets to see of an error that nobody thought of."""

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .run import App, Message


def fail() -> None:
    """A get_db() that does not work."""
    raise RuntimeError("the inside of the server")


async def probe(app: "App", path: str) -> dict[str, object]:
    """The answer of a route whose get_db() fails: status, headers, text."""
    app.asgi.dependency_overrides[app.function("get_db")] = fail
    sent: list[Message] = []
    with suppress(RuntimeError):  # the server is told, too, so that its log says what it was
        await app.request("GET", path, watch=sent.append)
    return {
        "status": sent[0]["status"],
        "headers": {name.decode(): value.decode() for name, value in sent[0]["headers"]},
        "text": b"".join(message.get("body", b"") for message in sent).decode(),
    }
