"""The database of the third stage has no version table: the migrations take it over as it is."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from roadmap.copies import Copies
from roadmap.course import Course, Stage

from .blog import Blog, Body, expect
from .migrations import Migrations, assert_kept, by_id
from .rules import rule, slow
from .settings import settings_at
from .visits import visit

pytestmark = [slow, pytest.mark.sqlite]

THIRD = Course().find("3")
SQLITE = {"DATABASE_URL": "sqlite:///./blog.db"}

TITLES_AND_SLUGS = [
    ("Hello", "hello"),
    ("Hello", "hello-2"),
    ("!!!", "post"),
    ("x" * 200, "x" * 80),
    ("x" * 200, "x" * 78 + "-2"),
    ("Hello 2", "hello-2-2"),
    ("hello", "hello-3"),
    ("Cr\u00e8me br\u00fbl\u00e9e", "creme-brulee"),
    ("\U0001f389\U0001f389\U0001f389", "post-2"),
]


@dataclass(frozen=True)
class Third:
    """A database that our third stage filled, and what it showed of it."""

    database: Path
    posts: list[Body]
    users: list[Body]
    people: list[Blog]
    private: list[Body]


@pytest.fixture(scope="module")
def third(tmp_path_factory: pytest.TempPathFactory) -> Third:
    """Three people wrote posts there; one of them was changed."""
    copies = Copies(THIRD.folder, tmp_path_factory.mktemp("third"))
    settings = settings_at(THIRD.number) | SQLITE
    with copies.server(env=settings) as server, visit(server, THIRD) as blog:
        people = [blog.new_user(name) for name in ("ann", "ben", "carl")]
        for number, (title, _) in enumerate(TITLES_AND_SLUGS):
            people[number % 3].create_post(title=title, content=f"Post {number}.")
        people[1].change_post(2, content="Changed.")
        private = [person.me() for person in people]
        return Third(server.folder / "blog.db", blog.posts(), blog.users(), people, private)


def adopting(third: Third, copies: Copies, stage: Stage) -> Migrations:
    """The migrations of a fresh copy, with a copy of that database."""
    folder = copies.copy()
    shutil.copy(third.database, folder)
    return Migrations(copies, folder, settings_at(stage.number) | SQLITE)


@pytest.fixture
def migrations(third: Third, copies: Copies, stage: Stage) -> Migrations:
    """The migrations, before they have seen that database."""
    return adopting(third, copies, stage)


@pytest.fixture(scope="module")
def adopted(third: Third, copies: Copies, stage: Stage) -> Iterator[Blog]:
    """The blog on that database, brought up to date."""
    migrations = adopting(third, copies, stage)
    migrations.alembic("upgrade", "head")
    with migrations.server() as server, visit(server, stage) as blog:
        yield blog


@rule(4, "migration-scripts")
def test_every_post_is_kept(third: Third, adopted: Blog) -> None:
    assert len(third.posts) == len(TITLES_AND_SLUGS)
    assert_kept(third.posts, adopted.posts())


@rule(4, "migration-scripts")
def test_every_user_is_kept(third: Third, adopted: Blog) -> None:
    assert len(third.users) == 1 + len(third.people)
    assert_kept(third.users, adopted.users())


@rule(4, "migration-scripts")
def test_the_posts_get_the_slugs_that_they_would_have_got(adopted: Blog) -> None:
    slugs = [(post["title"], post["slug"]) for post in by_id(adopted.posts())]

    assert slugs == TITLES_AND_SLUGS


@rule(4, "migration-scripts")
def test_the_posts_are_published_and_have_no_tags(adopted: Blog) -> None:
    states = [(post["published"], post["tags"]) for post in adopted.posts()]

    assert states == [(True, [])] * len(TITLES_AND_SLUGS)


@rule(4, "migration-scripts")
def test_everybody_can_log_in_as_before(third: Third, adopted: Blog) -> None:
    accounts = [person.account for person in third.people]

    tokens = [adopted.token_of(account.username, account.password) for account in accounts]

    assert [adopted.with_token(token).me() for token in tokens] == third.private


# The checks from here on write.


@rule(4, "migration-scripts")
def test_the_id_of_a_post_that_was_deleted_is_not_used_again(third: Third, adopted: Blog) -> None:
    writer = third.people[0].at(adopted)

    post = writer.create_post(title="hello!")
    writer.delete_post(post["id"])
    another = writer.create_post(title="hello!")
    writer.delete_post(another["id"])

    assert another["id"] > post["id"]
    assert (post["slug"], another["slug"]) == ("hello-4", "hello-4")


@rule(4, "migration-scripts")
def test_the_posts_can_be_changed_by_their_authors(third: Third, adopted: Blog) -> None:
    (_, author, stranger), post = third.people, third.posts[1]

    expect(stranger.at(adopted).request("PATCH", f"/posts/{post['id']}", json_body={}), 403)
    changed = author.at(adopted).change_post(post["id"], tags=["adopted"], published=False)

    assert (changed["slug"], changed["tags"], changed["published"]) == (
        "hello-2",
        ["adopted"],
        False,
    )


@rule(4, "migration-scripts")
def test_names_and_addresses_stay_unique(third: Third, adopted: Blog) -> None:
    taken = third.people[0].account

    expect(adopted.sign_up(username=taken.username), 409)
    expect(adopted.sign_up(email=taken.email), 409)


@rule(4, "migration-scripts")
def test_adopted_tables_are_those_of_the_models(migrations: Migrations) -> None:
    migrations.alembic("upgrade", "head")

    migrations.alembic("check")


@rule(4, "migration-scripts")
def test_the_third_stage_runs_on_what_the_downgrade_leaves(
    migrations: Migrations, third: Third, tmp_path: Path
) -> None:
    migrations.alembic("upgrade", "head")
    migrations.alembic("downgrade", migrations.first)
    old = Copies(THIRD.folder, tmp_path)
    server = old.server(env=migrations.settings)
    shutil.copy(migrations.folder / "blog.db", server.folder)

    with server, visit(server, THIRD) as blog:
        assert blog.posts() == third.posts
        assert blog.users() == third.users
        assert third.people[0].at(blog).create_post()["title"]


@rule(4, "alembic")
def test_the_first_revision_is_the_third_stage(
    copies: Copies, stage: Stage, tmp_path: Path
) -> None:
    migrations = Migrations(copies, copies.copy(), settings_at(stage.number) | SQLITE)
    migrations.alembic("upgrade", migrations.first)
    server = Copies(THIRD.folder, tmp_path).server(env=settings_at(THIRD.number) | SQLITE)
    shutil.copy(migrations.folder / "blog.db", server.folder)

    with server, visit(server, THIRD) as blog:
        assert blog.new_user("ann").create_post()["id"] == 1
        assert blog.new_user("ben").missing_post() == 2


@rule(4, "alembic")
def test_a_server_says_what_to_do_with_a_database_of_the_third_stage(
    migrations: Migrations,
) -> None:
    assert "alembic upgrade head" in migrations.refusal()
