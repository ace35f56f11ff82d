"""Users and posts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

COLUMNS = {
    "users": {"id", "username", "email", "hashed_password", "role", "created_at"},
    "posts": {"id", "title", "content", "author_id", "created_at", "updated_at"},
}


NAMES = {"pk": "pk_%(table_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s"}


def upgrade() -> None:
    """Create the tables, or take over those that the app created before it used Alembic."""
    if tables_are_there():
        name_constraints()
    else:
        create_tables()


def downgrade() -> None:
    op.drop_table("posts")
    op.drop_table("users")


def tables_are_there() -> bool:
    """Raises RuntimeError if there are tables with these names that are not the app's."""
    inspector = sa.inspect(op.get_bind())
    there = {
        table: {column["name"] for column in inspector.get_columns(table)}
        for table in COLUMNS
        if inspector.has_table(table)
    }
    if there and there != COLUMNS:
        raise RuntimeError(
            f"Tables named {' and '.join(there)} exist, but they are not this app's. Nothing was"
            " changed: move this database away, or name another one in DATABASE_URL"
        )
    return bool(there)


def name_constraints() -> None:
    """Give the constraints of the users names. SQLite makes a new table for that."""
    options = {"sqlite_autoincrement": True}
    with op.batch_alter_table(
        "users", recreate="always", table_kwargs=options, naming_convention=NAMES
    ):
        pass


def create_tables() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(50), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("hashed_password", sa.String(60), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("username", name="uq_users_username"),
        sa.UniqueConstraint("email", name="uq_users_email"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_posts_author_id"),
    )
