import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import etags
from app.etags import etag_of, matches
from app.schemas import Post

BODY = {"title": "Bye", "content": "Moon"}


def etag(client: TestClient) -> str:
    return client.get("/posts/1").headers["ETag"]


def test_an_etag_is_strong_and_stays_while_the_post_does(
    client: TestClient, visitor: TestClient, post: dict[str, Any]
) -> None:
    assert etag(client) == etag(client) == etag(visitor)
    assert etag(client)[0] == etag(client)[-1] == '"'


@pytest.mark.parametrize(
    "change", [{"title": "Bye"}, {"content": "Moon"}, {"tags": ["web"]}, {"published": False}]
)
def test_an_etag_changes_with_what_is_shown(
    client: TestClient, post: dict[str, Any], change: dict[str, Any]
) -> None:
    before = etag(client)

    client.patch("/posts/1", json=change)

    assert etag(client) != before


def test_fifty_posts_have_fifty_etags(post: dict[str, Any]) -> None:
    posts = [Post(**post | {"title": f"Post {number}"}) for number in range(50)]

    found = {etag_of(post) for post in posts}

    assert len(found) == 50
    assert min(map(len, found)) >= 34


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"other",{},W/"third"', "*"])
def test_who_has_the_post_already_gets_304(
    client: TestClient, post: dict[str, Any], form: str
) -> None:
    header = {"If-None-Match": form.format(etag(client))}

    response = client.get("/posts/1", headers=header)

    assert response.status_code == 304
    assert response.content == b""
    assert response.headers["ETag"] == etag(client)


def test_several_headers_of_one_name_are_one_list(client: TestClient, post: dict[str, Any]) -> None:
    headers = [("If-None-Match", '"other"'), ("If-None-Match", etag(client))]

    assert client.get("/posts/1", headers=headers).status_code == 304


@pytest.mark.parametrize("header", ['"other"', "", "nonsense", '"', 'W/"other"', '"*"'])
def test_who_has_something_else_gets_the_post(
    client: TestClient, post: dict[str, Any], header: str
) -> None:
    response = client.get("/posts/1", headers={"If-None-Match": header})

    assert response.status_code == 200
    assert response.json()["title"] == "Hello"


def test_what_is_not_there_is_404_whatever_the_client_has(client: TestClient) -> None:
    assert client.get("/posts/9", headers={"If-None-Match": "*"}).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_write_with_the_right_etag_succeeds(
    client: TestClient, post: dict[str, Any], method: str
) -> None:
    header = {"If-Match": f'"other", {etag(client)}'}

    response = client.request(method, "/posts/1", json=BODY, headers=header)

    assert response.status_code in (200, 204)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("form", ['"other"', "W/{}", "nonsense"])
def test_a_write_on_something_else_is_412_and_changes_nothing(
    client: TestClient, post: dict[str, Any], method: str, form: str
) -> None:
    header = {"If-Match": form.format(etag(client))}

    response = client.request(method, "/posts/1", json=BODY, headers=header)

    assert response.status_code == 412
    assert response.json()["title"] == "Precondition Failed"
    assert client.get("/posts/1").json()["title"] == "Hello"


def test_of_two_writers_with_one_etag_one_succeeds(
    client: TestClient, post: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    header = {"If-Match": etag(client)}

    def match_slowly(*headers: Any, **how: Any) -> bool:
        time.sleep(0.2)  # so that the other one is here before this one writes
        return matches(*headers, **how)

    def write(title: str) -> int:
        body = {"title": title}
        return client.patch("/posts/1", json=body, headers=header).status_code

    monkeypatch.setattr(etags, "matches", match_slowly)
    with ThreadPoolExecutor() as threads:
        statuses = threads.map(write, ["One", "The other"])

    assert sorted(statuses) == [200, 412]


def test_a_star_means_that_there_is_a_post(client: TestClient, post: dict[str, Any]) -> None:
    header = {"If-Match": "*"}

    assert client.patch("/posts/1", json={"title": "Bye"}, headers=header).status_code == 200
    assert client.patch("/posts/9", json={"title": "Bye"}, headers=header).status_code == 404


def test_403_comes_before_412_and_412_before_422(
    client: TestClient, bob: TestClient, post: dict[str, Any]
) -> None:
    header = {"If-Match": '"other"'}

    assert bob.patch("/posts/1", json={}, headers=header).status_code == 403
    assert bob.delete("/posts/1", headers=header).status_code == 403
    assert client.patch("/posts/1", json={"title": ""}, headers=header).status_code == 412


def test_an_admin_has_to_know_what_is_deleted_too(admin: TestClient, post: dict[str, Any]) -> None:
    assert admin.delete("/posts/1", headers={"If-Match": '"other"'}).status_code == 412


def test_an_image_can_have_a_condition_too(client: TestClient, post: dict[str, Any]) -> None:
    response = client.post("/posts/1/image", files={"file": b"x"}, headers={"If-Match": '"other"'})

    assert response.status_code == 415


@pytest.mark.parametrize(
    ("headers", "weak", "expected"),
    [
        (['"a"'], True, True),
        (['W/"a"'], True, True),
        (['W/"a"'], False, False),
        (['"b"', 'W/"x", "a"'], False, True),
        ([" * "], False, True),
        (["a"], True, False),
        (['w/"a"'], True, False),
        (['x"a"'], False, False),
        (['"b, "a"'], True, False),
    ],
)
def test_the_comparisons_of_rfc_9110(headers: list[str], weak: bool, expected: bool) -> None:
    assert matches(headers, '"a"', weak=weak) is expected
