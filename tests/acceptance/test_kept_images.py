"""Images outlive a restart; who goes back to the stage before them loses nothing else."""

import re
import shutil
from pathlib import Path

import pytest

from roadmap.copies import Copies, Databases
from roadmap.course import Course, Stage

from .blog import Blog, Body, expect
from .images import FORM, form, part, png
from .migrations import Migrations, assert_kept
from .rules import rule, slow
from .settings import settings_at
from .visits import visit

pytestmark = slow

FIFTH = Course().find("5")


@pytest.fixture
def migrations(copies: Copies, stage: Stage, databases: Databases | None) -> Migrations:
    """The migrations of a fresh copy, with an empty database that other stages find too."""
    url = databases.new_database() if databases else "sqlite:///./blog.db"
    settings = settings_at(stage.number) | {"DATABASE_URL": url, "MEDIA_DIR": "pictures"}
    return Migrations(copies, copies.copy(), settings)


def post_with_image(blog: Blog, **fields: object) -> Body:
    """A new post, which has an image."""
    path = f"/posts/{blog.create_post(**fields)['id']}"
    expect(blog.request("POST", f"{path}/image", content=form(part(png())), headers=FORM), 200)
    return blog.read_post(int(path.rpartition("/")[2]))


@rule(6, "file-uploads")
def test_an_image_outlives_a_restart(migrations: Migrations, stage: Stage) -> None:
    with migrations.server() as server, visit(server, stage) as blog:
        post = post_with_image(blog.new_user("ann"))

    with migrations.server() as server, visit(server, stage) as blog:
        assert blog.posts() == [post]
        assert expect(blog.http.get(post["image_url"]), 200).content == png()


@rule(6, "post-image")
def test_the_fifth_stage_runs_on_what_the_downgrade_leaves(
    migrations: Migrations, stage: Stage, tmp_path: Path
) -> None:
    fifth = Copies(FIFTH.folder, tmp_path)
    settings = settings_at(FIFTH.number) | {"DATABASE_URL": migrations.settings["DATABASE_URL"]}
    old = Migrations(fifth, fifth.copy(), settings)
    with migrations.server() as server, visit(server, stage) as blog:
        ann = blog.new_user("ann")
        post, draft = post_with_image(ann, tags=["kept"]), post_with_image(ann, published=False)

    migrations.alembic("downgrade", head_of(old))
    for file in migrations.folder.glob("*.db"):
        shutil.copy(file, old.folder)

    with old.server() as server, visit(server, FIFTH) as blog:
        assert_kept(blog.posts(), [post])
        assert_kept(ann.at(blog).own_posts(), [post, draft])


@rule(6, "post-image")
def test_the_way_back_and_forth_forgets_images_and_nothing_else(
    migrations: Migrations, stage: Stage, tmp_path: Path
) -> None:
    fifth = Copies(FIFTH.folder, tmp_path)
    head = head_of(Migrations(fifth, fifth.copy(), migrations.settings))
    with migrations.server() as server, visit(server, stage) as blog:
        ann = blog.new_user("ann")
        post = post_with_image(ann, tags=["kept"])

    migrations.alembic("downgrade", head)
    migrations.alembic("upgrade", "head")

    with migrations.server() as server, visit(server, stage) as blog:
        assert blog.posts() == [post | {"image_url": None}]
        assert expect(blog.http.get(post["image_url"]), 404)
        assert post_with_image(ann.at(blog))["image_url"]


def head_of(migrations: Migrations) -> str:
    """The newest revision."""
    found = re.search(r"(\w+) \(head\)", said := migrations.alembic("heads"))
    assert found, f"there is no head: {said}"
    return found[1]
