"""Users: list, sign up, read."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from app import models, schemas
from app.dependencies import CurrentUser, ExistingUser, NewUser, Session
from app.errors import errors
from app.filters import Tagged
from app.ordering import Order
from app.pagination import Paging

router = APIRouter(prefix="/users", tags=["users"])


@router.get("", response_model=list[schemas.User])
async def list_users(session: Session) -> Sequence[models.User]:
    """All users, oldest first."""
    return (await session.scalars(select(models.User).order_by(models.User.id))).all()


@router.post("", status_code=201, response_model=schemas.User, responses=errors(400, 409))
async def create_user(
    user: NewUser, session: Session, request: Request, response: Response
) -> models.User:
    """Sign up."""
    session.add(user)
    await session.commit()
    response.headers["Location"] = request.url_for("read_user", user_id=user.id).path
    return user


@router.get("/me", response_model=schemas.UserPrivate)
async def read_current_user(user: CurrentUser) -> models.User:
    """The user who asks, with what only they may see."""
    return user


@router.get("/me/posts", response_model=list[schemas.Post])
async def list_own_posts(
    user: CurrentUser, tagged: Tagged, order: Order, paging: Paging, session: Session
) -> Sequence[models.Post]:
    """The posts of the user who asks, drafts too."""
    posts = models.select_posts().where(models.Post.author_id == user.id)
    return (await session.scalars(paging.of(order.of(tagged.of(posts))))).all()


@router.get("/{user_id}", response_model=schemas.User, responses=errors(404))
async def read_user(user: ExistingUser) -> models.User:
    """One user."""
    return user
