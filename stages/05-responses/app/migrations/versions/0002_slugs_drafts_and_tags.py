"""Slugs, drafts and tags."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations
from slugify import slugify

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("posts") as posts:
        posts.add_column(sa.Column("published", sa.Boolean(), nullable=False, server_default="1"))
        posts.add_column(sa.Column("slug", sa.String(80)))
    fill_slugs()
    with remade_posts() as posts:
        posts.alter_column("published", server_default=None)
        posts.alter_column("slug", nullable=False)
        posts.create_unique_constraint("uq_posts_slug", ["slug"])
    op.create_index("ix_posts_author_id", "posts", ["author_id"])
    op.create_index("ix_posts_created_at", "posts", ["created_at", "id"])
    op.create_index("ix_posts_updated_at", "posts", ["updated_at", "id"])
    op.create_index("ix_posts_title", "posts", ["title", "id"])

    op.create_table(
        "tags",
        sa.Column("name", sa.String(30), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_tags"),
    )
    op.create_table(
        "posts_tags",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("tag_name", sa.String(30), nullable=False),
        sa.PrimaryKeyConstraint("post_id", "tag_name", name="pk_posts_tags"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_posts_tags_post_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_name"], ["tags.name"], name="fk_posts_tags_tag_name"),
    )
    op.create_index("ix_posts_tags_tag_name", "posts_tags", ["tag_name"])


def downgrade() -> None:
    """Slugs and tags are lost. Drafts would not be hidden any more, so there must be none."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM posts WHERE NOT published")):
        raise RuntimeError("Publish or delete the drafts first: without this revision all see them")
    op.drop_table("posts_tags")
    op.drop_table("tags")
    for column in ("author_id", "created_at", "updated_at", "title"):
        op.drop_index(f"ix_posts_{column}", "posts")
    with remade_posts() as posts:
        posts.drop_constraint("uq_posts_slug", type_="unique")
        posts.drop_column("slug")
        posts.drop_column("published")


def fill_slugs() -> None:
    """Every post gets the slug that it would have got had there been slugs when it was written."""
    posts = sa.table("posts", sa.column("id"), sa.column("title"), sa.column("slug"))
    connection = op.get_bind()
    taken: set[str] = set()
    numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(1))
    slugs = []
    for post_id, title in connection.execute(sa.select(posts.c.id, posts.c.title).order_by("id")):
        base = slugify(title, max_length=80, entities=False, decimal=False, hexadecimal=False)
        slug = next(one for n in numbers[base] if (one := numbered(base or "post", n)) not in taken)
        taken.add(slug)
        slugs.append({"of": post_id, "is": slug})
    if slugs:
        filled = sa.update(posts).where(posts.c.id == sa.bindparam("of"))
        connection.execute(filled.values(slug=sa.bindparam("is")), slugs)


def numbered(base: str, number: int) -> str:
    suffix = f"-{number}" if number > 1 else ""
    return base[: 80 - len(suffix)].rstrip("-") + suffix


@contextmanager
def remade_posts() -> Iterator[BatchOperations]:
    """Change the table. SQLite makes a new one: it has to know which ids were given."""
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    last = "SELECT seq FROM sqlite_sequence WHERE name = 'posts'"
    highest = connection.scalar(sa.text(last)) if is_sqlite else None
    with op.batch_alter_table("posts", table_kwargs={"sqlite_autoincrement": True}) as posts:
        yield posts
    if highest is not None:
        op.execute("DELETE FROM sqlite_sequence WHERE name = 'posts'")
        op.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('posts', {highest})")
