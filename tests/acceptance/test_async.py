"""How the app asks its database: asynchronously, seldom, and done before it answers."""

import pytest

from .blog import Blog, Body, kind
from .probing import Probe
from .rules import rule, slow

POST = {"title": "A title", "content": "Some content."}


@pytest.fixture(scope="module")
def endpoints(probe: Probe) -> Body:
    """Which functions answer, and with what kind of session."""
    return probe("endpoints")


@slow
@rule(4, "async-database")
def test_every_path_operation_is_a_coroutine(blog: Blog, endpoints: Body) -> None:
    operations = {f"{method} {blog.prefix}{path}" for method, path in blog.operations()}

    asynchronous = {name for name, is_async in endpoints["endpoints"].items() if is_async}

    assert operations - asynchronous == set()


@slow
@rule(4, "async-database")
def test_get_db_yields_an_asynchronous_session(endpoints: Body) -> None:
    assert endpoints["async_session"] is True


@slow
@rule(4, "async-database")
def test_a_write_is_committed_and_its_connection_free_before_the_answer_begins(
    blog: Blog, probe: Probe
) -> None:
    posts = f"{blog.prefix}/posts"
    requests = [
        {"method": "POST", "path": posts, "body": POST | {"tags": ["new"]}},
        {"method": "PUT", "path": f"{posts}/1", "body": POST},
        {"method": "PATCH", "path": f"{posts}/1", "body": {"tags": ["newer"]}},
        {"method": "DELETE", "path": f"{posts}/1"},
        {"method": "POST", "path": f"{blog.prefix}/users", "body": blog.sign_up_body()},
    ]

    found = probe("answers", prefix=blog.prefix, person=blog.sign_up_body(), requests=requests)

    states = [
        (kind(answer["status"]), answer["committed"], answer["held"]) for answer in found.values()
    ]
    assert states == [(200, True, 0)] * 5


@slow
@rule(4, "async-database")
def test_a_read_gives_its_connection_back_before_the_answer_begins(
    blog: Blog, probe: Probe
) -> None:
    paths = ["/posts", "/posts/2147483647", "/users", "/users/1", "/users/me", "/users/me/posts"]
    requests = [{"method": "GET", "path": blog.prefix + path} for path in paths]

    found = probe("answers", prefix=blog.prefix, person=blog.sign_up_body(), requests=requests)

    states = [(answer["status"], answer["held"]) for answer in found.values()]
    assert states == [(status, 0) for status in (200, 404, 200, 200, 200, 200)]


@slow
@rule(4, "post-queries")
def test_a_list_takes_as_many_statements_for_20_posts_as_for_one(blog: Blog, probe: Probe) -> None:
    queries = ["/posts?size=20", "/posts?tag=all&sort=-title", "/users/me/posts?size=20"]

    seen = probe("statements", prefix=blog.prefix, person=blog.sign_up_body(), queries=queries)

    assert [one["posts"] for one in seen["of 1"]] == [1] * 3
    assert [one["posts"] for one in seen["of 20"]] == [20] * 3
    counts = [one["statements"] for one in seen["of 1"]]
    assert [one["statements"] for one in seen["of 20"]] == counts


# The tables


@pytest.fixture(scope="module")
def tables(probe: Probe) -> Body:
    """The tables as the database has them, by name."""
    return probe("schema")


def table_of_posts(tables: Body) -> str:
    """What the table that has titles and slugs is called."""
    names = [
        name for name, table in tables.items() if {"title", "slug"} <= table["nullable"].keys()
    ]
    assert len(names) == 1, f"{len(names)} tables have a title and a slug: {dict(tables)}"
    return str(names[0])


@slow
@rule(4, "slug-column")
def test_the_database_itself_keeps_slugs_unique(tables: Body) -> None:
    posts = tables[table_of_posts(tables)]

    assert posts["nullable"]["slug"] is False
    assert ["slug"] in posts["unique"]


@slow
@rule(4, "posts-tags-table")
def test_a_table_of_its_own_joins_posts_and_tags(tables: Body) -> None:
    posts = table_of_posts(tables)
    users = tables[posts]["refers_to"]

    joins = [
        name
        for name, table in tables.items()
        if posts in table["refers_to"] and set(table["refers_to"]) - {posts, *users}
    ]

    assert joins, f"no table refers to {posts} and to tags: {dict(tables)}"
