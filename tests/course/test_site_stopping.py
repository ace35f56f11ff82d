"""A program that is stopped while it proves pages ends at once: no server, no folder is left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from roadmap.course import ROOT

from .small_course import APP, PAGE, PIECES, running_course

PATIENCE = 300.0
"""Seconds: the stages' environment may have to be installed first."""

NOTES_ITS_PROCESS = f"""\
import os
from pathlib import Path

{APP}

(Path.home() / f"{{os.getpid()}}.process").touch()
"""

CONSOLE = """\
```console
$ curl -s http://127.0.0.1:8000/greeting
"good morning"
$ python long.py
```
"""

LONG = """\
import time
from pathlib import Path

(Path.home() / "begun").touch()
time.sleep(50)
(Path.home() / "ended").touch()
"""

WHOLE = """\
```piece
file: pyproject.toml
```

```piece
file: app/models.py
```

```piece
file: app/main.py
```
"""

PROVE = """\
import sys
from pathlib import Path
from roadmap.site.__main__ import main
sys.exit(main(["prove"], Path(sys.argv[1])))
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@dataclass
class Proof:
    """`prove` at work: a server is up, and the page is in the middle of a command."""

    process: subprocess.Popen[bytes]
    home: Path
    folders: Path

    def stop(self, *signals: signal.Signals) -> int:
        """Send signals as nox does, with little time between them; returns the exit code."""
        for one in signals:
            self.process.send_signal(one)
            time.sleep(0.3)
        return self.process.wait(PATIENCE)

    @property
    def alive(self) -> list[Path]:
        """The processes of the app that still run."""
        return [noted for noted in self.home.glob("*.process") if _runs(int(noted.stem))]


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture
def proof(tmp_path: Path) -> Iterator[Proof]:
    course = running_course(tmp_path / "course")
    course.write("stages/01-one/app/main.py", NOTES_ITS_PROCESS)
    course.write("stages/02-two/app/main.py", NOTES_ITS_PROCESS.replace("hello", "good morning"))
    course.write("stages/02-two/long.py", LONG)
    course.write("docs/stages/01-one.md", WHOLE)
    course.write(PAGE, f"{PIECES}\n{CONSOLE}\n```piece\nfile: long.py\n```\n")
    home, folders = tmp_path / "home", tmp_path / "folders"
    home.mkdir()
    folders.mkdir()
    env = os.environ | {"HOME": str(home), "TMPDIR": str(folders)}
    process = subprocess.Popen([sys.executable, "-c", PROVE, course.root], cwd=ROOT, env=env)
    try:
        _until(lambda: (home / "begun").exists() or process.poll() is not None)
        yield Proof(process, home, folders)
    finally:
        process.kill()
        process.wait(60)


STOPS = [(signal.SIGINT,), (signal.SIGTERM,), (signal.SIGINT, signal.SIGTERM)]


@pytest.mark.parametrize("signals", STOPS, ids=str)
def test_a_proof_that_is_stopped_ends_at_once_and_leaves_nothing(
    proof: Proof, signals: tuple[signal.Signals, ...]
) -> None:
    assert proof.alive

    assert proof.stop(*signals) == 130

    assert not (proof.home / "ended").exists()
    assert proof.alive == []
    assert list(proof.folders.iterdir()) == []
