"""Users: list, sign up, read."""

from collections.abc import Sequence

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import select

from app import models, schemas, security
from app.addresses import path_to
from app.dependencies import (
    OPTIONAL_TOKEN,
    CurrentUser,
    ExistingUser,
    Session,
    SignUp,
    get_current_user,
)
from app.errors import error_docs

router = APIRouter(prefix="/users", tags=["users"])


@router.get(
    "",
    response_model=list[schemas.UserPublic],
    dependencies=[Depends(get_current_user)],
    responses=error_docs(401),
    openapi_extra=OPTIONAL_TOKEN,
)
async def list_users(session: Session) -> Sequence[models.User]:
    """All users, oldest first."""
    return (await session.scalars(select(models.User).order_by(models.User.id))).all()


@router.post("", status_code=201, response_model=schemas.UserPublic, responses=error_docs(400, 409))
async def create_user(
    body: SignUp, session: Session, request: Request, response: Response
) -> models.User:
    """Sign up."""
    user = models.User(
        username=body.username,
        email=body.email,
        hashed_password=await security.hash_password(body.password),
    )
    session.add(user)
    await session.commit()
    response.headers["Location"] = path_to("read_user", request, user_id=user.id)
    return user


@router.get("/me", response_model=schemas.UserPrivate, responses=error_docs(401))
async def read_current_user(user: CurrentUser) -> models.User:
    """The user who asks, with what only they may see."""
    return user


@router.get(
    "/{user_id}",
    response_model=schemas.UserPublic,
    dependencies=[Depends(get_current_user)],
    responses=error_docs(401, 404),
    openapi_extra=OPTIONAL_TOKEN,
)
async def read_user(user: ExistingUser) -> models.User:
    """The name of a user and when they signed up."""
    return user
