"""The database itself refuses a post whose author does not exist."""

from inspect import isawaitable, isgenerator
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from .run import App


async def probe(app: "App", prefix: str, person: dict[str, str]) -> dict[str, bool]:
    """Give a post to nobody through the app's own session."""
    login = {"username": person["username"], "password": person["password"]}
    post = {"title": "A title", "content": "Some content."}
    await app.request("POST", f"{prefix}/users", body=person)
    _, answer = await app.request("POST", f"{prefix}/auth/token", form=login)
    token = answer["access_token"]
    status, _ = await app.request("POST", f"{prefix}/posts", body=post, token=token)

    sessions = app.function("get_db")()
    session: Any = next(sessions) if isgenerator(sessions) else await anext(sessions)
    in_sync = getattr(session, "run_sync", lambda function: function(session))
    try:
        table = await _settled(in_sync(table_of_posts))
        statement = text(f'UPDATE "{table}" SET author_id = 2147483647')
        changed = await _settled(session.execute(statement))
        await _settled(session.commit())
    except IntegrityError:
        return {"created": 200 <= status < 300, "refused": True}
    finally:
        await _settled(session.rollback())
    return {"created": 200 <= status < 300, "refused": changed.rowcount == 0}


def table_of_posts(session: Session) -> str:
    """The table that knows authors, whatever the app calls it."""
    schema = inspect(session.connection())
    return next(
        table
        for table in schema.get_table_names()
        if "author_id" in [column["name"] for column in schema.get_columns(table)]
    )


async def _settled(value: Any) -> Any:
    """What a synchronous session returns, or an asynchronous one in the end."""
    return await value if isawaitable(value) else value
