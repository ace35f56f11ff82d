"""A reader and a writer, and a cache that deletes the key after the write."""

import asyncio

database = {"title": "old"}
cache: dict[str, str] = {}


async def read() -> str:
    if "title" not in cache:
        title = database["title"]
        await asyncio.sleep(0.02)  # the answer is on its way from the database
        cache["title"] = title
    return cache["title"]


async def write(title: str) -> None:
    await asyncio.sleep(0.01)
    database["title"] = title
    cache.pop("title", None)


async def main() -> None:
    await asyncio.gather(read(), write("new"))
    print("the cache answers", await read())
    print("the database has", database["title"])


asyncio.run(main())
