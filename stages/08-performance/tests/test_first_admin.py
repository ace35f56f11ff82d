import asyncio

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlalchemy.pool import Pool

from app import first_admin, security
from app.first_admin import create_first_admin
from app.main import app
from app.settings import Settings

FORM = {"username": "root", "password": "correct horse"}


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that name a first admin."""
    settings = Settings(
        admin_username="Root", admin_email="root@example.com", admin_password="correct horse"
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
    ("name", "value"), [("admin_username", "ann"), ("admin_email", "ann@example.com")]
)
def test_a_taken_name_or_address_leaves_everything_as_it_is(
    visitor: TestClient,
    client: TestClient,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
) -> None:
    before = visitor.get("/users").json()["items"]
    setattr(settings, name, value)
    monkeypatch.setattr(security, "hash_password", None)

    asyncio.run(create_first_admin())

    assert visitor.get("/users").json()["items"] == before
    assert client.get("/users/me").json()["role"] == "user"


def test_the_next_start_writes_and_hashes_nothing(
    visitor: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(create_first_admin())
    monkeypatch.setattr(security, "hash_password", None)

    asyncio.run(create_first_admin())

    assert [user["id"] for user in visitor.get("/users").json()["items"]] == [1]


def test_no_connection_is_out_while_the_password_is_hashed(
    visitor: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []

    async def hash_password(_password: str) -> str:
        steps.append("hash")
        return "-" * 60

    def note_checkout(*_call: object) -> None:
        steps.append("checkout")

    def note_checkin(*_call: object) -> None:
        steps.append("checkin")

    monkeypatch.setattr(security, "hash_password", hash_password)
    event.listen(Pool, "checkout", note_checkout)
    event.listen(Pool, "checkin", note_checkin)

    asyncio.run(create_first_admin())

    event.remove(Pool, "checkout", note_checkout)
    event.remove(Pool, "checkin", note_checkin)
    assert steps == ["checkout", "checkin", "hash", "checkout", "checkin"]


def test_of_two_processes_that_start_at_once_one_creates_the_admin(
    visitor: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_password = security.hash_password

    async def let_the_other_be_faster(password: str) -> str:
        monkeypatch.setattr(security, "hash_password", hash_password)
        await create_first_admin()
        return await hash_password(password)

    monkeypatch.setattr(security, "hash_password", let_the_other_be_faster)

    asyncio.run(create_first_admin())

    assert [user["username"] for user in visitor.get("/users").json()["items"]] == ["root"]
