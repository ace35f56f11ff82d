"""Readers and writers at two processes of one blog. Nobody may see what was before a write."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from roadmap.copies import Copies
from roadmap.course import Stage
from roadmap.redis import Redis
from roadmap.server import Server, running

from .blog import Blog, Body, expect, unique
from .settings import settings_at
from .visits import visit

READERS, WRITERS = 8, 4

KINDS = [(["tag"], True), (["tag"], True), ([], True), (["tag"], False)]
"""What a version can be: with the tag or without, published or a draft."""

Lists = frozenset[str]
"""The lists that show a post: that of all posts, that of its tag, both, or none."""


@dataclass(frozen=True)
class Pair:
    """Two processes on one database and one Redis."""

    servers: list[Server]
    stage: Stage


@contextmanager
def pair_of(copies: Copies, stage: Stage, redis: Redis) -> Iterator[Pair]:
    """Two processes of one copy of the stage."""
    folder = copies.copy()
    settings = settings_at(stage.number) | {"REDIS_URL": redis.url}
    url = copies.settings(folder).get("DATABASE_URL") or f"sqlite:///{folder.as_posix()}/blog.db"
    first = copies.server(env=settings | {"DATABASE_URL": url}, folder=folder)
    second = copies.server(env=settings | {"DATABASE_URL": url})
    with first, running([second]):
        yield Pair([first, second], stage)


@dataclass
class Story:
    """What one writer has made of its post: which lists show each version, from 0 on."""

    versions: list[Lists] = field(default_factory=lambda: [frozenset()])
    answered: int = 0

    def begin(self, *lists: str) -> int:
        """The number of the next version, which is sent now."""
        self.versions.append(frozenset(lists))
        return len(self.versions) - 1

    def fits(self, known: int, shown: int | None, of: str) -> bool:
        """Whether a list may show this version, or none, to who knew version `known` before."""
        if shown is not None:
            return shown >= known
        return any(of not in lists for lists in self.versions[known:])


class Race:
    """Writers and readers who change from one process to the other, until it ends.

    While it is not `strict`, readers do not mind what is old.
    """

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.tag = unique("race")
        self.stories = [Story() for _ in range(WRITERS)]
        self.stale: list[str] = []
        self.outcomes: Counter[str] = Counter()
        self.strict = True
        self._is_over = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """It runs meanwhile. An answer that is an error is an AssertionError at the end."""
        with visit(self.pair.servers[0], self.pair.stage) as blog:
            authors = [blog.new_user("racer") for _ in range(WRITERS)]
            with ThreadPoolExecutor(READERS + WRITERS) as threads:
                work = [threads.submit(self._write, *one) for one in enumerate(authors)]
                work += [threads.submit(self._read, number) for number in range(READERS)]
                try:
                    yield
                finally:
                    self._is_over.set()
        for one in work:
            one.result()

    def _write(self, number: int, author: Blog) -> None:
        chance = random.Random(number)
        story, post = self.stories[number], Body()
        with self._both() as blogs:
            while not self._is_over.is_set():
                at = author.at(chance.choice(blogs))
                if post and chance.random() < 0.2:
                    version = story.begin()
                    at.delete_post(post["id"])
                    post = Body()
                else:
                    tags, published = chance.choice(KINDS)
                    version = story.begin(*(["all", *tags] if published else []))
                    fields = {
                        "title": f"{number} {version}",
                        "tags": [self.tag for _ in tags],
                        "published": published,
                    }
                    post = (
                        at.change_post(post["id"], **fields) if post else at.create_post(**fields)
                    )
                story.answered = version
                time.sleep(chance.random() / 50)

    def _read(self, number: int) -> None:
        chance = random.Random(1000 + number)
        with self._both() as blogs:
            while not self._is_over.is_set():
                is_strict = self.strict
                known = [story.answered for story in self.stories]
                of, size = chance.choice(["all", "tag"]), chance.choice([WRITERS, 20, 50])
                query = f"size={size}&tag={self.tag}" if of == "tag" else f"size={size}"
                response = chance.choice(blogs).request("GET", f"/posts?{query}")
                shown = versions(expect(response, 200).json()["items"])
                if is_strict:
                    outcome = response.headers["X-Cache"]
                    self.outcomes[outcome] += 1
                    said = f"{outcome} {query}: version"
                    self.stale += [
                        f"{said} {shown.get(writer)} of {writer} after {known[writer]}"
                        for writer, story in enumerate(self.stories)
                        if not story.fits(known[writer], shown.get(writer), of)
                    ]
                time.sleep(chance.random() / 100)

    @contextmanager
    def _both(self) -> Iterator[list[Blog]]:
        with ExitStack() as visits:
            yield [
                visits.enter_context(visit(server, self.pair.stage)) for server in self.pair.servers
            ]


def versions(posts: list[Body]) -> dict[int, int]:
    """Which version of each writer's post a page shows."""
    titles = [post["title"].split() for post in posts]
    return {int(writer): int(version) for writer, version in titles}
