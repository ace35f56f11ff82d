"""What a person sees who runs a stage."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from roadmap.course import Stage
from roadmap.serve import CannotServe, run, where


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody listens already."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_that_is_taken_is_refused_with_another_one_to_take(
    tmp_path: Path, taken_port: int
) -> None:
    stage = Stage(3, tmp_path / "03-auth")

    with pytest.raises(CannotServe, match=rf"serve -- 03-auth --port {taken_port + 1}"):
        run(stage, taken_port)


def test_a_server_that_fails_is_an_error_with_its_folder(tmp_path: Path) -> None:
    with pytest.raises(CannotServe, match=r"fastapi dev.* failed in .*last lines say why"):
        run(Stage(1, tmp_path), 0)


@pytest.mark.parametrize(
    ("number", "api", "live_page"),
    [
        (1, "http://127.0.0.1:8000/posts", "from stage 6 on"),
        (2, "http://127.0.0.1:8000/api/v1/posts", "from stage 6 on"),
        (6, "http://127.0.0.1:8000/api/v1/posts", "http://127.0.0.1:8000/"),
    ],
)
def test_a_person_is_told_where_everything_is(
    tmp_path: Path, number: int, api: str, live_page: str
) -> None:
    told = where(Stage(number, tmp_path), 8000).splitlines()

    assert [line.split("  ")[-1].strip() for line in told[1:]] == [
        api,
        "http://127.0.0.1:8000/docs",
        live_page,
        str(tmp_path / "blog.db"),
    ]
