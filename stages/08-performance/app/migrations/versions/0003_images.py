"""Images of posts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("posts", sa.Column("image", sa.String(40)))


def downgrade() -> None:
    """Posts lose their images. The files stay where they are."""
    op.drop_column("posts", "image")
