"""Programs and servers of the checks: they start, tell how they ended, and never stay behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from roadmap import server as server_module
from roadmap.course import ROOT
from roadmap.environment import WINDOWS, clean_environment
from roadmap.programs import CannotRun, Program, TooSlow, run
from roadmap.server import Server, StartError

PYTHON = Path(sys.executable)

APP = """\
from fastapi import FastAPI

app = FastAPI()
"""

SLOW_APP = """\
import time

time.sleep(600)
"""

# A signal just before a read of the input would not interrupt that read: so it looks again.
USE = """
import select
import sys
from pathlib import Path
from roadmap.server import Server
server = Server(Path(sys.argv[1]), Path(sys.executable))
server.start()
print(server._program.id, flush=True)
while not select.select([sys.stdin], [], [], 0.5)[0]:
    pass
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of an app."""
    folder = tmp_path / "copy"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "__init__.py").touch()
    (folder / "app" / "main.py").write_text(APP, encoding="utf-8")
    return folder


@pytest.fixture
def script(folder: Path) -> Callable[[str], list[str]]:
    """Makes a command of a text of Python."""

    def write(text: str) -> list[str]:
        file = folder / "script.py"
        file.write_text(text, encoding="utf-8")
        return [str(file)]

    return write


def is_gone(pid: int) -> bool:
    """Whether a process has ended, within ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("fresh", [True, False])
def test_a_program_tells_its_status_and_what_it_printed(
    folder: Path, script: Callable[[str], list[str]], fresh: bool
) -> None:
    command = script("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")

    done = run(PYTHON, command, folder, clean_environment(), fresh=fresh)

    assert (done.status, sorted(done.output.split())) == (3, ["err", "out"])


@pytest.mark.parametrize("fresh", [True, False])
def test_a_program_sees_its_folder_its_arguments_and_no_other_variables(
    folder: Path,
    script: Callable[[str], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    fresh: bool,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "from outside")
    lines = ["import os, sys", "print(os.getcwd(), sys.argv[1:], sys.path[0])"]
    lines += ["print(os.environ.get('DATABASE_URL'), os.environ['GIVEN'])"]
    command = [*script("\n".join(lines)), "one", "two"]

    done = run(PYTHON, command, folder, clean_environment({"GIVEN": "this"}), fresh=fresh)

    assert done.output.splitlines() == [f"{folder} ['one', 'two'] {folder}", "None this"]


@pytest.mark.skipif(sys.platform != "linux", reason="programs are forked on Linux alone")
def test_a_program_finds_the_libraries_imported_and_never_the_app(
    folder: Path, script: Callable[[str], list[str]]
) -> None:
    command = script("import sys; print('fastapi' in sys.modules, 'app' in sys.modules)")

    assert run(PYTHON, command, folder, clean_environment()).output.split() == ["True", "False"]


def test_a_program_that_does_not_end_is_ended_and_the_message_says_what_it_printed(
    folder: Path, script: Callable[[str], list[str]]
) -> None:
    command = script("import os, time; print('id', os.getpid()); time.sleep(600)")

    with pytest.raises(TooSlow, match=r"script.py` did not end within 2 s.*\n.*id \d+") as error:
        run(PYTHON, command, folder, clean_environment(), within=2)

    assert is_gone(int(str(error.value).split()[-1]))


def test_a_server_that_ends_by_itself_is_an_error_with_its_log(folder: Path) -> None:
    (folder / "app" / "main.py").write_text("import nothing_of_this_name", encoding="utf-8")

    with pytest.raises(StartError, match="nothing_of_this_name"):
        Server(folder, PYTHON).start()


def test_a_server_that_never_answers_is_an_error_and_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "app" / "main.py").write_text(SLOW_APP, encoding="utf-8")
    monkeypatch.setattr(server_module, "ANSWERS_WITHIN", 1.0)
    started = noted(monkeypatch)

    with pytest.raises(StartError, match="did not answer within 1 s"):
        Server(folder, PYTHON).start()

    assert [is_gone(pid) for pid in started] == [True]


def test_a_start_that_is_interrupted_leaves_no_server(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = noted(monkeypatch)

    def interrupt(_: Server) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(Server, "_is_up", interrupt)

    with pytest.raises(KeyboardInterrupt):
        Server(folder, PYTHON).start()

    assert [is_gone(pid) for pid in started] == [True]


def noted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of all programs that are started from now on."""
    started: list[int] = []

    class Noted(Program):
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)  # type: ignore[arg-type]
            started.append(self.id)

    monkeypatch.setattr(server_module, "Program", Noted)
    return started


@pytest.mark.skipif(WINDOWS, reason="Windows has other signals")
@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_a_server_ends_with_those_who_use_it_however_they_end(folder: Path, how: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", USE, str(folder)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, start_new_session=True,
    ) as user:  # fmt: skip
        assert user.stdout
        pid = int(user.stdout.readline())
        os.killpg(user.pid, getattr(signal, how))
        user.wait(60)

        assert is_gone(pid)


def test_a_server_can_be_started_again_with_a_log_of_its_own(folder: Path) -> None:
    server = Server(folder, PYTHON)
    with server:
        first = server.url
    with server:
        assert server.log.count("Uvicorn running") == 1
        assert first.startswith("http://127.0.0.1:")


LEAVES_A_CHILD = """\
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid)
"""


@pytest.mark.skipif(WINDOWS, reason="Windows has no groups of processes")
@pytest.mark.parametrize("fresh", [True, False])
def test_what_a_program_leaves_behind_ends_with_it(
    folder: Path, script: Callable[[str], list[str]], fresh: bool
) -> None:
    done = run(PYTHON, script(LEAVES_A_CHILD), folder, clean_environment(), fresh=fresh)

    assert is_gone(int(done.output))


@pytest.mark.skipif(sys.platform != "linux", reason="programs are forked on Linux alone")
def test_a_program_that_cannot_begin_has_not_succeeded(tmp_path: Path) -> None:
    missing = tmp_path / "missing"

    program = Program(PYTHON, ["json.tool"], missing, clean_environment(), tmp_path / "log")

    assert program.wait(60) == 127


def test_a_fresh_program_that_cannot_begin_is_an_error_without_its_variables(
    tmp_path: Path,
) -> None:
    env, log = clean_environment({"JWT_SECRET": "kept to oneself"}), tmp_path / "log"

    with pytest.raises(CannotRun) as error:
        Program(PYTHON, ["json.tool"], tmp_path / "missing", env, log, fresh=True)

    assert "missing" in str(error.value)
    assert "kept to oneself" not in str(error.value)


SILENT_APP = """\
import logging.config

from fastapi import FastAPI

logging.config.dictConfig({"version": 1, "disable_existing_loggers": True})
print("Uvicorn running on http://127.0.0.1:9 (Press CTRL+C to quit)", flush=True)
app = FastAPI()
"""


def test_a_server_is_found_whatever_its_app_does_with_the_log(folder: Path) -> None:
    (folder / "app" / "main.py").write_text(SILENT_APP, encoding="utf-8")

    with Server(folder, PYTHON) as server:
        assert server.port != 9


def test_a_port_that_another_was_quicker_to_take_is_not_the_servers(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = iter([taken.getsockname()[1], server_module.free_port()])
        monkeypatch.setattr(server_module, "free_port", lambda: next(ports))

        with Server(folder, PYTHON) as server:
            assert server.port != taken.getsockname()[1]
