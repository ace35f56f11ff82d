"""`alembic` in a copy of the folder under test, and what has to be the same afterwards."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from roadmap.scratch import HOST, Scratch, Server, clean_environment, free_port

from .blog import Body

ALEMBIC_WITHIN = 60.0
STOPS_WITHIN = 20.0


@dataclass(frozen=True)
class Migrations:
    """The migrations of a copy of the folder under test, for a database of its own."""

    scratch: Scratch
    folder: Path
    settings: Mapping[str, str]

    def server(self) -> Server:
        """A server on this database, which is brought up to date before it starts."""
        return self.scratch.server(folder=self.folder, env=self.settings)

    def alembic(self, *arguments: str) -> str:
        """What the command prints; that it fails is an AssertionError."""
        done = self._run(ALEMBIC_WITHIN, "alembic", *arguments)
        assert done.returncode == 0, f"`alembic {' '.join(arguments)}` failed:\n{done.stdout}"
        return done.stdout

    @property
    def first(self) -> str:
        """The revision that all others grew from."""
        found = re.search(r"<base> -> (\w+)", history := self.alembic("history"))
        assert found, f"no revision is the first:\n{history}"
        return found[1]

    def refusal(self) -> str:
        """What a server says that stops on this database; that it runs is an AssertionError."""
        at = [f"--host={HOST}", f"--port={free_port()}"]
        try:
            done = self._run(STOPS_WITHIN, "uvicorn", "app.main:app", *at)
        except subprocess.TimeoutExpired:
            raise AssertionError("the server runs on a database that is not up to date") from None
        assert done.returncode != 0, f"the server ended without an error:\n{done.stdout}"
        return done.stdout

    def _run(self, within: float, *command: str) -> subprocess.CompletedProcess[str]:
        assert (self.folder / "alembic.ini").is_file(), "there is no alembic.ini"
        settings = self.scratch.settings(self.folder, self.settings)
        return subprocess.run(
            [str(self.scratch.python), "-m", *command],
            cwd=self.folder, env=clean_environment(settings),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
            check=False, timeout=within,
        )  # fmt: skip


def by_id(rows: Sequence[Body]) -> list[Body]:
    """The rows in the order in which they were made."""
    return sorted(rows, key=itemgetter("id"))


def assert_kept(before: Sequence[Body], after: Sequence[Body]) -> None:
    """These are the same rows, and all that was known of them is as it was."""
    assert [row["id"] for row in by_id(after)] == [row["id"] for row in by_id(before)]
    pairs = zip(by_id(before), by_id(after), strict=True)
    assert [{name: new[name] for name in old} for old, new in pairs] == by_id(before)
