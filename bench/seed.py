"""Fills the database of the app in the working directory: `python seed.py POSTS`.

Runs in the environment of a stage, from stage 4 on. Of the posts one in 20 is a draft, each has two
tags on average, and they belong to 1 000 users.
"""

import asyncio
import importlib
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

AT_ONCE = 1000
TAGS = [f"tag-{number}" for number in range(50)]
CONTENT = "Some words that say nothing. " * 16


async def seed(posts: int) -> None:
    """Insert users, tags and posts, and let PostgreSQL count them."""
    models: Any = importlib.import_module("app.models")
    engine: Any = importlib.import_module("app.database").engine
    chance = random.Random(4)
    began = datetime(2026, 1, 1, tzinfo=UTC)
    async with engine.begin() as connection:
        await connection.execute(insert(models.User), [_user(number) for number in range(1000)])
        await connection.execute(insert(models.Tag), [{"name": tag} for tag in TAGS])
        for first in range(1, posts + 1, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, posts + 1))
            rows = [_post(number, began, chance) for number in numbers]
            tagged = [
                {"post_id": number, "tag_name": tag}
                for number in numbers
                for tag in chance.sample(TAGS, chance.randrange(5))
            ]
            await connection.execute(insert(models.Post), rows)
            await connection.execute(insert(models.posts_tags), tagged)
    if engine.dialect.name == "postgresql":
        async with engine.connect() as connection:
            automatic = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await automatic.execute(text("VACUUM ANALYZE"))
    await engine.dispose()


def _user(number: int) -> dict[str, Any]:
    name = f"user-{number}"
    return {"username": name, "email": f"{name}@example.com", "hashed_password": "-" * 60}


def _post(number: int, began: datetime, chance: random.Random) -> dict[str, Any]:
    moment = began + timedelta(seconds=number)
    return {
        "id": number,
        "title": f"Post number {number}",
        "slug": f"post-number-{number}",
        "content": CONTENT,
        "published": chance.random() > 0.05,
        "author_id": chance.randrange(1, 1001),
        "created_at": moment,
        "updated_at": moment,
    }


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    asyncio.run(seed(int(sys.argv[1])))
