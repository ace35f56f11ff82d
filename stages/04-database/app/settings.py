"""What can be set from outside: by the environment, or by a file `.env` where the server starts."""

import logging
import secrets
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

logger = logging.getLogger(__name__)

ADDRESS = "Use sqlite:/// and a path, or postgresql:// and user, host and database"
DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}


def random_secret() -> SecretStr:
    logger.warning("JWT_SECRET is not set: a random one is used until this process ends")
    return SecretStr(secrets.token_urlsafe(32))


def with_driver(address: str) -> str:
    """The address of a database, with the driver that this app has for it."""
    try:
        url = make_url(address)
    except ArgumentError:
        raise ValueError(ADDRESS) from None
    backend = url.drivername.partition("+")[0]
    if backend not in DRIVERS or url.database in {None, "", ":memory:"}:
        raise ValueError(ADDRESS)
    # Providers write the names that libpq has for its options; asyncpg has others, and fewer.
    query = {"ssl" if name == "sslmode" else name: value for name, value in url.query.items()}
    query.pop("channel_binding", None)
    url = url.set(drivername=DRIVERS[backend], query=query)
    return url.render_as_string(hide_password=False)


class Settings(BaseSettings):
    """Every setting has a default that works on a bare machine."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
        validate_default=True,
    )

    database_url: Annotated[str, AfterValidator(with_driver), Field(repr=False)] = (
        "sqlite:///blog.db"
    )
    jwt_secret: SecretStr = Field(default_factory=random_secret)
    algorithm: Literal["HS256", "HS384", "HS512"] = "HS256"
    bcrypt_rounds: Annotated[int, Field(ge=4, le=31)] = 12
    admin_username: str | None = None
    admin_email: str | None = None
    admin_password: SecretStr | None = None


settings = Settings()
