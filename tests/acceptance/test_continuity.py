"""From stage to stage nothing is lost: what any earlier stage kept is all there."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from roadmap.copies import Copies, Databases
from roadmap.course import (
    FIRST_ON_POSTGRES,
    FIRST_WITH_DRAFTS,
    FIRST_WITH_PASSWORDS,
    Course,
    Stage,
)

from .blog import Blog, Body, expect
from .images import FORM, form, part, png
from .migrations import Migrations, assert_kept
from .rules import rule, slow
from .settings import settings_at
from .visits import visit

pytestmark = slow

PEOPLE, POSTS = 5, 100
AT_ONCE = 2
"""Moves side by side: more of them are no quicker on two cores."""


@dataclass(frozen=True)
class Seen:
    """What a blog shows to everybody, and to some people of their own."""

    posts: list[Body]
    users: list[Body]
    accounts: list[Body]
    own: list[Body]
    images: dict[str, bytes]


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
    urls = [post["image_url"] for post in posts if post.get("image_url")]
    images = {url: expect(blog.http.get(url), 200).content for url in urls}
    return Seen(posts, blog.users(), accounts, own, images)


def fill(blog: Blog) -> list[Blog]:
    """Let people write posts, by turns, and change some of them. Returns the people."""
    people = [blog.new_user(f"person-{number}") for number in range(PEOPLE)]
    for number in range(POSTS):
        writer, title = people[number % PEOPLE], f"Title {number % 30}"
        new = {"tags": [f"tag-{number % 7}", "all"], "published": number % 9 != 0}
        post = writer.create_post(title=title, **(new if blog.stage >= FIRST_WITH_DRAFTS else {}))
        if number % 20 == 0:
            writer.change_post(post["id"], content=f"Changed: {number}.")
        if number % 25 == 1 and "image_url" in blog.post_fields:
            path = f"/posts/{post['id']}/image"
            image = form(part(png(number)))
            expect(writer.request("POST", path, content=image, headers=FORM), 200)
        if number % 50 == 0:
            writer.delete_post(post["id"])
    return people


def address(databases: Databases | None, before: Stage) -> str:
    """Where the data lies: in a file beside the app, or where both stages find it."""
    if databases and before.number >= FIRST_ON_POSTGRES:
        return databases.new_database()
    return "sqlite:///./blog.db"


def move(
    copies: Copies, stage: Stage, databases: Databases | None, before: Stage, root: Path
) -> tuple[Seen, Seen]:
    """What an earlier stage of ours showed, and what this one shows of the same data."""
    data = {"DATABASE_URL": address(databases, before), "MEDIA_DIR": str(root / "media")}
    migrations = Migrations(copies, copies.copy(), settings_at(stage.number) | data)
    assert migrations.alembic("heads")
    server = Copies(before.folder, root).server(env=settings_at(before.number) | data)
    with server, visit(server, before) as blog:
        people = fill(blog)
        then = seen(blog, people)
    for file in server.folder.glob("*.db"):
        shutil.copy(file, migrations.folder)
    migrations.alembic("upgrade", "head")
    with migrations.server() as server, visit(server, stage) as blog:
        return then, seen(blog, people)


@pytest.fixture(scope="module")
def moved(
    copies: Copies,
    stage: Stage,
    databases: Databases | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> list[tuple[Seen, Seen]]:
    """What was seen at each earlier stage that has passwords, and then at this one."""
    earlier = [
        before for before in Course().stages if FIRST_WITH_PASSWORDS <= before.number < stage.number
    ]
    folders = [tmp_path_factory.mktemp(before.name) for before in earlier]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(partial(move, copies, stage, databases), earlier, folders))


@pytest.mark.parametrize("what", ["posts", "users", "accounts", "own"])
@rule(4, "migration-scripts")
def test_what_earlier_stages_kept_is_there(moved: list[tuple[Seen, Seen]], what: str) -> None:
    assert moved
    for then, now in moved:
        assert len(getattr(then, what)) >= PEOPLE
        assert_kept(getattr(then, what), getattr(now, what))


@rule(4, "migration-scripts")
def test_the_images_of_earlier_stages_are_there(moved: list[tuple[Seen, Seen]]) -> None:
    """Stage 7 is the first that takes images over: earlier stages have none."""
    assert [now.images for _, now in moved] == [then.images for then, _ in moved]
