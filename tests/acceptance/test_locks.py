"""Who waits too long for a lock is sent away, and who only reads does not wait."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx2

from roadmap.server import Server

from .blog import Blog
from .database import Database
from .rules import rule, slow

pytestmark = slow

WRITERS = 24
QUICK = 5.0
"""Seconds: a read takes milliseconds, and a wait for a lock takes longer than this."""


@rule(4, "async-database")
def test_readers_do_not_wait_for_writers_who_wait_for_a_lock(
    alice: Blog, server: Server, database: Database
) -> None:
    path = f"/posts/{alice.create_post()['id']}"
    lock = f'UPDATE "{database.table_with("slug")}" SET title = title'
    reads = []

    def change() -> httpx2.Response:
        body = {"title": "Too late"}
        return http.patch(alice.prefix + path, json=body, headers=alice.headers)

    with (
        database.connect() as holder,
        httpx2.Client(base_url=server.url, timeout=180) as http,
        ThreadPoolExecutor(WRITERS) as crowd,
    ):
        holder.execute(lock)
        writers = [crowd.submit(change) for _ in range(WRITERS)]
        while not all(writer.done() for writer in writers):
            begun = time.monotonic()
            alice.read_post(int(path.rpartition("/")[2]))
            reads.append(time.monotonic() - begun)
            time.sleep(0.2)
        holder.rollback()

    answers = [writer.result() for writer in writers]
    assert {answer.status_code for answer in answers} == {503}
    assert all(answer.headers["Retry-After"].isdigit() for answer in answers)
    assert max(reads) < QUICK
