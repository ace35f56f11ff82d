"""Users: list, sign up, read."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from app import models, schemas
from app.addresses import path_to
from app.dependencies import CurrentUser, ExistingUser, Session
from app.errors import error_docs

router = APIRouter(prefix="/users", tags=["users"])


@router.get("", response_model=list[schemas.UserPublic])
def list_users(session: Session) -> Sequence[models.User]:
    """All users, oldest first."""
    return session.scalars(select(models.User).order_by(models.User.id)).all()


@router.post("", status_code=201, response_model=schemas.UserPublic, responses=error_docs(400, 409))
def create_user(
    body: schemas.UserCreate, session: Session, request: Request, response: Response
) -> models.User:
    """Sign up."""
    user = models.User(**body.model_dump())
    session.add(user)
    session.commit()
    response.headers["Location"] = path_to("read_user", request, user_id=user.id)
    return user


@router.get("/me", response_model=schemas.UserPublic)
def read_current_user(user: CurrentUser) -> models.User:
    """The user who asks."""
    return user


@router.get("/{user_id}", response_model=schemas.UserPublic, responses=error_docs(404))
def read_user(user: ExistingUser) -> models.User:
    """The name of a user and when they signed up."""
    return user
