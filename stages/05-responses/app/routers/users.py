"""Users: list, sign up, read."""

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from app import models, schemas
from app.dependencies import CurrentUser, ExistingUser, NewUser, Session
from app.errors import errors
from app.filters import Tagged
from app.ordering import Order
from app.pagination import Paging

router = APIRouter(prefix="/users", tags=["users"])


@router.get("", summary="List users", response_model=schemas.Page[schemas.UserPublic])
async def list_users(paging: Paging, session: Session) -> dict[str, Any]:
    """All users, oldest first."""
    return await paging.read(select(models.User).order_by(models.User.id), session)


@router.post(
    "",
    summary="Sign up",
    status_code=201,
    response_model=schemas.UserPublic,
    responses=errors(400, 409),
)
async def create_user(
    user: NewUser, session: Session, request: Request, response: Response
) -> models.User:
    """Choose a name that nobody has, an address and a password. Nobody else sees the address."""
    session.add(user)
    await session.commit()
    response.headers["Location"] = request.url_for("read_user", user_id=user.id).path
    return user


@router.get("/me", summary="Read one's own account", response_model=schemas.UserPrivate)
async def read_current_user(user: CurrentUser) -> models.User:
    """The user who asks, with what only they may see."""
    return user


@router.get("/me/posts", summary="List one's own posts", response_model=schemas.Page[schemas.Post])
async def list_own_posts(
    user: CurrentUser, tagged: Tagged, order: Order, paging: Paging, session: Session
) -> dict[str, Any]:
    """The posts of the user who asks, drafts too."""
    posts = models.select_posts().where(models.Post.author_id == user.id)
    return await paging.read(order.of(tagged.of(posts)), session)


@router.get(
    "/{user_id}", summary="Read a user", response_model=schemas.UserPublic, responses=errors(404)
)
async def read_user(user: ExistingUser) -> models.User:
    """One user."""
    return user
