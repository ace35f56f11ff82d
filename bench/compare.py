"""Every stage under load, and in the same run the limits that it is compared with."""

import json
import os
import platform
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx2

from bench.fill import database_of, fill
from bench.load import Ask, Figures, ask, middle, need_wrk
from roadmap.copies import Copies, Databases
from roadmap.course import (
    FIRST_ON_POSTGRES,
    FIRST_WITH_PASSWORDS,
    FIRST_WITH_PREFIX,
    FIRST_WITH_REDIS,
    Stage,
)
from roadmap.redis import Redis
from roadmap.server import Server

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
SETTINGS = {
    "JWT_SECRET": "good-for-the-benchmark-and-nothing-else",
    "RATE_LIMIT_WRITES": "1000000000/minute",
    "RATE_LIMIT_LOGIN": "1000000000/minute",
}
NOBODY = "redis://127.0.0.1:1/0"
"""No Redis is there, so nothing comes from the cache."""

ACCOUNT = {"username": "bench", "email": "bench@example.com", "password": "correct horse"}
LIBRARIES = ("fastapi", "starlette", "uvicorn", "sqlalchemy", "pydantic", "redis")


@dataclass(frozen=True)
class Subject:
    """A running app, and what it is asked."""

    name: str
    server: Server
    asks: dict[str, Ask]
    seen: dict[str, list[Figures]] = field(default_factory=dict)


def stage_subject(stage: Stage, server: Server) -> Subject:
    """What a stage is asked, as a user who is signed in where that is possible."""
    prefix = "/api/v1" if stage.number >= FIRST_WITH_PREFIX else ""
    url = f"{server.url}{prefix}"
    headers: dict[str, str] = {}
    asks = {"one post": Ask(f"{url}/posts/7", {})}
    with httpx2.Client(base_url=url, timeout=60) as http:
        http.post("/users", json=ACCOUNT if stage.number >= FIRST_WITH_PASSWORDS else {
            key: ACCOUNT[key] for key in ("username", "email")
        }).raise_for_status()  # fmt: skip
        if stage.number >= FIRST_WITH_PASSWORDS:
            token = http.post("/auth/token", data=ACCOUNT).raise_for_status().json()
            headers = {"Authorization": f"Bearer {token['access_token']}"}
            form = f"username={ACCOUNT['username']}&password={ACCOUNT['password']}"
            asks["login"] = Ask(
                f"{url}/auth/token", {}, form, "application/x-www-form-urlencoded",
                seconds=6, connections=2,
            )  # fmt: skip
        etag = http.get("/posts/7").raise_for_status().headers.get("ETag")
    if stage.number >= FIRST_ON_POSTGRES:
        asks["page of 20"] = Ask(f"{url}/posts?size=20", {})
    if etag:
        asks["304"] = Ask(f"{url}/posts/7", {"If-None-Match": etag})
    title = f"Number {{n}} of {random.randrange(10**9)}"
    body = json.dumps({"title": title, "content": "Some words."})
    asks["create"] = Ask(f"{url}/posts", headers, body)
    return Subject(stage.name, server, asks)


def measure(subjects: list[Subject], folder: Path, rounds: int, core: int | None) -> None:
    """Rounds over all subjects: so a change of the machine's mood touches all alike."""
    for _ in range(rounds):
        for subject in subjects:
            for name, what in subject.asks.items():
                seen = ask(what, folder, core)
                subject.seen.setdefault(name, []).append(seen)
                rest(subject.server)


def rest(server: Server) -> None:
    """Wait until a server does nothing. It hashes on for those who have left, for example."""
    before, now = -1, work_of(server)
    while now - before > 2:
        time.sleep(0.2)
        before, now = now, work_of(server)


def work_of(server: Server) -> int:
    """The hundredths of a second that a server has worked."""
    stat = Path(f"/proc/{server.process_id}/stat").read_text(encoding="ascii")
    _, _, numbers = stat.rpartition(")")
    user, system = numbers.split()[11:13]
    return int(user) + int(system)


def pin(server: Server, core: int) -> None:
    """Let a server run on one core alone, with all its threads."""
    for thread in Path(f"/proc/{server.process_id}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {core})


def memory(server: Server) -> float:
    """The most that a server has used, in MiB."""
    status = Path(f"/proc/{server.process_id}/status").read_text(encoding="ascii")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def copy_with(copies: Copies, source: str) -> Path:
    """A copy of a stage whose app is one of the limits."""
    folder = copies.copy()
    (folder / "app" / "main.py").write_bytes((HERE / source).read_bytes())
    return folder


def machine(rounds: int) -> dict[str, Any]:
    cpu = "".join(
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    )
    return {
        "processor": cpu[: len(cpu) // (os.cpu_count() or 1)], "cores": os.cpu_count(),
        "system": platform.platform(terse=True), "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES}, "rounds": rounds,
        "date": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip


def compare(
    runs: Mapping[int, list[Stage]],
    rounds: int,
    databases: Databases,
    redis: Redis,
    root: Path,
) -> Iterator[str]:
    """Measure these stages with so many posts. Write the results, and say them line by line."""
    need_wrk()
    found: list[dict[str, Any]] = []
    for posts, stages in runs.items():
        with ExitStack() as stack:
            subjects = list(_subjects(stages, posts, databases, redis, root, stack))
            cores = sorted(os.sched_getaffinity(0))
            for subject in subjects:
                pin(subject.server, cores[0])
            measure(subjects, root, rounds, cores[-1] if len(cores) > 1 else None)
            for subject in subjects:
                for name, seen in subject.seen.items():
                    figures = middle(seen)
                    row = {"posts": posts, "subject": subject.name, "ask": name, **asdict(figures)}
                    found.append(row | {"mib": round(memory(subject.server), 1)})
                    times = (
                        f"p50 {figures.p50:7.2f} p99 {figures.p99:7.2f} most {figures.most:7.2f}"
                    )
                    yield (
                        f"{posts:>9} {subject.name:24} {name:12} {figures.rps:8.0f} rps"
                        f" {times} ms {figures.errors} errors"
                    )
    text = json.dumps({"machine": machine(rounds), "found": found}, indent=1)
    RESULTS.write_text(f"{text}\n", encoding="utf-8")


def _subjects(
    stages: list[Stage],
    posts: int,
    databases: Databases,
    redis: Redis,
    root: Path,
    stack: ExitStack,
) -> Iterator[Subject]:
    for stage in stages:
        place = root / f"{posts}-{stage.name}"
        place.mkdir()
        on_postgres = stage.number >= FIRST_ON_POSTGRES
        copies = Copies(stage.folder, place, databases=databases if on_postgres else None)
        folder = copies.copy()
        url = database_of(copies, folder)
        settings = SETTINGS | {"DATABASE_URL": url, "REDIS_URL": NOBODY}
        server = copies.server(folder=folder, env=settings, fresh=True)
        server.start()
        server.stop()
        fill(url, posts)
        yield stage_subject(stage, stack.enter_context(server))
        if stage.number >= FIRST_WITH_REDIS:
            settings |= {"REDIS_URL": redis.url}
            other = copies.server(env=settings, fresh=True)
            yield stage_subject_again(stage, stack.enter_context(other))
        if stage.number == FIRST_WITH_REDIS:
            least = copies.server(
                folder=copy_with(copies, "bare_asgi.py"), env=settings, fresh=True
            )
            limits = copies.server(
                folder=copy_with(copies, "bare_fastapi.py"), env=settings, fresh=True
            )
            stack.enter_context(least)
            stack.enter_context(limits)
            yield Subject("ASGI", least, {"bytes": Ask(least.url, {})})
            asks = {"bytes": "/bytes", "one GET": "/redis", "page of 20": "/posts",
                    "one post": "/posts/7"}  # fmt: skip
            yield Subject(
                "FastAPI", limits, {k: Ask(f"{limits.url}{path}", {}) for k, path in asks.items()}
            )


def stage_subject_again(stage: Stage, server: Server) -> Subject:
    """The same stage with a Redis: its page comes from the cache."""
    url = f"{server.url}/api/v1/posts?size=20"
    return Subject(f"{stage.name}, cached", server, {"page of 20": Ask(url, {})})
