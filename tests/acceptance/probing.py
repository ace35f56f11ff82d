"""Runs a script of `probes/` in the environment of the folder under test."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from roadmap.scratch import Scratch, clean_environment, upgrade_database

from .blog import Body

PROBES = Path(__file__).parent / "probes"


@dataclass(frozen=True)
class Probe:
    """Runs probes in fresh copies of the folder under test, with these settings."""

    scratch: Scratch
    settings: Mapping[str, str]

    def __call__(self, name: str, **arguments: object) -> Body:
        """What the probe `name` found out about the app; that it fails is an AssertionError."""
        folder, python = self.scratch.copy(), self.scratch.python
        env = clean_environment(self.scratch.settings(folder, self.settings))
        log = folder.with_name(f"{folder.name}.log")
        assert upgrade_database(folder, python, env, log), log.read_text("utf-8")
        done = subprocess.run(
            [str(python), str(PROBES / "run.py"), name, json.dumps(arguments)],
            cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, f"the probe {name} failed:\n{done.stderr}"
        found = json.loads(done.stdout.splitlines()[-1], object_hook=Body)
        assert isinstance(found, Body), f"the probe {name} found {found!r}"
        assert "error" not in found, found["error"]
        return found
