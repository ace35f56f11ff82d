"""Programs that run in an environment and a folder; all of them end when this process does."""

import atexit
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roadmap.course import CourseError
from roadmap.environment import WINDOWS, clean_environment
from roadmap.programs import launcher

# Seconds, far more than a slow and busy machine needs: a program that takes longer hangs.
ENDS_WITHIN = 600.0
STOPS_WITHIN = 30.0


class CannotRun(CourseError):
    """A program cannot be started; the message says why."""


class TooSlow(CourseError):
    """A program did not end in time; the message says which one, and what it has printed."""


class Launcher:
    """Starts programs with the interpreter `python`; all of them end when this process ends.

    Threads may share it.
    """

    def __init__(self, python: Path) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [str(python), launcher.__file__],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
            env=clean_environment(),
            # A group of its own: Ctrl+C in the terminal reaches only those who use the programs.
            start_new_session=not WINDOWS, creationflags=launcher.NEW_GROUP,
        )  # fmt: skip

    def ask(self, **request: object) -> Any:
        """The launcher's answer. Raises CannotRun for one that says why it cannot."""
        with self._lock:
            assert self._process.stdin
            assert self._process.stdout
            try:
                self._process.stdin.write(json.dumps(request) + "\n")
                self._process.stdin.flush()
                line = self._process.stdout.readline()
            except (OSError, ValueError):  # its end of the pipe is closed, or ours
                line = ""
        answer = json.loads(line) if line else "the launcher of programs has ended"
        if isinstance(answer, str):
            raise CannotRun(answer)
        return answer

    def close(self) -> None:
        """End it, and with it all that it started."""
        assert self._process.stdin
        with suppress(OSError):
            self._process.stdin.close()
        self._process.wait(STOPS_WITHIN)


_launchers: dict[Path, Launcher] = {}
_making = threading.Lock()


def launcher_for(python: Path) -> Launcher:
    """The one launcher of an environment, which ends with this process at the latest."""
    with _making:
        if python not in _launchers:
            _launchers[python] = Launcher(python)
            atexit.register(_launchers[python].close)
        return _launchers[python]


class Program:
    """`python -m` with these arguments in `folder`, from now on; `fresh` shares no import."""

    def __init__(
        self,
        python: Path,
        command: Sequence[str],
        folder: Path,
        env: Mapping[str, str],
        log_file: Path,
        *,
        fresh: bool = False,
    ) -> None:
        self._launcher = launcher_for(python)
        self.command = command
        self.id: int = self._launcher.ask(
            start=list(command), cwd=str(folder), env=dict(env), log=str(log_file), fresh=fresh
        )

    @property
    def status(self) -> int | None:
        """The exit status; None while it runs."""
        status: int | None = self._launcher.ask(poll=self.id)
        return status

    def wait(self, within: float) -> int | None:
        """The exit status; None if it still runs after `within` seconds."""
        deadline = time.monotonic() + within
        pause = 0.005
        while (status := self.status) is None and time.monotonic() < deadline:
            time.sleep(pause)
            pause = min(pause * 1.2, 0.1)
        return status

    def ask_to_end(self) -> None:
        """Ask it to end, and do not wait."""
        with suppress(ProcessLookupError):
            _ask_to_end(self.id)

    def stop(self) -> None:
        """Ask it to end, wait, and kill what is left after half a minute."""
        if self.status is None:
            self.ask_to_end()
            if self.wait(STOPS_WITHIN) is None:
                launcher.kill(self.id)
                self.wait(STOPS_WITHIN)


@dataclass(frozen=True)
class Done:
    """How a program ended, and what it printed, errors too."""

    status: int
    output: str


def run(
    python: Path,
    command: Sequence[str],
    folder: Path,
    env: Mapping[str, str],
    *,
    fresh: bool = False,
    within: float = ENDS_WITHIN,
) -> Done:
    """Run `python -m` with these arguments to its end. Raises TooSlow."""
    log_file = folder.with_name(f"{folder.name}.{command[0].rpartition('/')[2]}.log")
    log_file.unlink(missing_ok=True)
    program = Program(python, command, folder, env, log_file, fresh=fresh)
    try:
        status = program.wait(within)
    finally:
        program.stop()
    output = log_file.read_text("utf-8", "replace")
    if status is None:
        said = f"`{' '.join(command)}` did not end within {within:.0f} s"
        raise TooSlow(f"{said}, and had printed:\n{tail(output)}")
    return Done(status, output)


def _ask_to_end(pid: int) -> None:
    if WINDOWS:
        os.kill(pid, signal.CTRL_BREAK_EVENT)  # type: ignore[attr-defined,unused-ignore]
    else:
        os.kill(pid, signal.SIGTERM)


def tail(text: str, lines: int = 25) -> str:
    """The last lines of a text."""
    return "\n".join(text.rstrip().splitlines()[-lines:])
