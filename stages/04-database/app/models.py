"""The tables."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    Dialect,
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
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite stores no offset, so reading puts it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.replace(tzinfo=UTC)


def utc_now() -> datetime:
    return datetime.now(UTC)


def time_of_creation(context: Any) -> Any:
    """The new row's `created_at`: until a row is changed, its two times are equal."""
    return context.get_current_parameters()["created_at"]


class Role(StrEnum):
    USER = "user"
    ADMIN = "admin"


class Base(DeclarativeBase):
    # A migration can change only what has a name, and each database would make up its own.
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}
    __table_args__: Any = {
        "sqlite_autoincrement": True  # the id of a deleted row is never used again
    }


posts_tags = Table(
    "posts_tags",
    Base.metadata,
    Column("post_id", ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_name", ForeignKey("tags.name"), primary_key=True, index=True),
)


class Tag(Base):
    """A tag that no post has any longer stays here, and nothing shows it."""

    __tablename__ = "tags"

    name: Mapped[str] = mapped_column(String(30), primary_key=True)


class Post(Base):
    __tablename__ = "posts"
    __table_args__ = (
        Index(None, "created_at", "id"),
        Index(None, "updated_at", "id"),
        Index(None, "title", "id"),
        Base.__table_args__,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    content: Mapped[str] = mapped_column(Text)
    published: Mapped[bool] = mapped_column(default=True)
    tags: Mapped[list[Tag]] = relationship(secondary=posts_tags, lazy="raise")
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=time_of_creation)

    def apply(self, changes: dict[str, Any]) -> None:
        """Set the named columns. Saving sets `updated_at` if one of them is really different."""
        for name, value in changes.items():
            setattr(self, name, value)

    @classmethod
    def is_visible_to(cls, reader: "User | None") -> ColumnElement[bool]:
        """The condition for a post to be published, or the reader's own; admins see all."""
        if reader is None:
            return cls.published.is_(True)
        if reader.role == Role.ADMIN:
            return true()
        return or_(cls.published, cls.author_id == reader.id)


@event.listens_for(Post, "before_update")
def move_updated_at(_mapper: object, _connection: object, post: Post) -> None:
    """Tags count as a change of their post, although they are in another table."""
    if (session := object_session(post)) and session.is_modified(post):
        post.updated_at = utc_now()


def select_posts() -> Select[Any]:
    """Posts with all that the API shows of them, in two queries however many there are."""
    return select(Post).options(selectinload(Post.tags))


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(50), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    hashed_password: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20), default=Role.USER)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
