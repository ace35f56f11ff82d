"""Slugs, drafts and tags."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import count

import sqlalchemy as sa
from alembic import op
from slugify import slugify

revision = "0002"
down_revision = "0001"

# SQLite changes a table by making a new one. These are for the new one.
NO_ID_TWICE = {"sqlite_autoincrement": True}
NAMES = {"pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s"}


def upgrade() -> None:
    with op.batch_alter_table("posts") as posts:
        posts.add_column(sa.Column("published", sa.Boolean(), nullable=False, server_default="1"))
        posts.add_column(sa.Column("slug", sa.String(80)))
    fill_slugs()
    with op.batch_alter_table("posts", table_kwargs=NO_ID_TWICE, naming_convention=NAMES) as posts:
        posts.alter_column("published", server_default=None)
        posts.alter_column("slug", nullable=False)
        posts.create_unique_constraint("uq_posts_slug", ["slug"])
    op.create_index("ix_posts_author_id", "posts", ["author_id"])
    op.create_index("ix_posts_created_at", "posts", ["published", "created_at", "id"])
    op.create_index("ix_posts_updated_at", "posts", ["published", "updated_at", "id"])
    op.create_index("ix_posts_title", "posts", ["published", "title", "id"])

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
    """Slugs and tags are lost. Drafts may not exist, because everybody would see them."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM posts WHERE NOT published")):
        raise RuntimeError("Publish or delete the drafts first: this revision would show them all")
    op.drop_table("posts_tags")
    op.drop_table("tags")
    for column in ("author_id", "created_at", "updated_at", "title"):
        op.drop_index(f"ix_posts_{column}", "posts")
    with op.batch_alter_table("posts") as posts:
        posts.drop_constraint("uq_posts_slug", type_="unique")
        posts.drop_column("slug")
        posts.drop_column("published")


def fill_slugs() -> None:
    """Give each post a slug, the oldest post first."""
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
