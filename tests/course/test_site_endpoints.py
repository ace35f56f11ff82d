"""The block that shows which operations come and go, and what a client of the others notices."""

import json
from pathlib import Path

import pytest

from roadmap.site.api.endpoints import endpoints_html

from .small_course import PAGE, SmallCourse
from .small_openapi import Json, openapi, operation


def block(tmp_path: Path, old: Json, new: Json) -> str:
    """The block on the page of a stage that follows another."""
    course = SmallCourse(tmp_path)
    for stage, document in (("01-one", old), ("02-two", new)):
        course.write(f"docs/generated/{stage}/openapi.json", json.dumps(document))
    course.write("docs/reference/02-two.md", "# Reference\n")
    course.write(PAGE, "# Two\n\n```endpoints\n```\n")
    page = next(page for page in course.pages if page.name == PAGE)
    return endpoints_html(page, page.blocks[0])


def test_the_block_says_what_comes_what_goes_and_what_changes(tmp_path: Path) -> None:
    old = openapi(get_posts=operation(), get_old=operation(summary="Old & slow"))
    new = openapi(get_posts=operation(deprecated=True), get_new=operation(summary="New"))

    html = block(tmp_path, old, new)

    assert '<code>GET /old</code></td><td><span class="badge badge-gone">gone</span>' in html
    assert "Old &amp; slow" in html
    assert '<a href="../../reference/02-two/#get-new"><code>GET /new</code></a>' in html
    assert "What a client may use or ignore" in html
    assert "What a client must change" not in html


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ("abcde", "<td>every operation</td>"),
        ("abcd", '<td>every operation but <a href="../../reference/02-two/#get-e">'),
        ("a", '<td><a href="../../reference/02-two/#get-a"><code>GET /a</code></a></td>'),
    ],
)
def test_the_block_says_where_in_few_words(tmp_path: Path, changed: str, where: str) -> None:
    old = openapi(**{f"get_{name}": operation() for name in "abcde"})
    new = openapi(**{f"get_{name}": operation(deprecated=name in changed) for name in "abcde"})

    assert where in block(tmp_path, old, new)


def test_the_block_has_a_word_for_nothing(tmp_path: Path) -> None:
    same = openapi(get_posts=operation())

    assert block(tmp_path, same, same) == "<p>No endpoint changes in this stage.</p>"
