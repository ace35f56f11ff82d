"""What can be set from outside: by the environment, or by a file `.env` where the server starts."""

import logging
import secrets
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

logger = logging.getLogger(__name__)


def random_secret() -> SecretStr:
    logger.warning("JWT_SECRET is not set: a random one is used until this process ends")
    return SecretStr(secrets.token_urlsafe(32))


class Settings(BaseSettings):
    """Every setting has a default that works on a bare machine."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    database_url: Annotated[str, Field(pattern="^sqlite:///[^:]")] = "sqlite:///blog.db"
    jwt_secret: SecretStr = Field(default_factory=random_secret)
    algorithm: Literal["HS256", "HS384", "HS512"] = "HS256"


settings = Settings()
