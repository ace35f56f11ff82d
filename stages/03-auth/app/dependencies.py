"""What routes ask for: a session, a row that is there, the user who asks."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import OAuth2PasswordBearer
from fastapi.security.utils import get_authorization_scheme_param
from sqlalchemy import orm

from app import models, schemas, security
from app.database import new_session
from app.errors import unauthorized

oauth2_scheme = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token")


def get_db() -> Iterator[orm.Session]:
    """A session for one request. What is not committed when the request ends is rolled back."""
    with new_session() as session:
        yield session


Session = Annotated[orm.Session, Depends(get_db)]


def get_post(post_id: schemas.Id, session: Session) -> models.Post:
    """The post that the path names; 404 if there is none."""
    post = session.get(models.Post, post_id)
    if post is None:
        raise HTTPException(404, "There is no post with this id")
    return post


ExistingPost = Annotated[models.Post, Depends(get_post)]


def get_user(user_id: schemas.Id, session: Session) -> models.User:
    """The user whom the path names; 404 if there is none."""
    user = session.get(models.User, user_id)
    if user is None:
        raise HTTPException(404, "There is no user with this id")
    return user


ExistingUser = Annotated[models.User, Depends(get_user)]


def get_current_user(
    token: Annotated[str, Depends(oauth2_scheme)], session: Session
) -> models.User:
    """The user whose token the request carries; 401 without a valid one."""
    user_id = security.read_token(token)
    user = session.get(models.User, user_id) if user_id else None
    if user is None:
        raise unauthorized("The token is not valid, or no longer: get a new one")
    return user


CurrentUser = Annotated[models.User, Depends(get_current_user)]


def refuse_bad_token(request: Request, session: Session) -> None:
    """401 for a token that is not valid, on routes that need none too."""
    scheme, token = get_authorization_scheme_param(request.headers.get("Authorization"))
    if scheme.lower() == "bearer":
        get_current_user(token, session)


def get_own_post(user: CurrentUser, post: ExistingPost) -> models.Post:
    """The post that the path names; 403 for all but its author."""
    if post.author_id != user.id:
        raise HTTPException(403, "Only its author may change a post")
    return post


OwnPost = Annotated[models.Post, Depends(get_own_post)]


def get_deletable_post(user: CurrentUser, post: ExistingPost) -> models.Post:
    """The post that the path names; 403 for all but its author and admins."""
    if post.author_id != user.id and user.role != models.Role.ADMIN:
        raise HTTPException(403, "Only its author or an admin may delete a post")
    return post


DeletablePost = Annotated[models.Post, Depends(get_deletable_post)]


async def get_new_user(body: schemas.UserCreate) -> models.User:
    """The user whom the body describes, not stored yet."""
    return models.User(
        username=body.username,
        email=body.email,
        hashed_password=await security.hash_password(body.password),
    )


NewUser = Annotated[models.User, Depends(get_new_user)]
