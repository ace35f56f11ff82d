"""How many SQL statements a list takes, when it holds little and when it holds much."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

if TYPE_CHECKING:
    from .run import App

POST = {"title": "A title", "content": "Some content."}
statements: list[str] = []


@event.listens_for(Engine, "before_cursor_execute")
def _note(_connection: Any, _cursor: Any, statement: str, *_: object) -> None:
    statements.append(statement)


async def probe(app: "App", prefix: str, person: dict[str, str], queries: list[str]) -> object:
    """The posts in each list and the statements it takes, after 1 post and after 19 more.

    Each post has five tags, of which no other post has four.
    """
    token = await app.sign_up(prefix, person)
    seen = []
    for numbers in (range(1), range(1, 20)):
        for number in numbers:
            tags = ["all", *(f"tag-{number}-{letter}" for letter in "abcd")]
            body = POST | {"tags": tags}
            await app.request("POST", f"{prefix}/posts", body=body, token=token)
        seen.append([await _seen(app, prefix + query, token) for query in queries])
    return {"of 1": seen[0], "of 20": seen[1]}


async def _seen(app: "App", url: str, token: str) -> dict[str, int]:
    path, _, query = url.partition("?")
    statements.clear()
    _, answer = await app.request("GET", path, query=query, token=token)
    posts = answer["items"] if isinstance(answer, dict) else answer
    return {"posts": len(posts), "statements": len(statements)}
