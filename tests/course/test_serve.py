"""What a person sees who runs a stage."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from roadmap.course import Stage
from roadmap.serve import CannotServe, run, where, where_the_data_is


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
    told = where(Stage(number, tmp_path), 8000, "the file").splitlines()

    assert [line.split("  ")[-1].strip() for line in told[1:]] == [
        api,
        "http://127.0.0.1:8000/docs",
        live_page,
        "the file",
    ]


def settings_module(folder: Path, code: str) -> Stage:
    """A stage whose settings are this code."""
    (folder / "app").mkdir()
    (folder / "app" / "settings.py").write_text(code)
    return Stage(4, folder)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("sqlite:///blog.db", "{folder}/blog.db"),
        ("sqlite:////data/blog.db", "/data/blog.db"),
        ("postgresql://ann:s:e@c@db/blog", "postgresql://ann:***@db/blog"),
    ],
)
def test_the_data_is_where_the_settings_say(tmp_path: Path, address: str, place: str) -> None:
    code = f"class settings:\n    database_url = {address!r}\n"
    stage = settings_module(tmp_path, code)

    assert where_the_data_is(stage) == place.format(folder=tmp_path)


def test_the_first_stage_has_its_data_in_its_folder(tmp_path: Path) -> None:
    assert where_the_data_is(Stage(1, tmp_path)) == str(tmp_path / "blog.db")


def test_a_wrong_setting_is_said_before_anything_starts(tmp_path: Path) -> None:
    stage = settings_module(tmp_path, "raise SystemExit('DATABASE_URL: There is no folder x')")

    with pytest.raises(CannotServe, match=r"cannot start:\nDATABASE_URL: There is no folder x"):
        where_the_data_is(stage)
