"""`python -m roadmap.postgres FOLDER ARGUMENTS` runs the Python of a folder's environment there.

Meanwhile TEST_DATABASE_URL names a new database.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from roadmap.course import CourseError
from roadmap.environment import clean_environment, environment, requirements_of
from roadmap.postgres import postgres


def main(arguments: Sequence[str]) -> int:
    """Run the Python of a folder's environment with these arguments: its exit status, or 1."""
    folder, *command = arguments
    # After Ctrl+C nox ends what runs side by side with SIGTERM: no database is to be left.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with postgres(os.environ) as server:
            env = clean_environment({"TEST_DATABASE_URL": server.new_database()})
            python = str(environment(requirements_of(Path(folder))))
            return subprocess.run([python, *command], cwd=folder, env=env, check=False).returncode
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
