"""`alembic` in a copy of the folder under test, and what has to be the same afterwards."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from roadmap.copies import Copies
from roadmap.course import has_migrations
from roadmap.server import Server, StartError

from .blog import Body


@dataclass(frozen=True)
class Migrations:
    """The migrations of a copy of the folder under test, for a database of its own."""

    copies: Copies
    folder: Path
    settings: Mapping[str, str]

    def server(self) -> Server:
        """A server on this database, which is brought up to date before it starts."""
        return self.copies.server(folder=self.folder, env=self.settings)

    def alembic(self, *arguments: str) -> str:
        """What the command prints; that it fails is an AssertionError."""
        assert has_migrations(self.folder), (
            "there is no alembic.ini, and no [tool.alembic] in pyproject.toml"
        )
        done = self.copies.run(self.folder, "alembic", *arguments, env=self.settings)
        assert done.status == 0, f"`alembic {' '.join(arguments)}` failed:\n{done.output}"
        return done.output

    @property
    def first(self) -> str:
        """The revision that all others grew from."""
        found = re.search(r"<base> -> (\w+)", history := self.alembic("history"))
        assert found, f"no revision is the first:\n{history}"
        return found[1]

    def refusal(self) -> str:
        """What a server says that stops on this database; that it runs is an AssertionError."""
        server = self.server()
        try:
            server.start_as_it_is()
        except StartError:
            return server.log
        server.stop()
        raise AssertionError("the server runs on a database that is not up to date")


def by_id(rows: Sequence[Body]) -> list[Body]:
    """The rows in the order in which they were made."""
    return sorted(rows, key=itemgetter("id"))


def assert_kept(before: Sequence[Body], after: Sequence[Body]) -> None:
    """These are the same rows, and all that was known of them is as it was."""
    assert [row["id"] for row in by_id(after)] == [row["id"] for row in by_id(before)]
    pairs = zip(by_id(before), by_id(after), strict=True)
    assert [{name: new[name] for name in old} for old, new in pairs] == by_id(before)
