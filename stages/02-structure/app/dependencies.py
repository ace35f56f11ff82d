"""What routes ask for: a session, a row that is there, the user who asks."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, HTTPException
from sqlalchemy import orm

from app import models, schemas
from app.database import new_session


def get_db() -> Iterator[orm.Session]:
    """A session for one request. What is not committed when the request ends is rolled back."""
    with new_session() as session:
        yield session


Session = Annotated[orm.Session, Depends(get_db)]


def get_current_user() -> models.User:
    """A stand-in: until there are tokens, everyone is this user."""
    return models.User(id=1, username="placeholder", created_at=datetime(2026, 1, 1, tzinfo=UTC))


CurrentUser = Annotated[models.User, Depends(get_current_user)]


def get_post(post_id: schemas.Id, session: Session) -> models.Post:
    """The post that the path names. 404 if there is none."""
    post = session.get(models.Post, post_id)
    if post is None:
        raise HTTPException(404, "There is no post with this id")
    return post


ExistingPost = Annotated[models.Post, Depends(get_post)]


def get_user(user_id: schemas.Id, session: Session) -> models.User:
    """The user whom the path names. 404 if there is none."""
    user = session.get(models.User, user_id)
    if user is None:
        raise HTTPException(404, "There is no user with this id")
    return user


ExistingUser = Annotated[models.User, Depends(get_user)]
