"""The first admin: made from three settings at start-up, or not at all."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from roadmap.copies import Copies
from roadmap.course import Stage
from roadmap.server import running

from .blog import Blog, Body, expect
from .rules import rule, slow
from .settings import ADMIN, ADMIN_SETTINGS, QUICK_HASHES, settings_at
from .visits import visit

NEW_ADMIN = {
    "ADMIN_USERNAME": "another-admin",
    "ADMIN_EMAIL": "another-admin@example.com",
    "ADMIN_PASSWORD": "the password of another",
}


@rule(3, "roles")
def test_the_first_admin_can_log_in(admin: Blog) -> None:
    assert admin.me()["role"] == "admin"


@pytest.fixture(scope="module")
def incomplete(copies: Copies, stage: Stage, admin: Blog) -> Iterator[dict[str, Blog]]:
    """Blogs whose servers lack one of the three settings, by its name."""
    servers = {
        missing: copies.server(env=QUICK_HASHES | without(missing)) for missing in ADMIN_SETTINGS
    }
    with running(servers.values()), ExitStack() as visits:
        yield {
            missing: visits.enter_context(visit(server, stage))
            for missing, server in servers.items()
        }


def without(missing: str) -> dict[str, str]:
    """The settings of the first admin, but one."""
    return {name: value for name, value in ADMIN_SETTINGS.items() if name != missing}


@slow
@pytest.mark.parametrize("missing", ADMIN_SETTINGS)
@rule(3, "roles")
def test_two_settings_of_three_make_no_admin(incomplete: dict[str, Blog], missing: str) -> None:
    blog = incomplete[missing]

    assert blog.users() == []
    assert blog.new_user("first").me()["role"] == "user"


@dataclass(frozen=True)
class Started:
    """A server that was to make an admin on a used database, and how that was before."""

    blog: Blog
    owner: Blog
    owner_before: Body
    users_before: list[Body]
    settings: dict[str, str]


TAKEN = ["a name", "an address", "the admin's own name"]


@pytest.fixture(scope="module")
def taken(admin: Blog, copies: Copies, stage: Stage) -> Iterator[dict[str, Started]]:
    """Servers on copies of a database where the admin's name or address is somebody's already."""
    assert admin.me()["role"] == "admin"
    with copies.server(env=settings_at(stage.number)) as used, visit(used, stage) as blog:
        owner = blog.new_user("owner")
        before, me = blog.users(), owner.me()
    changes = {
        "a name": {"ADMIN_USERNAME": owner.account.username},
        "an address": {"ADMIN_EMAIL": owner.account.email},
        "the admin's own name": {"ADMIN_USERNAME": ADMIN.username},
    }
    settings = {kind: settings_at(stage.number) | NEW_ADMIN | changes[kind] for kind in TAKEN}
    servers = {
        kind: copies.server(env=settings[kind], folder=copies.copy_of(used.folder))
        for kind in TAKEN
    }
    with running(servers.values()), ExitStack() as visits:
        there = {kind: visits.enter_context(visit(servers[kind], stage)) for kind in TAKEN}
        yield {
            kind: Started(there[kind], owner.at(there[kind]), me, before, settings[kind])
            for kind in TAKEN
        }


@slow
@pytest.mark.parametrize("kind", TAKEN)
@rule(3, "roles")
def test_what_is_taken_stays_as_it_is(taken: dict[str, Started], kind: str) -> None:
    there = taken[kind]
    name, password = (there.settings[f"ADMIN_{field}"] for field in ("USERNAME", "PASSWORD"))

    assert there.blog.users() == there.users_before
    assert there.owner.me() == there.owner_before
    assert there.blog.token_of(there.owner.account.username, there.owner.account.password)
    assert there.blog.token_of(ADMIN.username, ADMIN.password)
    expect(there.blog.log_in(name, password), 401)


@slow
@rule(3, "roles")
def test_two_workers_on_a_new_database_make_one_admin(
    copies: Copies, stage: Stage, admin: Blog
) -> None:
    settings = settings_at(stage.number) | {"ADMIN_USERNAME": ADMIN.username.title()}

    with copies.server(env=settings, workers=2) as server, visit(server, stage) as blog:
        there = blog.with_token(blog.token_of(ADMIN.username, ADMIN.password))
        assert there.me()["role"] == admin.me()["role"] == "admin"
        assert [user["username"] for user in blog.users()] == [ADMIN.username]
        assert "Traceback" not in server.log
