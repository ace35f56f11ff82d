"""Runs a script of `probes/` in the environment of the folder under test."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from roadmap.copies import Copies
from roadmap.server import upgrade

from .blog import Body

RUN = Path(__file__).parent / "probes" / "run.py"


@dataclass(frozen=True)
class Probe:
    """Runs probes in fresh copies of the folder under test, with these settings."""

    copies: Copies
    settings: Mapping[str, str]

    def __call__(self, name: str, **arguments: object) -> Body:
        """What the probe `name` found out about the app; that it fails is an AssertionError."""
        folder = self.copies.copy()
        found = folder.with_name(f"{folder.name}.json")
        env = self.copies.variables(folder, self.settings)
        upgraded = upgrade(folder, self.copies.python, env)
        assert upgraded.status == 0, upgraded.output
        done = self.copies.run(
            folder, str(RUN), name, json.dumps(arguments), str(found), env=self.settings
        )
        assert found.exists(), f"the probe {name} failed:\n{done.output}"
        answer = json.loads(found.read_text("utf-8"), object_hook=Body)
        assert isinstance(answer, Body), f"the probe {name} found {answer!r}"
        assert "error" not in answer, answer["error"]
        return answer
