"""What routes ask for: a session, a row that is there, the user who asks."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import models, rows, schemas, security, uploads
from app.database import begin_writing, new_session
from app.errors import TAKEN, unauthorized

# The address has no slash in front: behind the prefix of a proxy, /docs still finds it.
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="api/v1/auth/token", auto_error=False)

Token = Annotated[str | None, Depends(oauth2_scheme)]

# For the documentation of routes that read a token but do not need one. FastAPI adds it to its own
# list, and `{}` means: or without a token.
OPTIONAL_TOKEN: dict[str, Any] = {"security": [{}]}

NO_POST = "There is no post with this id"
NOT_ITS_AUTHOR = "Only its author may change a post"
NEITHER_AUTHOR_NOR_ADMIN = "Only its author or an admin may delete a post"


async def get_db() -> AsyncIterator[AsyncSession]:
    """A session for one request. What is not committed when the route returns is rolled back."""
    async with new_session() as session:
        yield session


# With this scope it returns its connection before the response goes out to a slow client.
Session = Annotated[AsyncSession, Depends(get_db, scope="function")]


async def get_current_user(token: Token) -> models.User | None:
    """The user who asks, or None without a token. 401 if the token is not valid.

    Without a token it opens no session. With one, it has returned its connection at the end: what
    comes next may wait for the cache, and then needs none.
    """
    if token is None:
        return None
    user_id = security.read_token(token)
    async with new_session() as session:
        user = await session.get(models.User, user_id) if user_id else None
    if user is None:
        raise unauthorized("The token is invalid or has expired: log in to get a new one")
    return user


Reader = Annotated[models.User | None, Depends(get_current_user)]


async def require_user(reader: Reader) -> models.User:
    """The user who asks. 401 without a token."""
    if reader is None:
        raise unauthorized("This needs a token: log in to get one")
    return reader


CurrentUser = Annotated[models.User, Depends(require_user)]


async def get_post(post_id: schemas.Id, reader: Reader, session: Session) -> models.Post:
    """The post that the path names. 404 if there is none that the reader may see."""
    return await find_post(models.select_posts(), post_id, reader, session)


ExistingPost = Annotated[models.Post, Depends(get_post)]


async def get_shown_post(post_id: schemas.Id, reader: Reader, session: Session) -> schemas.Post:
    """The same as the API shows it, from a plain row: for those who only read."""
    post = await rows.read_post(post_id, models.Post.is_visible_to(reader), session)
    if post is None:
        raise HTTPException(404, NO_POST)
    return post


ShownPost = Annotated[schemas.Post, Depends(get_shown_post)]


async def get_locked_post(post_id: schemas.Id, reader: Reader, session: Session) -> models.Post:
    """The same, locked: until the commit, other requests that want to change it wait.

    A post that the session holds already is read again: it may have changed before the lock.
    """
    await (await session.connection()).run_sync(begin_writing)
    posts = models.select_posts().with_for_update().execution_options(populate_existing=True)
    return await find_post(posts, post_id, reader, session)


LockedPost = Annotated[models.Post, Depends(get_locked_post)]


async def find_post(
    posts: Select[models.Post], post_id: int, reader: models.User | None, session: AsyncSession
) -> models.Post:
    """The post among these. 404 if there is none with this id that the reader may see."""
    posts = posts.where(models.Post.id == post_id, models.Post.is_visible_to(reader))
    post = await session.scalar(posts)
    if post is None:
        raise HTTPException(404, NO_POST)
    return post


async def get_user(user_id: schemas.Id, session: Session) -> models.User:
    """The user whom the path names. 404 if there is none."""
    user = await session.get(models.User, user_id)
    if user is None:
        raise HTTPException(404, "There is no user with this id")
    return user


ExistingUser = Annotated[models.User, Depends(get_user)]


async def get_sign_up(body: schemas.UserCreate, session: Session) -> schemas.UserCreate:
    """The sign-up that the body holds. 409 if its name or its address is taken already."""
    users = select(models.User.id).where(models.User.has_name_or_address(body.username, body.email))
    if await session.scalar(users):
        raise HTTPException(409, TAKEN)
    await session.commit()  # the hash takes long, and needs no connection
    return body


SignUp = Annotated[schemas.UserCreate, Depends(get_sign_up)]


async def get_own_post(user: CurrentUser, post: LockedPost) -> models.Post:
    """The post that the path names. 403 for all but its author."""
    require_author(post, user)
    return post


OwnPost = Annotated[models.Post, Depends(get_own_post)]


async def get_upload(
    user: CurrentUser, post: ExistingPost, request: Request, session: Session
) -> uploads.Upload:
    """The image that the body holds, for a post of the user. Locks nothing while it arrives."""
    require_author(post, user)
    await session.commit()  # the body may take long, and needs no connection
    return await uploads.read_upload(request)


Upload = Annotated[uploads.Upload, Depends(get_upload)]


def require_author(post: models.Post, user: models.User) -> None:
    """403 for all but the author."""
    if post.author_id != user.id:
        raise HTTPException(403, NOT_ITS_AUTHOR)


async def get_deletable_post(user: CurrentUser, post: LockedPost) -> models.Post:
    """The post that the path names. 403 for all but its author and admins."""
    if post.author_id != user.id and user.role != models.Role.ADMIN:
        raise HTTPException(403, NEITHER_AUTHOR_NOR_ADMIN)
    return post


DeletablePost = Annotated[models.Post, Depends(get_deletable_post)]
