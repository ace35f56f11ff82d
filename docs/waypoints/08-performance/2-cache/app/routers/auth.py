"""Tokens: log in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.security import OAuth2PasswordRequestForm
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import models, schemas, security
from app.dependencies import Session
from app.errors import error_docs, unauthorized
from app.settings import settings

router = APIRouter(prefix="/auth", tags=["auth"])

EXAMPLE = {"username": "ann", "password": "correct horse"}
FORM = {"requestBody": {"content": {"application/x-www-form-urlencoded": {"example": EXAMPLE}}}}
WRONG = "Wrong username or password"


@router.post(
    "/token",
    summary="Log in",
    responses=error_docs(400) | {401: {"description": WRONG}},
    openapi_extra=FORM,
)
async def log_in(
    credentials: Annotated[OAuth2PasswordRequestForm, Depends()],
    session: Session,
    response: Response,
) -> schemas.Token:
    """Get a token for a name and a password. Send it in the header `Authorization: Bearer …`."""
    user = await find_user(credentials.username, session)
    hashed = user.hashed_password if user else None
    if not await security.verify_password(credentials.password, hashed) or user is None:
        raise unauthorized(WRONG)
    response.headers["Cache-Control"] = "no-store"
    return schemas.Token(
        access_token=security.create_token(user.id), expires_in=settings.access_token_minutes * 60
    )


async def find_user(username: str, session: AsyncSession) -> models.User | None:
    """The user who has this name, if there is one."""
    name = username.strip()
    if not (name.isascii() and name.isprintable()):
        return None
    user = await session.scalar(select(models.User).where(models.User.username == name.lower()))
    await session.commit()  # the check of the password takes long, and needs no connection
    return user
