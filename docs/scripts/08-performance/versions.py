"""The same reader and writer. An entry begins with the version from before the query."""

import asyncio
import secrets

database = {"title": "old"}
redis: dict[str, str] = {}


async def read() -> str:
    version = redis.setdefault("version", secrets.token_hex(4))
    entry = redis.get("entry", "")
    if entry.startswith(version):
        return entry.removeprefix(version)
    title = database["title"]
    await asyncio.sleep(0.02)  # the answer is on its way from the database
    redis["entry"] = version + title
    return title


async def write(title: str) -> None:
    await asyncio.sleep(0.01)
    database["title"] = title
    redis.pop("version", None)


async def main() -> None:
    await asyncio.gather(read(), write("new"))
    print("the cache answers", await read())
    print("the database has", database["title"])


asyncio.run(main())
