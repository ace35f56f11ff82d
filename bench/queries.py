"""Counts what a request costs the database: `python queries.py PATH …` prints one number a path.

Runs in the environment and the folder of a stage.
"""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine, event


def counted(paths: list[str]) -> Iterator[int]:
    """The statements that each path executes."""
    seen: list[str] = []

    def note(*call: Any) -> None:
        seen.append(call[2])

    event.listen(Engine, "before_cursor_execute", note)
    with TestClient(importlib.import_module("app.main").app) as client:
        for path in paths:
            seen.clear()
            client.get(path).raise_for_status()
            yield len(seen)


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    print(*counted(sys.argv[1:]))
