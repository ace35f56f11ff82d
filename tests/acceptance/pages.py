"""Lists as stage 5 has them: a page in an envelope, and links to the other pages."""

from itertools import count

import httpx2

from .blog import Blog, Body, expect, parsed, told
from .links import links_of

ENVELOPE = {"items", "page", "size", "total", "pages"}
MOST_PAGES = 1000


def envelope(response: httpx2.Response) -> Body:
    """The envelope that the response is, and nothing else."""
    body = parsed(expect(response, 200))
    assert isinstance(body, Body), f"this is no envelope: {told(response)}"
    assert set(body) == ENVELOPE, f"this is no envelope: {told(response)}"
    assert isinstance(body["items"], list), f"the items are no array: {told(response)}"
    numbers = [body[name] for name in sorted(ENVELOPE - {"items"})]
    assert {type(number) for number in numbers} == {int}, f"no numbers: {told(response)}"
    return body


def read(blog: Blog, path: str) -> Body:
    """The envelope at a path below the prefix."""
    return envelope(blog.request("GET", path))


def linked_pages(blog: Blog, path: str) -> dict[str, int]:
    """The number of the page that each link of this one leads to."""
    response = blog.request("GET", path)
    assert envelope(response) is not None
    return {
        relation: envelope(blog.http.get(url, headers=blog.headers))["page"]
        for relation, url in links_of(response).items()
    }


def walk(blog: Blog, path: str, relation: str) -> list[Body]:
    """This page and all that one comes to by following `relation`."""
    response, found = blog.request("GET", path), []
    for number in count(1):
        assert number <= MOST_PAGES, f"{relation} leads round and round"
        found.append(envelope(response))
        links = links_of(response)
        if relation not in links:
            break
        response = blog.http.get(links[relation], headers=blog.headers)
    return found
