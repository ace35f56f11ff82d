"""The database itself refuses a post whose author does not exist."""

import inspect
import sqlite3
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

if TYPE_CHECKING:
    from .run import App

TABLES = "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE c.name = ?"


async def probe(app: "App", prefix: str, person: dict[str, str]) -> dict[str, bool]:
    """Give a post to nobody through the app's own session."""
    login = {"username": person["username"], "password": person["password"]}
    post = {"title": "A title", "content": "Some content."}
    await app.request("POST", f"{prefix}/users", body=person)
    _, answer = await app.request("POST", f"{prefix}/auth/token", form=login)
    token = answer["access_token"]
    status, _ = await app.request("POST", f"{prefix}/posts", body=post, token=token)
    (table,) = sqlite3.connect("blog.db").execute(TABLES, ["author_id"]).fetchone()

    sessions = app.function("get_db")()
    session: Any = next(sessions) if inspect.isgenerator(sessions) else await anext(sessions)
    try:
        statement = text(f'UPDATE "{table}" SET author_id = 2147483647')
        changed = await _settled(session.execute(statement))
        await _settled(session.commit())
    except IntegrityError:
        return {"created": status == 201, "refused": True}
    finally:
        await _settled(session.rollback())
    return {"created": status == 201, "refused": changed.rowcount == 0}


async def _settled(value: Any) -> Any:
    """What a synchronous session returns, or an asynchronous one in the end."""
    return await value if inspect.isawaitable(value) else value
