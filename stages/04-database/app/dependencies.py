"""What routes ask for: a session, a row that is there, the user who asks."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from fastapi.security import OAuth2PasswordBearer
from fastapi.security.utils import get_authorization_scheme_param
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app import models, schemas, security
from app.database import begin_writing, new_session
from app.errors import unauthorized

oauth2_scheme = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token")


async def get_db() -> AsyncIterator[AsyncSession]:
    """A session for one request. What is not committed when the route returns is rolled back."""
    async with new_session() as session:
        yield session


# It gives its connection back before the response goes out, however slow the client is.
Session = Annotated[AsyncSession, Depends(get_db, scope="function")]


async def get_reader(request: Request, session: Session) -> models.User | None:
    """Who asks, None for somebody without a token; 401 for a token that is not valid."""
    scheme, token = get_authorization_scheme_param(request.headers.get("Authorization"))
    return await get_current_user(token, session) if scheme.lower() == "bearer" else None


Reader = Annotated[models.User | None, Depends(get_reader)]


async def get_post(post_id: schemas.Id, reader: Reader, session: Session) -> models.Post:
    """The post that the path names; 404 if there is none that the reader may see."""
    return await find_post(models.select_posts(), post_id, reader, session)


ExistingPost = Annotated[models.Post, Depends(get_post)]


async def get_locked_post(post_id: schemas.Id, reader: Reader, session: Session) -> models.Post:
    """The same, for a change: until the commit, others who want to change it wait."""
    await (await session.connection()).run_sync(begin_writing)
    return await find_post(models.select_posts().with_for_update(), post_id, reader, session)


LockedPost = Annotated[models.Post, Depends(get_locked_post)]


async def find_post(
    posts: Select[Any], post_id: int, reader: models.User | None, session: AsyncSession
) -> models.Post:
    posts = posts.where(models.Post.id == post_id, models.Post.is_visible_to(reader))
    post: models.Post | None = await session.scalar(posts)
    if post is None:
        raise HTTPException(404, "There is no post with this id")
    return post


async def get_user(user_id: schemas.Id, session: Session) -> models.User:
    """The user whom the path names; 404 if there is none."""
    user = await session.get(models.User, user_id)
    if user is None:
        raise HTTPException(404, "There is no user with this id")
    return user


ExistingUser = Annotated[models.User, Depends(get_user)]


async def get_current_user(
    token: Annotated[str, Depends(oauth2_scheme)], session: Session
) -> models.User:
    """The user whose token the request carries; 401 without a valid one."""
    user_id = security.read_token(token)
    user = await session.get(models.User, user_id) if user_id else None
    if user is None:
        raise unauthorized("The token is not valid, or no longer: get a new one")
    return user


CurrentUser = Annotated[models.User, Depends(get_current_user)]


async def get_own_post(user: CurrentUser, post: LockedPost) -> models.Post:
    """The post that the path names; 403 for all but its author."""
    if post.author_id != user.id:
        raise HTTPException(403, "Only its author may change a post")
    return post


OwnPost = Annotated[models.Post, Depends(get_own_post)]


async def get_deletable_post(user: CurrentUser, post: LockedPost) -> models.Post:
    """The post that the path names; 403 for all but its author and admins."""
    if post.author_id != user.id and user.role != models.Role.ADMIN:
        raise HTTPException(403, "Only its author or an admin may delete a post")
    return post


DeletablePost = Annotated[models.Post, Depends(get_deletable_post)]


async def get_new_user(body: schemas.UserCreate, session: Session) -> models.User:
    """The user whom the body describes, not stored yet."""
    await session.close()  # hashing takes long: nobody is to wait for this connection
    return models.User(
        username=body.username,
        email=body.email,
        hashed_password=await security.hash_password(body.password),
    )


NewUser = Annotated[models.User, Depends(get_new_user)]
