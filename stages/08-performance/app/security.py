"""Passwords and tokens: how they are made and how they are checked."""

import asyncio
import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime, timedelta

from jose import jwt
from passlib.context import CryptContext
from pydantic import TypeAdapter

from app.schemas import Id
from app.settings import settings

passwords = CryptContext(schemes=["bcrypt"], bcrypt__rounds=settings.bcrypt_rounds)
unknown_password = passwords.hash(secrets.token_urlsafe())

# A hash keeps a core busy for a quarter of a second. So we never hash on the event loop's thread,
# and never on all cores at once. `copy_context`: a line of the log names its request there, too.
hashing = ThreadPoolExecutor(
    max_workers=max(1, (os.cpu_count() or 1) - 1), thread_name_prefix="hashing"
)

ids = TypeAdapter(Id)


async def hash_password(password: str) -> str:
    """The bcrypt hash. Raises ValueError for a password above 72 bytes, or with a NUL."""
    return await asyncio.get_running_loop().run_in_executor(
        hashing, copy_context().run, passwords.hash, password
    )


async def verify_password(password: str, hashed: str | None) -> bool:
    """Whether the password has this hash. Without a hash, the check takes equally long."""
    hashed = hashed or unknown_password
    return await asyncio.get_running_loop().run_in_executor(
        hashing, copy_context().run, matches, password, hashed
    )


def matches(password: str, hashed: str) -> bool:
    try:
        return passwords.verify(password, hashed)
    except ValueError:  # bcrypt takes no password above 72 bytes or with a NUL
        return False


def create_token(user_id: int) -> str:
    """A JSON Web Token (RFC 7519) that names the user and expires as the settings say."""
    now = datetime.now(UTC)
    expiry = now + timedelta(minutes=settings.access_token_minutes)
    claims = {"sub": str(user_id), "iat": now, "exp": expiry}
    return jwt.encode(claims, settings.jwt_secret.get_secret_value(), settings.algorithm)


def read_token(token: str) -> int | None:
    """The id of the user whom the token names. None if it is forged, damaged or expired."""
    try:
        claims = jwt.decode(
            token,
            settings.jwt_secret.get_secret_value(),
            algorithms=[settings.algorithm],
            # RFC 7519 (4.1.4): not on or after `exp`. python-jose accepts that second
            options={"require_sub": True, "require_iat": True, "require_exp": True, "leeway": -1},
        )
        return ids.validate_python(claims["sub"])
    except Exception:  # a token that breaks the parser is not valid either
        return None
