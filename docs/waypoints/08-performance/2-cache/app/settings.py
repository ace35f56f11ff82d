"""What you can set from outside: in the environment, or in `.env` in the working directory."""

import json
import logging
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from redis.asyncio.connection import parse_url
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app.schemas import Email, Password, Username

logger = logging.getLogger(__name__)

DATABASES = {"sqlite", "postgres", "postgresql"}
ORIGINS = "Use addresses like https://blog.example, with commas between or as a JSON list"
MEMORY = "memory://"
REDIS = "Use redis:// and host, port and number: redis://localhost:6379/0"
YEAR = 366 * 86_400  # seconds
ADDRESS = "Use sqlite:/// and a path, or postgresql:// and user, host and database"


def random_secret() -> SecretStr:
    return SecretStr(secrets.token_urlsafe(32))


def known_database(address: str) -> str:
    """The address of a database, without a driver. Raises ValueError if it cannot be used."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # the message of SQLAlchemy can show a password
        raise ValueError(ADDRESS) from None
    database, path = url.get_backend_name(), url.database or ""
    if database not in DATABASES or path in {"", ":memory:"}:
        raise ValueError(ADDRESS)
    if database == "sqlite" and not Path(path).parent.is_dir():
        raise ValueError(f"There is no folder {Path(path).parent}. Create it first")
    return url.set(drivername=database).render_as_string(hide_password=False)


def separated(value: object) -> object:
    """The parts of a JSON list, or of a text with commas."""
    if not isinstance(value, str):
        return value
    if not value.lstrip().startswith("["):
        return value.split(",")
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError(ORIGINS) from None


def known_origin(address: str) -> str:
    """The origin as a browser names it (RFC 6454): scheme, host and port, in small letters."""
    if address.strip() == "*":
        return "*"
    try:
        origin = str(HttpUrl(address.strip())).removesuffix("/")
    except ValidationError:
        raise ValueError(ORIGINS) from None
    if not re.fullmatch(r"https?://[^/?#@*]+", origin):
        raise ValueError(ORIGINS)
    return origin


def known_redis(address: str) -> str:
    """The address of a Redis. Raises ValueError if redis-py cannot use it."""
    try:
        parse_url(address.replace(MEMORY, "redis://"))
    except ValueError:
        raise ValueError(REDIS) from None
    if not re.fullmatch(rf"rediss?://[^/?]+(/[0-9]*)?|unix://[^?]+|{MEMORY}", address):
        raise ValueError(REDIS)
    return address


RedisUrl = Annotated[str, AfterValidator(known_redis)]


class Settings(BaseSettings):
    """Every setting has a default that works on a bare machine."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    database_url: Annotated[str, AfterValidator(known_database), Field(repr=False)] = (
        "sqlite:///blog.db"
    )
    jwt_secret: SecretStr = Field(default_factory=random_secret)
    algorithm: Literal["HS256", "HS384", "HS512"] = "HS256"
    access_token_minutes: Annotated[int, Field(ge=1, le=525_600)] = 30
    bcrypt_rounds: Annotated[int, Field(ge=4, le=31)] = 12
    redis_url: Annotated[RedisUrl, Field(repr=False)] = MEMORY
    media_dir: Path = Path("media")
    max_upload_bytes: Annotated[int, Field(ge=1)] = 5 * 1024 * 1024
    cors_origins: Annotated[
        list[Annotated[str, AfterValidator(known_origin)]], NoDecode, BeforeValidator(separated)
    ] = []
    cors_credentials: bool = False
    admin_username: Username | None = None
    admin_email: Email | None = None
    admin_password: Password | None = Field(default=None, repr=False)

    @field_validator("*", mode="before")
    @classmethod
    def refuse_control_characters(cls, value: object) -> object:
        """A file with Windows line ends can leave a carriage return at the end of a value."""
        if isinstance(value, str) and re.search(r"[\x00-\x1f\x7f]", value):
            raise ValueError("Remove the control characters, such as a carriage return at the end")
        return value

    @field_validator("cors_credentials")
    @classmethod
    def refuse_credentials_for_all(cls, value: bool, info: ValidationInfo) -> bool:
        if value and "*" in info.data.get("cors_origins", []):
            raise ValueError(
                "With `*` in CORS_ORIGINS, any site could act for your users. Name them"
            )
        return value


def load_settings() -> Settings:
    """The settings of this process. Wrong settings end it, with one line for each of them."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise SystemExit("\n".join(map(in_one_line, error.errors()))) from None
    if "jwt_secret" not in settings.model_fields_set:
        logger.warning("JWT_SECRET is not set. This process uses a random one until it ends")
    return settings


def in_one_line(error: Mapping[str, Any]) -> str:
    name = str(error["loc"][0]).upper()
    return f"{name}: {error['msg'].removeprefix('Value error, ')}"


settings = load_settings()
