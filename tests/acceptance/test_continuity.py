"""From one stage to the next nothing is lost: what the stage before kept is all there."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from roadmap.copies import Copies, Databases
from roadmap.course import FIRST_ON_POSTGRES, FIRST_WITH_DRAFTS, Course, Stage

from .blog import Blog, Body
from .migrations import Migrations, assert_kept
from .rules import rule
from .settings import settings_at
from .visits import visit

PEOPLE, POSTS, CHECKED = 20, 100, 10


@dataclass(frozen=True)
class Seen:
    """What a blog shows to everybody, and to some people of their own."""

    posts: list[Body]
    users: list[Body]
    accounts: list[Body]
    own: list[Body]


def seen(blog: Blog, people: list[Blog]) -> Seen:
    """What `blog` shows; these people log in there again."""
    there = [
        blog.with_token(blog.token_of(person.account.username, person.account.password))
        for person in people
    ]
    posts, accounts = blog.posts(), [person.me() for person in there]
    own = (
        [post for person in there for post in person.own_posts()]
        if blog.stage >= FIRST_WITH_DRAFTS
        else [post for post in posts if post["author_id"] in {me["id"] for me in accounts}]
    )
    return Seen(posts, blog.users(), accounts, own)


def fill(blog: Blog) -> list[Blog]:
    """Let people write posts, by turns, and change some of them. Returns the people."""
    people = [blog.new_user(f"person-{number}") for number in range(PEOPLE)]
    for number in range(POSTS):
        writer, title = people[number % PEOPLE], f"Title {number % 30}"
        new = {"tags": [f"tag-{number % 7}", "all"], "published": number % 9 != 0}
        post = writer.create_post(title=title, **(new if blog.stage >= FIRST_WITH_DRAFTS else {}))
        if number % 20 == 0:
            writer.change_post(post["id"], content=f"Changed: {number}.")
        if number % 50 == 0:
            writer.delete_post(post["id"])
    return people


def address(databases: Databases | None, before: Stage) -> str:
    """Where the data lies: in a file beside the app, or where both stages find it."""
    if databases and before.number >= FIRST_ON_POSTGRES:
        return databases.new_database()
    return "sqlite:///./blog.db"


@pytest.fixture(scope="module")
def moved(
    copies: Copies,
    stage: Stage,
    databases: Databases | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Seen, Seen]]:
    """What our stage before this one showed, and what this one shows of the same database."""
    before = [other for other in Course().stages if other.number < stage.number][-1]
    data = {"DATABASE_URL": address(databases, before)}
    migrations = Migrations(copies, copies.copy(), settings_at(stage.number) | data)
    assert migrations.alembic("heads")
    server = Copies(before.folder, tmp_path_factory.mktemp("before")).server(
        env=settings_at(before.number) | data
    )
    with server, visit(server, before) as blog:
        people = fill(blog)[:CHECKED]
        then = seen(blog, people)
    for file in server.folder.glob("*.db"):
        shutil.copy(file, migrations.folder)
    migrations.alembic("upgrade", "head")
    with migrations.server() as server, visit(server, stage) as blog:
        yield then, seen(blog, people)


@pytest.mark.parametrize("what", ["posts", "users", "accounts", "own"])
@rule(4, "migration-scripts")
def test_what_the_stage_before_kept_is_there(moved: tuple[Seen, Seen], what: str) -> None:
    then, now = moved

    assert len(getattr(then, what)) >= CHECKED
    assert_kept(getattr(then, what), getattr(now, what))
