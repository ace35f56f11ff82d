"""What you can set from outside: in the environment, or in `.env` in the working directory."""

import logging
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

logger = logging.getLogger(__name__)


def random_secret() -> SecretStr:
    return SecretStr(secrets.token_urlsafe(32))


def sqlite_file(address: str) -> str:
    """The address of a SQLite file. Raises ValueError if its folder does not exist."""
    path = address.removeprefix("sqlite:///")
    if path in {address, "", ":memory:"}:
        raise ValueError("Use sqlite:/// and the path of a file")
    if not Path(path).parent.is_dir():
        raise ValueError(f"There is no folder {Path(path).parent}. Create it first")
    return address


class Settings(BaseSettings):
    """Every setting has a default that works on a bare machine."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    database_url: Annotated[str, AfterValidator(sqlite_file)] = "sqlite:///blog.db"
    jwt_secret: SecretStr = Field(default_factory=random_secret)
    algorithm: Literal["HS256", "HS384", "HS512"] = "HS256"

    @field_validator("*", mode="before")
    @classmethod
    def refuse_control_characters(cls, value: object) -> object:
        """A file with Windows line ends can leave a carriage return at the end of a value."""
        if isinstance(value, str) and re.search(r"[\x00-\x1f\x7f]", value):
            raise ValueError("Remove the control characters, such as a carriage return at the end")
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
