import pytest
from fastapi.testclient import TestClient


@pytest.fixture
def five(client: TestClient) -> TestClient:
    """Ann's client, when she has written five posts, one of them a draft."""
    for number in range(5):
        body = {"title": f"Post {number}", "content": "World", "published": number != 2}
        client.post("/posts", json=body | {"tags": ["python", "web"]})
    return client


def test_a_page_says_how_much_there_is(five: TestClient) -> None:
    page = five.get("/posts?page=2&size=3").json()

    assert [post["id"] for post in page.pop("items")] == [1]
    assert page == {"page": 2, "size": 3, "total": 4, "pages": 2}


@pytest.mark.parametrize(
    ("path", "total", "pages"),
    [
        ("/posts", 4, 1),
        ("/posts?size=2", 4, 2),
        ("/posts?size=3", 4, 2),
        ("/posts?tag=nothing", 0, 0),
        ("/posts?page=9", 4, 1),
        ("/users/me/posts?size=2", 5, 3),
        ("/users?size=1", 1, 1),
        ("/users?size=1&page=2", 1, 1),
    ],
)
def test_pages_are_counted(five: TestClient, path: str, total: int, pages: int) -> None:
    page = five.get(path).json()

    assert (page["total"], page["pages"]) == (total, pages)


@pytest.mark.parametrize(
    ("query", "others"),
    [
        ("page=1&size=1", {"first": 1, "next": 2, "last": 4}),
        ("page=2&size=1", {"first": 1, "prev": 1, "next": 3, "last": 4}),
        ("page=4&size=1", {"first": 1, "prev": 3, "last": 4}),
        ("page=9&size=1", {"first": 1, "prev": 4, "last": 4}),
        ("page=1&size=4", {"first": 1, "last": 1}),
        ("page=3&tag=nothing", {"first": 1, "prev": 1, "last": 1}),
    ],
)
def test_a_header_links_to_the_other_pages(
    five: TestClient, query: str, others: dict[str, int]
) -> None:
    links = five.get(f"/posts?{query}").links

    pages = {
        name: five.get(f"http://testserver{link['url']}").json()["page"]
        for name, link in links.items()
    }
    assert pages == others


def test_a_link_keeps_what_else_was_asked_for(five: TestClient) -> None:
    links = five.get("/posts?tag=python&tag=web&sort=title&size=1").links

    assert links["next"]["url"] == "/api/v1/posts?size=1&tag=python&tag=web&sort=title&page=2"


def test_all_users_are_counted(five: TestClient, bob: TestClient) -> None:
    page = five.get("/users?size=1").json()

    assert (page["total"], page["pages"]) == (2, 2)


def test_a_link_does_not_repeat_what_the_route_does_not_know(five: TestClient) -> None:
    links = five.get(f"/posts?size=1&page=2&x={'y' * 1000}&page=1").links

    assert links["next"]["url"] == "/api/v1/posts?size=1&page=2"


def test_links_of_ones_own_posts_and_of_users_lead_to_them(five: TestClient) -> None:
    posts, users = five.get("/users/me/posts?size=1"), five.get("/users?size=1")

    assert posts.links["next"]["url"] == "/api/v1/users/me/posts?size=1&page=2"
    assert users.links["last"]["url"] == "/api/v1/users?size=1&page=1"


def test_a_post_shows_its_author(five: TestClient) -> None:
    user = five.get("/users/1").json()

    assert user.keys() == {"id", "username", "created_at"}
    assert five.get("/posts/1").json()["author"] == user
    assert {post["author"]["id"] for post in five.get("/posts").json()["items"]} == {1}
