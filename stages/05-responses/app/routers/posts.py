"""Posts: list, write, read, change, delete."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app import models, schemas
from app.dependencies import CurrentUser, DeletablePost, ExistingPost, OwnPost, Session
from app.errors import errors
from app.filters import Tagged
from app.ordering import Order
from app.pagination import Paging
from app.slugs import add_with_slug
from app.tags import fields_with_tags

router = APIRouter(prefix="/posts", tags=["posts"])


@router.get("", summary="List posts", response_model=schemas.Page[schemas.Post])
async def list_posts(
    tagged: Tagged, order: Order, paging: Paging, session: Session
) -> dict[str, Any]:
    """The published posts: the newest first, unless it is asked for another order."""
    posts = models.select_posts().where(models.Post.published)
    return await paging.read(order.of(tagged.of(posts)), session)


@router.post(
    "",
    summary="Write a post",
    status_code=201,
    response_model=schemas.Post,
    responses=errors(400),
)
async def create_post(
    user: CurrentUser,
    body: schemas.PostCreate,
    session: Session,
    request: Request,
    response: Response,
) -> models.Post:
    """Its slug is made of its title. With `published: false` it is a draft."""
    post = models.Post(**await fields_with_tags(body, session), author=user)
    await add_with_slug(post, session)
    await session.commit()
    response.headers["Location"] = request.url_for("read_post", post_id=post.id).path
    return post


@router.get("/{post_id}", summary="Read a post", response_model=schemas.Post, responses=errors(404))
async def read_post(post: ExistingPost) -> models.Post:
    """A draft is found by its author and by admins alone."""
    return post


@router.put(
    "/{post_id}",
    summary="Replace a post",
    response_model=schemas.Post,
    responses=errors(400, 403, 404),
)
async def replace_post(post: OwnPost, body: schemas.PostCreate, session: Session) -> models.Post:
    """All fields get the values of the body, or their defaults; the slug stays."""
    post.apply(await fields_with_tags(body, session))
    await session.commit()
    return post


@router.patch(
    "/{post_id}",
    summary="Change a post",
    response_model=schemas.Post,
    responses=errors(400, 403, 404),
)
async def update_post(post: OwnPost, body: schemas.PostUpdate, session: Session) -> models.Post:
    """The fields that the body names get new values, the others stay."""
    post.apply(await fields_with_tags(body, session))
    await session.commit()
    return post


@router.delete("/{post_id}", summary="Delete a post", status_code=204, responses=errors(403, 404))
async def delete_post(post: DeletablePost, session: Session) -> None:
    """It is gone for good. Admins may delete the posts of others."""
    await session.delete(post)
    await session.commit()
