"""The tables as the database has them."""

from typing import TYPE_CHECKING

from sqlalchemy import inspect
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from .run import App


async def probe(app: "App") -> dict[str, dict[str, object]]:
    """For each table: which columns may be null, which are unique, which tables it refers to."""
    sessions = app.function("get_db")()
    session = await anext(sessions)
    tables: dict[str, dict[str, object]] = await session.run_sync(_tables)
    await sessions.aclose()
    return tables


def _tables(session: Session) -> dict[str, dict[str, object]]:
    schema = inspect(session.connection())
    return {
        table: {
            "nullable": {
                column["name"]: column["nullable"] for column in schema.get_columns(table)
            },
            "unique": [
                *(one["column_names"] for one in schema.get_unique_constraints(table)),
                *(one["column_names"] for one in schema.get_indexes(table) if one["unique"]),
            ],
            "refers_to": [one["referred_table"] for one in schema.get_foreign_keys(table)],
        }
        for table in schema.get_table_names()
    }
