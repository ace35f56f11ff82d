"""Posts: list, write, read, change, delete."""

from collections.abc import Sequence

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import select

from app import models, schemas
from app.addresses import path_to
from app.dependencies import (
    OPTIONAL_TOKEN,
    CurrentUser,
    DeletablePost,
    ExistingPost,
    OwnPost,
    Session,
    get_current_user,
)
from app.errors import error_docs

router = APIRouter(
    prefix="/posts",
    tags=["posts"],
    dependencies=[Depends(get_current_user)],
    responses=error_docs(401),
)


@router.get("", response_model=list[schemas.Post], openapi_extra=OPTIONAL_TOKEN)
async def list_posts(session: Session) -> Sequence[models.Post]:
    """All posts, oldest first."""
    return (await session.scalars(select(models.Post).order_by(models.Post.id))).all()


@router.post("", status_code=201, response_model=schemas.Post, responses=error_docs(400))
async def create_post(
    user: CurrentUser,
    body: schemas.PostCreate,
    session: Session,
    request: Request,
    response: Response,
) -> models.Post:
    """Write a post."""
    post = models.Post(**body.model_dump(), author_id=user.id)
    session.add(post)
    await session.commit()
    response.headers["Location"] = path_to("read_post", request, post_id=post.id)
    return post


@router.get(
    "/{post_id}",
    response_model=schemas.Post,
    responses=error_docs(404),
    openapi_extra=OPTIONAL_TOKEN,
)
async def read_post(post: ExistingPost) -> models.Post:
    """One post."""
    return post


@router.put("/{post_id}", response_model=schemas.Post, responses=error_docs(400, 403, 404))
async def replace_post(post: OwnPost, body: schemas.PostCreate, session: Session) -> models.Post:
    """Replace all fields of a post."""
    post.apply(body.model_dump())
    await session.commit()
    return post


@router.patch("/{post_id}", response_model=schemas.Post, responses=error_docs(400, 403, 404))
async def update_post(post: OwnPost, body: schemas.PostUpdate, session: Session) -> models.Post:
    """Change the fields of a post that the body names."""
    post.apply(body.model_dump())
    await session.commit()
    return post


@router.delete("/{post_id}", status_code=204, responses=error_docs(403, 404))
async def delete_post(post: DeletablePost, session: Session) -> None:
    """Delete a post."""
    await session.delete(post)
    await session.commit()
