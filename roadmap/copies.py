"""Copies of a folder to run: each with its own data, all with one environment."""

import shutil
from collections.abc import Mapping
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Protocol

from roadmap.course import files_in
from roadmap.environment import CONSTRAINTS, clean_environment, environment, requirements_of
from roadmap.programs import Done, run
from roadmap.redis import Redis
from roadmap.server import Server


class Databases(Protocol):
    """Where copies get databases of their own."""

    def new_database(self) -> str:
        """The URL of an empty database."""

    def copy_of(self, url: str) -> str:
        """The URL of a new database with all that the one at `url` holds."""


class Copies:
    """What is made of `folder` below the empty folder `root`: copies, one environment, servers.

    The copies keep their data as their settings say: where none does, in `databases` if there are
    any, else wherever the code does by itself. Each has a part of `redis`, if given one. Versions
    follow `constraints`, if given.
    """

    def __init__(
        self,
        folder: Path,
        root: Path,
        *,
        constraints: Path | None = CONSTRAINTS,
        databases: Databases | None = None,
        redis: Redis | None = None,
    ) -> None:
        self.folder = folder
        self.root = root
        self.constraints = constraints
        self.databases = databases
        self.redis = redis
        self._urls: dict[Path, str] = {}
        self._numbers = count(1)

    @cached_property
    def python(self) -> Path:
        """The interpreter of the folder's own environment. Raises EnvironmentFailed."""
        return environment(requirements_of(self.folder), self.constraints)

    def copy(self) -> Path:
        """A new copy of the folder: the code alone, without a database or settings."""
        copy = self._new_name()
        for file in files_in(self.folder):
            target = copy / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.folder / file, target)
        return copy

    def copy_of(self, used: Path) -> Path:
        """A new copy of a copy, with its data; no server may be running there."""
        copy = self._new_name()
        shutil.copytree(used, copy)
        if self.databases and used in self._urls:
            self._urls[copy] = self.databases.copy_of(self._urls[used])
        return copy

    def settings(self, copy: Path, given: Mapping[str, str] | None = None) -> dict[str, str]:
        """What is `given`, and the database of the copy unless another one is given."""
        settings = dict(given or {})
        if self.databases and "DATABASE_URL" not in settings:
            if copy not in self._urls:
                self._urls[copy] = self.databases.new_database()
            settings["DATABASE_URL"] = self._urls[copy]
        if self.redis:
            settings.setdefault("REDIS_URL", self.redis.url_of(int(copy.name.rpartition("-")[2])))
        return settings

    def variables(self, copy: Path, given: Mapping[str, str] | None = None) -> dict[str, str]:
        """All variables that a program in the copy sees: the machine's, and its settings."""
        return clean_environment(self.settings(copy, given))

    def run(
        self,
        copy: Path,
        *command: str,
        env: Mapping[str, str] | None = None,
        fresh: bool = False,
    ) -> Done:
        """Run `python -m` with these arguments, or a script, in a copy. Raises TooSlow."""
        return run(self.python, command, copy, self.variables(copy, env), fresh=fresh)

    def server(
        self,
        *,
        env: Mapping[str, str] | None = None,
        workers: int = 1,
        folder: Path | None = None,
        command: str = "uvicorn",
        fresh: bool = False,
    ) -> Server:
        """A server that is not started yet, on a fresh database unless `folder` is a used copy."""
        folder = folder or self.copy()
        settings = self.settings(folder, env)
        return Server(
            folder, self.python, env=settings, workers=workers, command=command, fresh=fresh
        )

    def _new_name(self) -> Path:
        return self.root / f"copy-{next(self._numbers)}"
