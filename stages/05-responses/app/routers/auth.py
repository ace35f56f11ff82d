"""Tokens: log in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.security import OAuth2PasswordRequestForm
from sqlalchemy import select

from app import models, schemas, security
from app.dependencies import Session
from app.errors import errors, unauthorized

router = APIRouter(prefix="/auth", tags=["auth"])

EXAMPLE = {"username": "ann", "password": "correct horse"}
FORM = {"requestBody": {"content": {"application/x-www-form-urlencoded": {"example": EXAMPLE}}}}


@router.post("/token", summary="Log in", responses=errors(400), openapi_extra=FORM)
async def log_in(
    credentials: Annotated[OAuth2PasswordRequestForm, Depends()],
    session: Session,
    response: Response,
) -> schemas.Token:
    """A name and a password for a token. It goes into the header `Authorization: Bearer …`."""
    user = await find_user(credentials.username, session)
    hashed = user.hashed_password if user else None
    if not await security.verify_password(credentials.password, hashed) or user is None:
        raise unauthorized("Wrong username or password")
    response.headers["Cache-Control"] = "no-store"
    return schemas.Token(
        access_token=security.create_token(user.id),
        expires_in=int(security.TOKEN_LIFETIME.total_seconds()),
    )


async def find_user(username: str, session: Session) -> models.User | None:
    """The user who has this name, if anyone has."""
    name = username.strip()
    if not (name.isascii() and name.isprintable()):
        return None
    user = await session.scalar(select(models.User).where(models.User.username == name.lower()))
    await session.close()  # checking the password takes long: nobody is to wait for this connection
    return user
