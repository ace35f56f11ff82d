"""Runs a stage for a person: the server in the stage's own folder, where its data stay."""

import re
import socket
import subprocess
import sys

from roadmap.course import (
    FIRST_WITH_LIVE_PAGE,
    FIRST_WITH_PREFIX,
    FIRST_WITH_SETTINGS,
    CourseError,
    Stage,
    has_migrations,
)

HOST = "127.0.0.1"
ASK = "from app.settings import settings; print(settings.database_url)"


class CannotServe(CourseError):
    """The server does not start; the message says what to do."""


def run(stage: Stage, port: int) -> None:
    """Run the stage until Ctrl+C. Raises CannotServe when the port is taken or the server fails."""
    refuse_taken_port(stage, port)
    data = where_the_data_is(stage)
    try:
        if has_migrations(stage.folder):
            start(stage, "alembic", "upgrade", "head")
        print(where(stage, port, data), flush=True)
        start(stage, "fastapi", "dev", "--host", HOST, "--port", str(port))
    except KeyboardInterrupt:
        return


def start(stage: Stage, *command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=stage.folder, check=False)
    if done.returncode > 0:
        raise CannotServe(f"`{' '.join(command)}` failed in {stage.folder}: its last lines say why")


def refuse_taken_port(stage: Stage, port: int) -> None:
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex((HOST, port)) == 0:
            raise CannotServe(
                f"port {port} is in use: stop what listens there, or choose another one:"
                f" nox -s serve -- {stage.name} --port {port + 1}"
            )


def where_the_data_is(stage: Stage) -> str:
    """A file, or an address without its password. Raises CannotServe for a wrong setting."""
    if stage.number < FIRST_WITH_SETTINGS:
        return str(stage.folder / "blog.db")
    asked = subprocess.run(
        [sys.executable, "-c", ASK], cwd=stage.folder, capture_output=True, text=True, check=False
    )
    if asked.returncode:
        raise CannotServe(f"{stage.name} cannot start:\n{asked.stderr.strip()}")
    address = asked.stdout.strip()
    path = address.removeprefix("sqlite:///")
    if path != address:
        return str((stage.folder / path).resolve())
    return re.sub(r"//([^:/@]*):.*@", r"//\1:***@", address)


def where(stage: Stage, port: int, data: str) -> str:
    """Where a person finds what the stage offers."""
    home = f"http://{HOST}:{port}"
    version = "/api/v1" if stage.number >= FIRST_WITH_PREFIX else ""
    places = {
        "the API": f"{home}{version}/posts",
        "its documentation": f"{home}/docs",
        "the live page": f"{home}/" if stage.number >= FIRST_WITH_LIVE_PAGE else "from stage 6 on",
        "the data": data,
    }
    lines = [f"  {what:<18} {place}" for what, place in places.items()]
    return "\n".join([f"{stage.name} runs until you press Ctrl+C.", *lines])
