"""The tables."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    Select,
    String,
    Table,
    Text,
    event,
    or_,
    select,
    true,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    mapped_column,
    object_session,
    relationship,
    selectinload,
)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Role(StrEnum):
    USER = "user"
    ADMIN = "admin"


class Base(DeclarativeBase):
    # A migration can change only what has a name, and each database would choose its own names.
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
        }
    )
    type_annotation_map = {datetime: DateTime(timezone=True)}


posts_tags = Table(
    "posts_tags",
    Base.metadata,
    Column("post_id", ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_name", ForeignKey("tags.name"), primary_key=True, index=True),
)


class Tag(Base):
    """A tag. It stays here when no post has it any longer, and nothing shows it."""

    __tablename__ = "tags"

    name: Mapped[str] = mapped_column(String(30), primary_key=True)


class Post(Base):
    __tablename__ = "posts"
    __table_args__ = (
        Index("ix_posts_created_at", "published", "created_at", "id"),
        Index("ix_posts_updated_at", "published", "updated_at", "id"),
        Index("ix_posts_title", "published", "title", "id"),
        {"sqlite_autoincrement": True},  # SQLite never gives the id of a deleted post again
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    content: Mapped[str] = mapped_column(Text)
    published: Mapped[bool] = mapped_column(default=True)
    image: Mapped[str | None] = mapped_column(String(40))  # the name of a file in MEDIA_DIR
    tags: Mapped[list[Tag]] = relationship(secondary=posts_tags, lazy="raise")
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    author: Mapped["User"] = relationship(lazy="raise")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)

    def apply(self, changes: dict[str, Any]) -> None:
        """Set the named columns. Saving moves `updated_at` only if a value really differs."""
        for name, value in changes.items():
            setattr(self, name, value)

    @property
    def image_url(self) -> str | None:
        return image_url(self.id, self.image)

    @classmethod
    def is_visible_to(cls, reader: "User | None") -> ColumnElement[bool]:
        """The condition for a post to be published, or the reader's own. Admins see all."""
        if reader is None:
            return cls.published.is_(True)
        if reader.role == Role.ADMIN:
            return true()
        return or_(cls.published.is_(True), cls.author_id == reader.id)


@event.listens_for(Post, "before_update")
def move_updated_at(_mapper: object, _connection: object, post: Post) -> None:
    """Tags count as a change of their post, although they are in another table."""
    if (session := object_session(post)) and session.is_modified(post):
        post.updated_at = utc_now()


def image_url(post_id: int, image: str | None) -> str | None:
    """The path of the image, without a prefix that a proxy adds. The next image has it too."""
    return f"/api/v1/posts/{post_id}/image" if image else None


def select_posts() -> Select[Post]:
    """Posts with all that the API shows of them, in three queries for any number of posts."""
    return select(Post).options(selectinload(Post.tags), selectinload(Post.author))


class User(Base):
    __tablename__ = "users"
    __table_args__ = {"sqlite_autoincrement": True}  # a token can outlive its user

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(50), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    hashed_password: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20), default=Role.USER)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    @classmethod
    def has_name_or_address(cls, username: str, email: str) -> ColumnElement[bool]:
        """The condition for a user to have this name or this e-mail address."""
        return or_(cls.username == username, cls.email == email)
