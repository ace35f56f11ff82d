from pathlib import Path

import pytest

from app.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings in the environment, no `.env` in the working directory."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_every_setting_has_a_default() -> None:
    settings = Settings()

    assert settings.database_url == "sqlite:///blog.db"
    assert settings.algorithm == "HS256"
    assert settings.access_token_minutes == 30
    assert settings.bcrypt_rounds == 12
    assert settings.admin_username is None


@pytest.mark.parametrize("driver", ["", "+psycopg", "+asyncpg"])
def test_the_app_chooses_the_driver(monkeypatch: pytest.MonkeyPatch, driver: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql{driver}://ann:s%40@db/blog?sslmode=require")

    assert Settings().database_url == "postgresql://ann:s%40@db/blog?sslmode=require"


def test_a_password_with_odd_characters_is_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:quiet/horse#1@db/blog")

    assert Settings().database_url == "postgresql://ann:quiet%2Fhorse%231@db/blog"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://ann:quiet@db/blog"),
        ("REDIS_URL", "redis://:quiet@localhost:6379/0"),
    ],
)
def test_the_password_in_an_address_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    assert "quiet" not in repr(Settings())


def test_a_secret_that_is_not_set_is_random_and_said(caplog: pytest.LogCaptureFixture) -> None:
    one, another = load_settings(), load_settings()

    assert one.jwt_secret != another.jwt_secret
    assert "JWT_SECRET is not set" in caplog.messages[0]


@pytest.mark.parametrize("name", ["JWT_SECRET", "ADMIN_PASSWORD"])
def test_a_secret_that_is_set_is_not_shown(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "quiet horse")

    assert "quiet" not in repr(Settings())


def test_with_a_secret_there_is_nothing_to_say(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("JWT_SECRET", "quiet horse")

    load_settings()

    assert caplog.messages == []


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
    ("name", "value", "message"),
    [
        ("ALGORITHM", "none", "Input should be 'HS256', 'HS384' or 'HS512'"),
        ("DATABASE_URL", "blog.db", "Use sqlite:/// and a path, or postgresql://"),
        ("DATABASE_URL", "mysql://localhost/blog", "Use sqlite:/// and a path, or postgresql://"),
        ("DATABASE_URL", "postgresql://localhost", "Use sqlite:/// and a path, or postgresql://"),
        ("DATABASE_URL", "postgresql://ann:hunter2/blog", "Use sqlite:/// and a path, or"),
        ("DATABASE_URL", "sqlite:///", "Use sqlite:/// and a path, or postgresql://"),
        ("DATABASE_URL", "postgresql://localhost/", "Use sqlite:/// and a path, or postgresql://"),
        ("DATABASE_URL", "sqlite://", "Use sqlite:/// and a path, or postgresql://"),
        ("DATABASE_URL", "sqlite:///:memory:", "Use sqlite:/// and a path, or postgresql://"),
        ("DATABASE_URL", "sqlite:///nowhere/blog.db", "There is no folder nowhere"),
        ("DATABASE_URL", "sqlite:///blog.db\r", "Remove the control characters"),
        ("JWT_SECRET", "quiet\nhorse", "Remove the control characters"),
        ("JWT_SECRET", "quiet\x7f", "Remove the control characters"),
        ("ACCESS_TOKEN_MINUTES", "0", "Input should be greater than or equal to 1"),
        ("BCRYPT_ROUNDS", "3", "Input should be greater than or equal to 4"),
        ("REDIS_URL", "nonsense", "Use redis:// and host, port and number"),
        ("REDIS_URL", "http://ann:hunter2@localhost", "Use redis:// and host, port and number"),
        ("REDIS_URL", "redis://localhost:port", "Use redis:// and host, port and number"),
        ("REDIS_URL", "redis://localhost?x=1", "Use redis:// and host, port and number"),
        ("ADMIN_USERNAME", "Ann Smith", "String should match pattern"),
        ("ADMIN_EMAIL", "ann", "value is not a valid email address"),
        ("ADMIN_PASSWORD", "tiny-pw", "String should have at least 8 characters"),
    ],
)
def test_a_wrong_setting_ends_the_program_with_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit, match=f"^{name}: {message}.*$") as error:
        load_settings()

    assert "hunter2" not in str(error.value)
