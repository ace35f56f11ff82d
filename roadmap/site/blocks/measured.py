"""What `nox -s bench` has measured, and what each of its rows is compared with."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields

from roadmap.course import FIRST_ON_POSTGRES, Course, CourseError

RESULTS = "bench/results.json"

CACHED = ", cached"
"""The end of a subject's name when its pages come from the cache."""

ITSELF = "itself"
"""In `LIMITS`: the same subject, with another ask."""

LIMITS = {
    "one post": ("FastAPI", "one post"),
    "page of 20": ("FastAPI", "page of 20"),
    f"page of 20{CACHED}": ("FastAPI", "one GET"),
    "304": (ITSELF, "one post"),
    "bytes": ("ASGI", "bytes"),
}
"""The subject and the ask that an ask is compared with. An ask that is not here has no limit."""


@dataclass(frozen=True)
class Row:
    """A subject with one ask: requests per second, milliseconds, failed requests, MiB."""

    posts: int
    subject: str
    ask: str
    rps: float
    p50: float
    p99: float
    most: float
    errors: int
    mib: float

    @property
    def limit(self) -> tuple[str, str] | None:
        """The subject and the ask that this row is compared with.

        The limits use PostgreSQL, so they are none for a stage on SQLite.
        """
        number = self.subject.partition("-")[0]
        if number.isdigit() and int(number) < FIRST_ON_POSTGRES:
            return None
        cached = CACHED if self.subject.endswith(CACHED) else ""
        subject, ask = LIMITS.get(f"{self.ask}{cached}", ("", ""))
        if not ask or (subject, ask) == (self.subject, self.ask):
            return None
        return self.subject if subject == ITSELF else subject, ask


@dataclass(frozen=True)
class Results:
    """One run of the benchmark."""

    machine: Mapping[str, object]
    rows: tuple[Row, ...]

    def about(self, ask: str, posts: int) -> list[Row]:
        """The rows of the stages for an ask, or those of the bare apps if no stage has it."""
        rows = [row for row in self.rows if (row.ask, row.posts) == (ask, posts)]
        bare = {subject for subject, _ in LIMITS.values()}
        return [row for row in rows if row.subject not in bare] or rows

    def limit_of(self, row: Row) -> Row | None:
        """The row that this one is compared with, if the run has it."""
        wanted = (row.posts, row.limit)
        return next(
            (one for one in self.rows if (one.posts, (one.subject, one.ask)) == wanted), None
        )

    def ratio(self, row: Row) -> float | None:
        """The requests per second of a row, as a part of those of its limit."""
        limit = self.limit_of(row)
        return row.rps / limit.rps if limit and limit.rps else None


def read_results(course: Course) -> Results:
    """The last run. Raises CourseError if there is none, or if a row is there twice."""
    path = course.root / RESULTS
    if not path.is_file():
        raise CourseError(f"{RESULTS} is missing: run `uvx nox -s bench`")
    said = json.loads(path.read_text(encoding="utf-8"))
    names = [field.name for field in fields(Row)]
    rows = tuple(Row(**{name: one[name] for name in names}) for one in said["found"])
    for (posts, subject, ask), count in Counter((r.posts, r.subject, r.ask) for r in rows).items():
        if count > 1:
            raise CourseError(f"{RESULTS} has {subject!r} with {ask!r} at {posts} posts twice")
    return Results(said["machine"], rows)
