"""Posts: list, write, read, change, delete."""

from collections.abc import Sequence

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


@router.get("", response_model=list[schemas.Post])
async def list_posts(
    tagged: Tagged, order: Order, paging: Paging, session: Session
) -> Sequence[models.Post]:
    """The published posts."""
    posts = models.select_posts().where(models.Post.published)
    return (await session.scalars(paging.of(order.of(tagged.of(posts))))).all()


@router.post("", status_code=201, response_model=schemas.Post, responses=errors(400))
async def create_post(
    user: CurrentUser,
    body: schemas.PostCreate,
    session: Session,
    request: Request,
    response: Response,
) -> models.Post:
    """Write a post."""
    post = models.Post(**await fields_with_tags(body, session), author_id=user.id)
    await add_with_slug(post, session)
    await session.commit()
    response.headers["Location"] = request.url_for("read_post", post_id=post.id).path
    return post


@router.get("/{post_id}", response_model=schemas.Post, responses=errors(404))
async def read_post(post: ExistingPost) -> models.Post:
    """One post."""
    return post


@router.put("/{post_id}", response_model=schemas.Post, responses=errors(400, 403, 404))
async def replace_post(post: OwnPost, body: schemas.PostCreate, session: Session) -> models.Post:
    """Replace all fields of a post."""
    post.apply(await fields_with_tags(body, session))
    await session.commit()
    return post


@router.patch("/{post_id}", response_model=schemas.Post, responses=errors(400, 403, 404))
async def update_post(post: OwnPost, body: schemas.PostUpdate, session: Session) -> models.Post:
    """Change the fields of a post that the body names."""
    post.apply(await fields_with_tags(body, session))
    await session.commit()
    return post


@router.delete("/{post_id}", status_code=204, responses=errors(403, 404))
async def delete_post(post: DeletablePost, session: Session) -> None:
    """Delete a post."""
    await session.delete(post)
    await session.commit()
