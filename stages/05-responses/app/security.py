"""Passwords and tokens: how they are made and how they are checked."""

import asyncio
import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from jose import jwt
from passlib.context import CryptContext
from pydantic import TypeAdapter

from app.schemas import Id
from app.settings import settings

TOKEN_LIFETIME = timedelta(minutes=30)

passwords = CryptContext(schemes=["bcrypt"], bcrypt__rounds=settings.bcrypt_rounds)
unknown_password = passwords.hash(secrets.token_urlsafe())

# Hashing keeps a core busy for a quarter of a second: never on the event loop's thread,
# and never on all cores at once.
hashing = ThreadPoolExecutor(max_workers=max(1, (os.cpu_count() or 1) - 1))

ids = TypeAdapter(Id)


async def hash_password(password: str) -> str:
    """The bcrypt hash. Raises ValueError for a password above 72 bytes, or with a NUL."""
    return await asyncio.get_running_loop().run_in_executor(hashing, passwords.hash, password)


async def verify_password(password: str, hashed: str | None) -> bool:
    """Whether the hash is this password's. Without a hash, saying no takes as long."""
    hashed = hashed or unknown_password
    return await asyncio.get_running_loop().run_in_executor(hashing, matches, password, hashed)


def matches(password: str, hashed: str) -> bool:
    try:
        return passwords.verify(password, hashed)
    except ValueError:  # no stored password is above 72 bytes, or has a NUL
        return False


def create_token(user_id: int) -> str:
    """A JSON Web Token (RFC 7519) that names the user for TOKEN_LIFETIME."""
    now = datetime.now(UTC)
    claims = {"sub": str(user_id), "iat": now, "exp": now + TOKEN_LIFETIME}
    return jwt.encode(claims, settings.jwt_secret.get_secret_value(), settings.algorithm)


def read_token(token: str) -> int | None:
    """The id of the user whom the token names; None for one that is forged, damaged or expired."""
    try:
        claims = jwt.decode(
            token,
            settings.jwt_secret.get_secret_value(),
            algorithms=[settings.algorithm],
            # python-jose takes a token in the second of its `exp`, RFC 7519 (4.1.4) does not
            options={"require_sub": True, "require_iat": True, "require_exp": True, "leeway": -1},
        )
        return ids.validate_python(claims["sub"])
    except Exception:  # whatever a token does to the parser, it is not a valid one
        return None
