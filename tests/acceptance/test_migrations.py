"""Migrations: they make the tables, take them back, and lose nothing."""

from dataclasses import replace

import pytest

from roadmap.copies import Copies
from roadmap.course import Stage

from .migrations import Migrations, by_id
from .rules import rule, slow
from .settings import settings_at
from .visits import visit

pytestmark = slow


@pytest.fixture
def migrations(copies: Copies, stage: Stage) -> Migrations:
    """The migrations of a fresh copy, with an empty database."""
    return Migrations(copies, copies.copy(), settings_at(stage.number))


@pytest.mark.sqlite
@rule(4, "alembic")
def test_the_name_of_the_folder_does_not_matter(migrations: Migrations) -> None:
    odd = migrations.folder.rename(migrations.folder.with_name("50%25 off, %(here)s"))

    replace(migrations, folder=odd).alembic("upgrade", "head")

    assert list(odd.glob("*.db"))


@rule(4, "alembic")
def test_the_revisions_have_one_head(migrations: Migrations) -> None:
    heads = migrations.alembic("heads").splitlines()

    assert len([line for line in heads if "(head)" in line]) == 1


@rule(4, "alembic")
def test_an_upgrade_makes_an_empty_database_work(migrations: Migrations, stage: Stage) -> None:
    migrations.alembic("upgrade", "head")

    assert "(head)" in migrations.alembic("current")
    with migrations.server() as server, visit(server, stage) as blog:
        post = blog.new_user("ann").create_post(tags=["first"])
        assert blog.posts("tag=first") == [post]


@rule(4, "alembic")
def test_the_tables_are_those_of_the_models(migrations: Migrations) -> None:
    migrations.alembic("upgrade", "head")

    migrations.alembic("check")


@rule(4, "alembic")
def test_a_second_upgrade_changes_nothing(migrations: Migrations, stage: Stage) -> None:
    migrations.alembic("upgrade", "head")
    with migrations.server() as server, visit(server, stage) as blog:
        ann = blog.new_user("ann")
        draft = ann.create_post(title="Hello", published=False)
        post = ann.create_post(title="Hello", tags=["kept"])

        migrations.alembic("upgrade", "head")

        assert ann.own_posts() == [post, draft]
        assert blog.posts() == [post]


@rule(4, "migration-scripts")
def test_everything_can_be_taken_back_and_made_again(migrations: Migrations, stage: Stage) -> None:
    migrations.alembic("upgrade", "head")
    with migrations.server() as server, visit(server, stage) as blog:
        blog.new_user("ann").create_post(tags=["gone"])

    migrations.alembic("downgrade", "base")
    assert "(head)" not in migrations.alembic("current")

    migrations.alembic("upgrade", "head")
    migrations.alembic("check")
    with migrations.server() as server, visit(server, stage) as blog:
        assert blog.posts() == []
        assert blog.new_user("ann").create_post(tags=["gone"])["id"] == 1


@rule(4, "migration-scripts")
def test_one_revision_back_and_forth_keeps_posts_and_users(
    migrations: Migrations, stage: Stage
) -> None:
    migrations.alembic("upgrade", "head")
    with migrations.server() as server, visit(server, stage) as blog:
        ann, ben = blog.new_user("ann"), blog.new_user("ben")
        posts = [ann.create_post(title="Hello"), ben.create_post(title="Hello")]
        users = blog.users()

    migrations.alembic("downgrade", "-1")
    migrations.alembic("upgrade", "head")

    with migrations.server() as server, visit(server, stage) as blog:
        assert by_id(blog.posts()) == posts
        assert blog.users() == users
        assert blog.token_of(ann.account.username, ann.account.password)


# A server whose database is not up to date


@rule(4, "alembic")
def test_a_server_says_what_to_do_with_an_empty_database(migrations: Migrations) -> None:
    assert "alembic upgrade head" in migrations.refusal()


@rule(4, "alembic")
def test_a_server_says_what_to_do_with_a_database_that_is_behind(migrations: Migrations) -> None:
    migrations.alembic("upgrade", "head")
    migrations.alembic("downgrade", "-1")

    assert "alembic upgrade head" in migrations.refusal()
