import asyncio

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr, ValidationError

from app import first_admin
from app.first_admin import create_first_admin
from app.main import app
from app.settings import Settings

FORM = {"username": "root", "password": "correct horse"}


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that name a first admin."""
    settings = Settings(
        admin_username="Root",
        admin_email="root@example.com",
        admin_password=SecretStr("correct horse"),
    )
    monkeypatch.setattr(first_admin, "settings", settings)
    return settings


def test_the_first_admin_is_there_when_the_server_starts(
    visitor: TestClient, settings: Settings
) -> None:
    with TestClient(app, base_url=str(visitor.base_url)) as restarted:
        token = restarted.post("/auth/token", data=FORM).json()["access_token"]
        me = restarted.get("/users/me", headers={"Authorization": f"Bearer {token}"})

    assert me.json()["role"] == "admin"


@pytest.mark.parametrize("name", ["admin_username", "admin_email", "admin_password"])
def test_nobody_is_made_while_a_setting_is_missing(
    visitor: TestClient, settings: Settings, name: str
) -> None:
    setattr(settings, name, None)

    asyncio.run(create_first_admin())

    assert visitor.get("/users").json()["items"] == []


@pytest.mark.parametrize(
    ("name", "value"), [("admin_username", "ann"), ("admin_email", "ANN@example.com")]
)
def test_a_taken_name_or_address_leaves_everything_as_it_is(
    visitor: TestClient, client: TestClient, settings: Settings, name: str, value: str
) -> None:
    before = visitor.get("/users").json()["items"]
    setattr(settings, name, value)

    asyncio.run(create_first_admin())

    assert visitor.get("/users").json()["items"] == before
    assert client.get("/users/me").json()["role"] == "user"


def test_settings_of_one_who_could_not_sign_up_are_an_error_that_hides_the_password(
    visitor: TestClient, settings: Settings
) -> None:
    settings.admin_password = SecretStr("tiny-pw")

    with pytest.raises(ValidationError) as caught:
        asyncio.run(create_first_admin())

    assert "password" in str(caught.value)
    assert "tiny-pw" not in str(caught.value)
