"""Posts: list, write, read, change, delete."""

from functools import partial
from math import ceil
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app import background, models, realtime, rows, schemas, uploads
from app.addresses import path_to
from app.cache import cache
from app.dependencies import (
    NEITHER_AUTHOR_NOR_ADMIN,
    NOT_ITS_AUTHOR,
    OPTIONAL_TOKEN,
    CurrentUser,
    DeletablePost,
    ExistingPost,
    OwnPost,
    Session,
    ShownPost,
    Upload,
    get_current_user,
)
from app.errors import error_docs
from app.lists import ANY_POST, PostQuery, links, tags_of
from app.slugs import add_with_slug
from app.tags import get_tags

router = APIRouter(
    prefix="/posts",
    tags=["posts"],
    dependencies=[Depends(get_current_user)],
    responses=error_docs(401),
)


@router.get(
    "",
    summary="List posts",
    response_model=schemas.Page[schemas.Post],
    openapi_extra=OPTIONAL_TOKEN,
)
async def list_posts(query: Annotated[PostQuery, Query()], request: Request) -> Response:
    """The published posts. The newest come first, unless you ask for another order."""
    answer, outcome = await cache.get(query.key, query.cache_tags, partial(rows.read_page, query))
    total, _, body = answer.partition(b"\n")
    pages = ceil(int(total) / query.size)
    headers = {"Link": links(path_to("list_posts", request), query, pages), "X-Cache": outcome}
    return Response(body, headers=headers, media_type="application/json")


@router.post(
    "",
    summary="Write a post",
    status_code=201,
    response_model=schemas.Post,
    responses=error_docs(400),
)
async def create_post(
    user: CurrentUser,
    body: schemas.PostCreate,
    session: Session,
    tasks: BackgroundTasks,
    request: Request,
    response: Response,
) -> models.Post:
    """Its slug is made from its title. With `published: false` it is a draft."""
    fields = body.model_dump() | {"tags": await get_tags(body.tags, session)}
    post = models.Post(**fields, author_id=user.id)
    await add_with_slug(post, session)
    await session.refresh(post, ["author"])
    async with cache.changing(ANY_POST, *tags_of(body.tags)):
        await session.commit()
    tasks.add_task(background.index_post, post.id)
    if post.published:
        realtime.announce(post)
    response.headers["Location"] = path_to("read_post", request, post_id=post.id)
    return post


@router.get(
    "/{post_id}",
    summary="Read a post",
    response_model=schemas.Post,
    responses=error_docs(404),
    openapi_extra=OPTIONAL_TOKEN,
)
async def read_post(post: ShownPost) -> Response:
    """Only its author and admins find a draft."""
    return Response(post.model_dump_json(), media_type="application/json")


@router.put(
    "/{post_id}",
    summary="Replace a post",
    response_model=schemas.Post,
    responses=error_docs(400, 404) | {403: {"description": NOT_ITS_AUTHOR}},
)
async def replace_post(post: OwnPost, body: schemas.PostCreate, session: Session) -> models.Post:
    """All fields get the values of the body, or their defaults. The slug stays."""
    changes = body.model_dump() | {"tags": await get_tags(body.tags, session)}
    return await save_changes(post, changes, session)


@router.patch(
    "/{post_id}",
    summary="Change a post",
    response_model=schemas.Post,
    responses=error_docs(400, 404) | {403: {"description": NOT_ITS_AUTHOR}},
)
async def update_post(post: OwnPost, body: schemas.PostUpdate, session: Session) -> models.Post:
    """The fields that the body names get new values. The others stay."""
    changes = body.model_dump()
    if "tags" in changes:
        changes["tags"] = await get_tags(changes["tags"], session)
    return await save_changes(post, changes, session)


async def save_changes(
    post: models.Post, changes: dict[str, Any], session: AsyncSession
) -> models.Post:
    """A draft that becomes public is news, like a new post."""
    was_published, names = post.published, {tag.name for tag in post.tags}
    post.apply(changes)
    names |= {tag.name for tag in post.tags}
    async with cache.changing(ANY_POST, *tags_of(names)):
        await session.commit()
    if post.published and not was_published:
        realtime.announce(post)
    return post


@router.delete(
    "/{post_id}",
    summary="Delete a post",
    status_code=204,
    responses=error_docs(404) | {403: {"description": NEITHER_AUTHOR_NOR_ADMIN}},
)
async def delete_post(post: DeletablePost, session: Session) -> None:
    """It is gone for good. Admins may delete the posts of others."""
    await session.delete(post)
    async with cache.changing(ANY_POST, *tags_of(tag.name for tag in post.tags)):
        await session.commit()
    await uploads.remove(post.image)


@router.post(
    "/{post_id}/image",
    summary="Upload the image of a post",
    response_model=schemas.Post,
    responses=error_docs(400, 404, 413, 415) | {403: {"description": NOT_ITS_AUTHOR}},
    openapi_extra=uploads.BODY,
)
async def upload_image(upload: Upload, post: OwnPost, session: Session) -> models.Post:
    """A PNG, JPEG, WebP or GIF file. It replaces the image that the post has."""
    old, post.image = post.image, await uploads.store(upload)
    async with cache.changing(ANY_POST, *tags_of(tag.name for tag in post.tags)):
        await session.commit()
    await uploads.remove(old)
    return post


@router.get(
    "/{post_id}/image",
    summary="Read the image of a post",
    response_class=Response,
    responses=error_docs(404) | uploads.IMAGE,
    openapi_extra=OPTIONAL_TOKEN,
)
async def read_image(post: ExistingPost) -> Response:
    """Readers who cannot see the post cannot see its image."""
    return await uploads.answer_with(post.image)
