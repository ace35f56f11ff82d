"""Settings: none is needed, the environment and `.env` are read, a wrong one stops the server."""

import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from roadmap.copies import Copies
from roadmap.course import Stage
from roadmap.server import Server, refusals, running

from .blog import Blog, Body
from .forge import header_of, is_signed_with
from .rules import rule, slow
from .visits import Restarted, visit

pytestmark = [slow, pytest.mark.no_rows]

SECRET = "another-secret-of-more-than-sixty-four-bytes-that-is-for-nothing-else-in-here"
ELSEWHERE = {
    "DATABASE_URL": "sqlite:///./elsewhere.db",
    "JWT_SECRET": SECRET,
    "BCRYPT_ROUNDS": "4",
}


@pytest.mark.sqlite
@rule(1, "posts-crud", until=1)
def test_data_lies_in_blog_db(bare: Restarted) -> None:
    assert "blog.db" in bare.files


@rule(1, "posts-crud")
def test_data_survives_a_restart(bare: Restarted) -> None:
    assert bare.blog.read_post(bare.post["id"]) == bare.post
    assert bare.early.account.username in [user["username"] for user in bare.blog.users()]


@rule(1, "posts-crud")
def test_fastapi_dev_finds_the_app(copies: Copies, stage: Stage) -> None:
    with copies.server(command="fastapi dev") as server, visit(server, stage) as blog:
        assert blog.posts() == []

    assert entry_point(stage) == "app.main:app"


def entry_point(stage: Stage) -> str:
    """What `fastapi dev` is told to start, by the folder's `pyproject.toml`."""
    project = tomllib.loads((stage.folder / "pyproject.toml").read_text("utf-8"))
    return str(project.get("tool", {}).get("fastapi", {}).get("entrypoint"))


@rule(2, "settings")
def test_without_a_secret_one_line_of_the_log_says_so(bare: Restarted) -> None:
    lines = [line for line in bare.first_log.splitlines() if "JWT_SECRET" in line]

    assert len(lines) == 1


@rule(2, "settings")
def test_with_a_secret_there_is_nothing_to_say(server: Server, blog: Blog) -> None:
    assert blog.posts() is not None

    assert "JWT_SECRET" not in server.log


@dataclass(frozen=True)
class Configured:
    """A server with settings of its own, and what Carl did there."""

    server: Server
    carl: Blog
    post: Body


@pytest.fixture(scope="module")
def configured(copies: Copies, stage: Stage, alice: Blog) -> Iterator[dict[str, Configured]]:
    """Two servers that are told where their data lies and how to sign.

    One is told by its environment, the other by a file `.env` in its working directory.
    """
    folder = copies.copy()
    lines = [f"{name}={value}\n" for name, value in (ELSEWHERE | {"ALGORITHM": "HS384"}).items()]
    (folder / ".env").write_text("".join(lines), encoding="utf-8")
    servers = {
        "by environment": copies.server(env=ELSEWHERE | {"ALGORITHM": "HS512"}),
        "by file": copies.server(folder=folder),
    }
    with running(servers.values()), ExitStack() as visits:
        carls = {
            told: visits.enter_context(visit(server, stage)).new_user("carl")
            for told, server in servers.items()
        }
        yield {
            told: Configured(servers[told], carl, carl.create_post())
            for told, carl in carls.items()
        }


@pytest.mark.sqlite
@pytest.mark.parametrize("told", ["by environment", "by file"])
@rule(2, "settings")
def test_database_url_is_read(configured: dict[str, Configured], told: str) -> None:
    there = configured[told]

    assert there.post["id"] == 1
    assert (there.server.folder / "elsewhere.db").is_file()
    assert not (there.server.folder / "blog.db").exists()


@pytest.mark.sqlite
@pytest.mark.parametrize(("told", "algorithm"), [("by environment", "HS512"), ("by file", "HS384")])
@rule(3, "oauth2-jwt")
def test_secret_and_algorithm_are_read(
    configured: dict[str, Configured], told: str, algorithm: str
) -> None:
    carl = configured[told].carl

    assert header_of(str(carl.token))["alg"] == algorithm
    assert is_signed_with(str(carl.token), SECRET, algorithm)
    assert carl.me()["username"] == carl.account.username


@rule(3, "oauth2-jwt")
def test_the_secret_that_nobody_set_is_another_one_after_a_restart(bare: Restarted) -> None:
    with_the_old_token = bare.early.request("GET", "/users/me")

    assert with_the_old_token.status_code == 401
    assert bare.blog.token_of(bare.early.account.username, bare.early.account.password)


WRONG = [
    ("DATABASE_URL", "nonsense"),
    ("DATABASE_URL", "sqlite:///./nowhere/blog.db"),
    ("DATABASE_URL", "sqlite:///./blog.db\r"),
    ("ALGORITHM", "nonsense"),
    ("ALGORITHM", "none"),
]


@pytest.fixture(scope="module")
def refused(copies: Copies, alice: Blog) -> dict[tuple[str, str], str]:
    """What a server says when it is given a wrong setting, for each of them."""
    assert alice.posts() is not None
    said = refusals([copies.server(env={name: value}) for name, value in WRONG])
    return dict(zip(WRONG, said, strict=True))


@pytest.mark.parametrize("setting", WRONG, ids=[f"{n}={v!r}" for n, v in WRONG])
@rule(2, "settings")
def test_a_wrong_setting_stops_the_server_and_is_named(
    refused: dict[tuple[str, str], str], setting: tuple[str, str]
) -> None:
    name, _ = setting

    assert name in refused[setting].upper()
