"""Users: list, sign up, read."""

from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request, Response
from sqlalchemy import select

from app import background, models, schemas, security
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
from app.lists import PageQuery, PostQuery, links, read_page

router = APIRouter(prefix="/users", tags=["users"])


@router.get(
    "",
    summary="List users",
    response_model=schemas.Page[schemas.UserPublic],
    dependencies=[Depends(get_current_user)],
    responses=error_docs(401),
    openapi_extra=OPTIONAL_TOKEN,
)
async def list_users(
    query: Annotated[PageQuery, Query()], session: Session, request: Request, response: Response
) -> dict[str, Any]:
    """All users, oldest first."""
    page = await read_page(select(models.User).order_by(models.User.id), query, session)
    response.headers["Link"] = links(path_to("list_users", request), query, page["pages"])
    return page


@router.post(
    "",
    summary="Sign up",
    status_code=201,
    response_model=schemas.UserPublic,
    responses=error_docs(400, 409),
)
async def create_user(
    body: SignUp,
    session: Session,
    tasks: BackgroundTasks,
    request: Request,
    response: Response,
) -> models.User:
    """Choose a name that nobody has, and a password. Nobody else sees your e-mail address."""
    user = models.User(
        username=body.username,
        email=body.email,
        hashed_password=await security.hash_password(body.password),
    )
    session.add(user)
    await session.commit()
    tasks.add_task(background.send_welcome_email, user.id)
    response.headers["Location"] = path_to("read_user", request, user_id=user.id)
    return user


@router.get(
    "/me",
    summary="Read your own account",
    response_model=schemas.UserPrivate,
    responses=error_docs(401),
)
async def read_current_user(user: CurrentUser) -> models.User:
    """The user who asks, with what only they may see."""
    return user


@router.get(
    "/me/posts",
    summary="List your own posts",
    response_model=schemas.Page[schemas.Post],
    responses=error_docs(401),
)
async def list_own_posts(
    user: CurrentUser,
    query: Annotated[PostQuery, Query()],
    session: Session,
    request: Request,
    response: Response,
) -> dict[str, Any]:
    """The posts of the user who asks, drafts too."""
    posts = models.select_posts().where(models.Post.author_id == user.id)
    page = await read_page(query.select_from(posts), query, session)
    response.headers["Link"] = links(path_to("list_own_posts", request), query, page["pages"])
    return page


@router.get(
    "/{user_id}",
    summary="Read a user",
    response_model=schemas.UserPublic,
    dependencies=[Depends(get_current_user)],
    responses=error_docs(401, 404),
    openapi_extra=OPTIONAL_TOKEN,
)
async def read_user(user: ExistingUser) -> models.User:
    """The name of a user and when they signed up."""
    return user
