from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings in the environment, no `.env` in the working directory."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_every_setting_has_a_default() -> None:
    settings = Settings()

    assert settings.database_url == "sqlite+aiosqlite:///blog.db"
    assert settings.algorithm == "HS256"
    assert settings.bcrypt_rounds == 12
    assert settings.admin_username is None


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:////data/blog.db", "sqlite+aiosqlite:////data/blog.db"),
        ("postgres://ann:s%40@db/blog", "postgresql+asyncpg://ann:s%40@db/blog"),
        ("postgresql://ann:s%40@db/blog", "postgresql+asyncpg://ann:s%40@db/blog"),
        ("postgresql+psycopg://db/blog", "postgresql+asyncpg://db/blog"),
        ("postgres://db/blog?sslmode=require", "postgresql+asyncpg://db/blog?ssl=require"),
    ],
)
def test_the_driver_belongs_to_the_app_and_not_to_the_address(
    monkeypatch: pytest.MonkeyPatch, given: str, used: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", given)

    assert Settings().database_url == used


def test_the_password_of_the_database_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:quiet@db/blog")

    assert "quiet" not in repr(Settings())


def test_a_secret_that_is_not_set_is_random_and_said(caplog: pytest.LogCaptureFixture) -> None:
    one, another = Settings(), Settings()

    assert one.jwt_secret != another.jwt_secret
    assert "JWT_SECRET is not set" in caplog.messages[0]


def test_a_secret_that_is_set_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET", "quiet")

    settings = Settings()

    assert settings.jwt_secret.get_secret_value() == "quiet"
    assert "quiet" not in repr(settings)


def test_settings_are_read_from_a_dotenv_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ALGORITHM=HS512\nSOMETHING_ELSE=1\n")

    assert Settings().algorithm == "HS512"


def test_an_empty_setting_is_one_that_is_not_set(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ALGORITHM=\nJWT_SECRET=\n")

    settings = Settings()

    assert settings.algorithm == "HS256"
    assert len(settings.jwt_secret) > 32


def test_the_environment_wins_over_the_dotenv_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("ALGORITHM=HS512\n")
    monkeypatch.setenv("ALGORITHM", "HS384")

    assert Settings().algorithm == "HS384"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALGORITHM", "none"),
        ("ALGORITHM", "RS256"),
        ("DATABASE_URL", "blog.db"),
        ("DATABASE_URL", "mysql://localhost/blog"),
        ("DATABASE_URL", "postgresql://localhost"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("BCRYPT_ROUNDS", "3"),
    ],
)
def test_a_setting_that_cannot_work_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError, match=name.lower()):
        Settings()
