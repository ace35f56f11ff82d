"""`nox -s bench`: every stage under load, beside the limits that it is compared with.

`nox -s bench -- 4 5` measures these stages, `--posts 1000` with these numbers of posts. Without
`--posts`: 1 000 and 100 000, and 1 000 000 for stages with a cache. With `--details`: pages of a
long list, the upgrade of a large database, the cost of middleware, the parts of a hit.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx2

from bench.compare import compare
from bench.fill import database_of, fill
from roadmap.copies import Copies, Databases
from roadmap.course import FIRST_WITH_REDIS, Course, CourseError, Stage
from roadmap.postgres import postgres
from roadmap.redis import Redis, redis
from roadmap.server import Server

HERE = Path(__file__).parent
SETTINGS = {"JWT_SECRET": "good-for-the-benchmark-and-nothing-else"}
PAGE = "/api/v1/posts?size=20&page={}"
SIZES = [1000, 100_000]
LARGE = 1_000_000
REQUESTS = 200
WARM_UP = 20


@dataclass(frozen=True)
class Place:
    """A copy of a stage with a filled database."""

    copies: Copies
    folder: Path

    def run(self, *arguments: str, **settings: str) -> str:
        """What Python prints in the stage's environment. Raises CourseError."""
        done = subprocess.run(
            [str(self.copies.python), *arguments], cwd=self.folder,
            env=self.copies.variables(self.folder, SETTINGS | settings),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise CourseError(f"{' '.join(arguments)} failed:\n{done.stderr}")
        return done.stdout


def latencies(server: Server, path: str) -> list[float]:
    """The milliseconds of so many requests, one after the other."""
    found = []
    with httpx2.Client(base_url=server.url, timeout=60) as http:
        for _ in range(WARM_UP + REQUESTS):
            began = time.perf_counter()
            http.get(path).raise_for_status()
            found.append(1000 * (time.perf_counter() - began))
    return found[WARM_UP:]


def pages(place: Place, posts: int) -> Iterator[str]:
    """The first page and a deep one: time, spread, statements, and the ratio to fixed bytes."""
    deep = posts // 25
    paths = [PAGE.format(number) for number in (1, deep)]
    statements = place.run(str(HERE / "queries.py"), *paths).split()[-2:]
    bare = place.folder.with_name(f"{place.folder.name}-bare")
    (bare / "app").mkdir(parents=True)
    (bare / "app" / "main.py").write_bytes((HERE / "bare.py").read_bytes())
    with (
        place.copies.server(folder=place.folder, env=SETTINGS, fresh=True) as server,
        place.copies.server(folder=bare, env=SETTINGS, fresh=True) as limit,
    ):
        least = median(latencies(limit, "/"))
        for number, path, count in zip((1, deep), paths, statements, strict=True):
            took = latencies(server, path)
            yield (
                f"page {number:>5}: median {median(took):6.2f} ms, most {max(took):6.2f} ms,"
                f" {count} statements, {median(took) / least:5.1f} x fixed bytes"
            )


def upgrade(place: Place) -> str:
    """The upgrade of posts without slugs, and its ratio to writing the same rows once more."""
    least = float(place.run(str(HERE / "copy_posts.py")))
    place.run("-m", "alembic", "downgrade", "0001")
    began = time.perf_counter()
    place.run("-m", "alembic", "upgrade", "head")
    took = time.perf_counter() - began
    return f"upgrade from 0001: {took:.2f} s in all, {took / least:.0f} x a copy of the rows"


def measure(
    stage: Stage, databases: Databases | None, own: Redis, posts: int, root: Path
) -> Iterator[str]:
    """One line for each figure of a stage on one database."""
    copies = Copies(stage.folder, root, databases=databases)
    place = Place(copies, copies.copy())
    place.run("-m", "alembic", "upgrade", "head")
    fill(database_of(copies, place.folder), posts)
    yield from pages(place, posts)
    yield upgrade(place)
    yield from place.run(str(HERE / "onion.py")).splitlines()
    if stage.number >= FIRST_WITH_REDIS:
        yield from place.run(str(HERE / "hit.py"), REDIS_URL=own.url).splitlines()


def main() -> int:
    """Measure what the command line names, and print it."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("stages", nargs="*", help="4, 5 (default: all)")
    parser.add_argument("--posts", type=int, nargs="*")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--details", action="store_true", help="deep pages, upgrades, middleware, hits"
    )
    options = parser.parse_args()
    course = Course()
    stages = [course.find(name) for name in options.stages] or list(course.stages)
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        root.chmod(0o755)
        server = stack.enter_context(postgres(os.environ))
        own = stack.enter_context(redis())
        if not options.details:
            runs = dict.fromkeys(options.posts or SIZES, stages)
            if not options.posts:
                runs[LARGE] = [stage for stage in stages if stage.number >= FIRST_WITH_REDIS]
            for line in compare(runs, options.rounds, server, own, root):
                print(line, flush=True)
            return 0
        posts = (options.posts or SIZES)[-1]
        for stage in stages:
            for name, databases in {"SQLite": None, "PostgreSQL": server}.items():
                place = root / f"{stage.name}-{name}"
                place.mkdir()
                print(f"{stage.name}, {name}, {posts} posts", flush=True)
                for line in measure(stage, databases, own, posts, place):
                    print(f"  {line}", flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CourseError as error:
        sys.exit(str(error))
