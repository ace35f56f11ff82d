"""The limit of a migration: every row of the posts written once more, in one statement.

Publishes the drafts first, as a downgrade demands it.
"""

import asyncio
import importlib
import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy import text


async def copy_posts() -> float:
    """Write all posts into another table, and drop it: the seconds that the writing takes."""
    engine: Any = importlib.import_module("app.database").engine
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE posts SET published = true WHERE NOT published"))
    began = time.perf_counter()
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE copied AS SELECT * FROM posts"))
    took = time.perf_counter() - began
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE copied"))
    await engine.dispose()
    return took


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    print(asyncio.run(copy_posts()))
