"""Starts the programs that the checks need, and ends them all when its own input ends.

The Python of the folder under test runs this file. It imports the libraries once and forks: a
program that is started from here need not import them again. The app itself is never imported
here. Who starts this process holds its input; so nothing runs on when they end, however they end.

Each line of the input is a request, and each line of the output its answer, both in JSON:
`{"start": [module or script, argument …], "cwd": …, "env": …, "log": …, "fresh": …}` answers the
program's id, `{"poll": id}` its exit status or null. With `fresh`, and on systems where forking is
not safe, a program is started like any other.
"""

import gc
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

LIBRARIES = (
    "aiosqlite", "alembic.autogenerate", "alembic.config", "asyncpg", "bcrypt", "email_validator",
    "fastapi", "jose.jwt", "multipart", "passlib.hash", "pydantic_settings",
    "slugify", "sqlalchemy.ext.asyncio", "uvicorn.main", "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)  # fmt: skip
CANNOT_RUN = 127
FORKS = sys.platform == "linux"
NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)


class Job(NamedTuple):
    """A program to run: a module or the path of a script, and its arguments."""

    program: str
    arguments: list[str]

    def command(self) -> list[str]:
        """What a person types to run it."""
        how = [] if self.program.endswith(".py") else ["-m"]
        return [sys.executable, *how, self.program, *self.arguments]

    def run(self) -> None:
        """Run it in this process, as Python's command line does."""
        sys.argv = [self.program, *self.arguments]
        if self.program.endswith(".py"):
            sys.path[0] = str(Path(self.program).parent)
            runpy.run_path(self.program, run_name="__main__")
        else:
            sys.path[0] = os.getcwd()  # noqa: PTH109 - a text, as Python itself puts it there
            runpy.run_module(self.program, run_name="__main__", alter_sys=True)


class Running:
    """The programs that were started, and how those ended that have."""

    def __init__(self) -> None:
        self._processes: dict[int, subprocess.Popen[bytes] | None] = {}
        self._ended: dict[int, int] = {}

    def start(self, request: dict[str, Any]) -> int | Job:
        """The id of a new program; in the fork that is to become it, the job to do."""
        job = Job(request["start"][0], request["start"][1:])
        fresh = request["fresh"] or not FORKS
        if not fresh:
            if pid := os.fork():
                self._processes[pid] = None
                return pid
            try:
                _become(request)
            except BaseException as error:  # this is the new program already: nobody else ends it
                print(f"{job.program} cannot be run: {error}", file=sys.stderr)
                os._exit(CANNOT_RUN)
            return job
        with Path(request["log"]).open("ab") as log:
            process = subprocess.Popen(
                job.command(), cwd=request["cwd"], env=request["env"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=os.name != "nt", creationflags=NEW_GROUP,
            )  # fmt: skip
        self._processes[process.pid] = process
        return process.pid

    def poll(self, pid: int) -> int | None:
        """The exit status of a program, negative for a signal; None while it runs."""
        if pid not in self._ended:
            process = self._processes[pid]
            status = process.poll() if process else _status(pid)
            if status is not None:
                self._ended[pid] = status
                kill(pid)  # what it started and left behind
        return self._ended.get(pid)

    def end(self) -> None:
        """Kill what still runs, with all that it has started."""
        for pid in self._processes:
            if self.poll(pid) is None:
                kill(pid)


def kill(pid: int) -> None:
    """End a program and all that it has started at once."""
    if os.name == "nt":
        command = ["taskkill", "/F", "/T", "/PID", str(pid)]
        subprocess.run(command, capture_output=True, check=False)
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def _status(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _become(request: dict[str, Any]) -> None:
    """Make this fork what a new process would be: group, files, folder, variables, signals."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(request["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    signal.signal(signal.SIGINT, signal.default_int_handler)


def serve() -> Job | None:
    """Answer requests until the input ends; returns a job in a fork, None at the end."""
    running = Running()
    for line in sys.stdin:
        request = json.loads(line)
        if "poll" in request:
            answer = running.poll(request["poll"])
        else:
            try:
                started = running.start(request)
            except OSError as error:
                print(json.dumps(str(error)), flush=True)
                continue
            if isinstance(started, Job):
                return started
            answer = started
        print(json.dumps(answer), flush=True)
    running.end()
    return None


def preload() -> None:
    """Import what apps of this environment import, as far as it is installed."""
    for name in LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()


if __name__ == "__main__":
    # Ctrl+C in the terminal is for those who hold the input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if FORKS:
        preload()
    job = serve()
    if job:
        job.run()
