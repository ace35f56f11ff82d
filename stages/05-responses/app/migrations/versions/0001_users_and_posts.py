"""Users and posts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

COLUMNS = {
    "users": ["id", "username", "email", "hashed_password", "role", "created_at"],
    "posts": ["id", "title", "content", "author_id", "created_at", "updated_at"],
}


def upgrade() -> None:
    """Make the tables. Those that were made without Alembic are adopted, with their rows."""
    adopted = tables_without_version()
    for table in adopted:
        op.rename_table(table, f"old_{table}")
    create_tables()
    for table in adopted:
        move_rows(f"old_{table}", table, COLUMNS[table])
    for table in reversed(adopted):
        op.drop_table(f"old_{table}")


def downgrade() -> None:
    op.drop_table("posts")
    op.drop_table("users")


def tables_without_version() -> list[str]:
    """The tables that are there already. Raises RuntimeError if they are others than ours."""
    inspector = sa.inspect(op.get_bind())
    there = {
        table: [column["name"] for column in inspector.get_columns(table)]
        for table in COLUMNS
        if inspector.has_table(table)
    }
    if there and {table: set(there[table]) for table in there} != {
        table: set(names) for table, names in COLUMNS.items()
    }:
        raise RuntimeError(
            f"The tables {' and '.join(there)} are there, with other columns than the app had when"
            " it began to keep versions. Nothing was changed: move this database away, or name"
            " another one in DATABASE_URL"
        )
    return list(there)


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
        sqlite_autoincrement=True,
    )


def move_rows(source: str, target: str, columns: list[str]) -> None:
    """Move all rows, and the highest id that was ever given, so that none is given twice."""
    names = ", ".join(columns)
    op.execute(f"INSERT INTO {target} ({names}) SELECT {names} FROM {source}")
    op.execute(f"DELETE FROM sqlite_sequence WHERE name = '{target}'")
    op.execute(f"UPDATE sqlite_sequence SET name = '{target}' WHERE name = '{source}'")
