"""The terms of the glossary: found in prose, linked at their first use, placed by a proof."""

from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from markdown import Markdown
from mkdocs.config import load_config
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from roadmap.course import Course
from roadmap.site.blocks.glossary import Terms, prove_terms
from roadmap.site.blocks.terms import TermsExtension

from .small_course import SmallCourse

GLOSSARY = """\
# Glossary

**Event loop** { #event-loop }

:   A thread. First in [stage 2](stages/02-two.md).

**Query** { #query }

:   A question. First in [stage 2](stages/02-two.md).

**Query plan** { #query-plan }

:   How a database finds rows. First in [stage 2](stages/02-two.md).

**Route** { #route .everyday }

:   A method and a path. First in [stage 1](stages/01-one.md), used in [stage 2](stages/02-two.md).

**Cost** { #cost data-forms="bcrypt's cost" data-code="ROUNDS" }

:   How slow it is. First in [stage 2](stages/02-two.md).

**`yield`** { #yield }

:   See elsewhere. First in [stage 2](stages/02-two.md).
"""

EVERYTHING = "An event loop, a query, a query plan, a route, `ROUNDS`, `yield`.\n"


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    course = SmallCourse(tmp_path)
    course.write("docs/glossary.md", GLOSSARY)
    course.write("docs/stages/01-one.md", "# One\n\nA route.\n")
    return course


def linked(course: SmallCourse, text: str, page: str = "stages/02-two.md") -> list[str]:
    """The ids and the words of the links on a page, as MkDocs renders it."""
    html = rendered(course, text, page)
    links = fromstring(f"<body>{html}</body>").iterfind(".//a[@class='term']")
    return [f"{a.get('href', '').partition('#')[2]}: {''.join(a.itertext())}" for a in links]


def rendered(course: SmallCourse, text: str, name: str = "stages/02-two.md") -> str:
    course.write(f"docs/{name}", text)
    docs = str(course.root / "docs")
    settings = str(Course().root / "mkdocs.yml")
    extensions = ["attr_list", "def_list", "tables", "admonition", TermsExtension(docs=docs)]
    config = load_config(settings, docs_dir=docs, plugins=[], theme={"name": "mkdocs"})
    config["markdown_extensions"], config["mdx_configs"] = extensions, {}
    files = [File(one, docs, str(course.root / "site"), True) for one in (name, "glossary.md")]
    page = Page(None, files[0], config)
    page.read_source(config)
    page.render(config, Files(files))
    return page.content or ""


def test_the_first_use_is_linked_and_no_other(course: SmallCourse) -> None:
    html = rendered(course, "An event loop.\n\nThe event loop again.\n")

    assert html.count('class="term"') == 1
    assert 'An <a class="term" href="../../glossary/#event-loop">event loop</a>.' in html


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("index.md", "glossary/#event-loop"),
        ("stages/02-two.md", "../../glossary/#event-loop"),
        ("stages/02-two/2-more.md", "../../../glossary/#event-loop"),
    ],
)
def test_a_link_leads_to_the_glossary_from_any_depth(
    course: SmallCourse, page: str, address: str
) -> None:
    assert f'href="{address}"' in rendered(course, "An event loop.\n", page)


@pytest.mark.parametrize(
    "text",
    [
        "# An event loop\n",
        "An [event loop](https://example.com).\n",
        "Code: `event loop`.\n",
        "    event loop\n",
        "| event loop |\n|---|\n| event loop |\n",
        '!!! note "An event loop"\n\n    Text.\n',
        "Event loop\n\n:   Text.\n",
        "Event-loops, eventloop, an event, loop.\n",
        "<p>event loop</p>\n",
    ],
)
def test_headings_links_code_and_tables_have_no_link(course: SmallCourse, text: str) -> None:
    assert linked(course, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Event loops.\n",
        "The *event\nloop*'s thread.\n",
        "- Text.\n- An **event loop**.\n",
        "1. Text.\n\n    An event loop.\n",
        "Term\n\n:   An event loop.\n",
        "!!! note\n\n    An event loop.\n",
        "# An event loop\n\n`event loop`, then an event loop.\n",
    ],
)
def test_paragraphs_lists_and_definitions_have_links(course: SmallCourse, text: str) -> None:
    assert [one.partition(":")[0] for one in linked(course, text)] == ["event-loop"]


def test_the_longest_name_wins(course: SmallCourse) -> None:
    assert linked(course, "A query plan, then a query.\n") == [
        "query-plan: query plan",
        "query: query",
    ]


def test_a_term_that_the_author_has_linked_is_linked(course: SmallCourse) -> None:
    text = "An [event loop](../glossary.md#event-loop). The event loop.\n"

    assert linked(course, text) == []


def test_named_forms_stand_in_place_of_the_name(course: SmallCourse) -> None:
    assert linked(course, "The cost, and bcrypt's cost.\n") == ["cost: bcrypt's cost"]


@pytest.mark.parametrize("code", ["ROUNDS", "ROUNDS=12", "ROUNDS[0]"])
def test_code_that_is_a_term_is_linked(course: SmallCourse, code: str) -> None:
    assert linked(course, f"Here `{code}`.\n") == [f"cost: {code}"]


def test_a_paragraph_has_two_links_and_the_next_term_waits(course: SmallCourse) -> None:
    text = "An event loop, a query, a query plan.\n\nA query plan.\n"

    assert linked(course, text) == [
        "event-loop: event loop", "query: query", "query-plan: query plan",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("page", "links"),
    [
        ("stages/01-one.md", ["route: route"]),
        ("stages/02-two/2-more.md", ["route: route"]),
        ("stages/03-three.md", []),
        ("index.md", []),
    ],
)
def test_an_everyday_term_is_linked_where_its_entry_says(
    course: SmallCourse, page: str, links: list[str]
) -> None:
    assert linked(course, "A route.\n", page) == links


def test_the_glossary_does_not_link_to_itself(course: SmallCourse) -> None:
    assert linked(course, GLOSSARY, "glossary.md") == []


def test_text_that_nobody_says_the_page_of_is_left_alone() -> None:
    assert Markdown(extensions=[TermsExtension()]).convert("A session.") == "<p>A session.</p>"


def test_a_glossary_that_is_right_is_proven(course: SmallCourse) -> None:
    course.write("docs/stages/02-two.md", f"# Two\n\n{EVERYTHING}")

    assert prove_terms(course.pages) == []


@pytest.mark.parametrize(
    ("text", "term", "line"),
    [
        ("A route.\n\n## B\n\nAn\nevent loop.\n", "Event loop", 6),
        ("A route. `yield` it.\n", "`yield`", 1),
        ("A route.\n\n```piece\n- `x` A query.\n```\n", "Query", 4),
        ("A route.\n\n## A query plan\n", "Query plan", 3),
    ],
)
def test_a_term_that_an_earlier_stage_uses_fails(
    course: SmallCourse, text: str, term: str, line: int
) -> None:
    course.write("docs/stages/02-two.md", f"# Two\n\n{EVERYTHING}")
    course.write("docs/stages/01-one.md", text)

    (said,) = prove_terms(course.pages)

    place = f"docs/stages/01-one.md:{line}"
    assert said.startswith("docs/glossary.md:")
    assert said.endswith(f"{term!r} comes first in stage 1, not 2: see {place}")


def test_a_term_that_only_a_later_stage_uses_fails(course: SmallCourse) -> None:
    course.write("docs/stages/02-two.md", f"# Two\n\n{EVERYTHING}")
    course.write("docs/stages/01-one.md", "Nothing.\n")

    (said,) = prove_terms(course.pages)

    assert "'Route' comes first in stage 2, not 1: see docs/stages/02-two.md:3" in said


def test_a_term_that_no_page_uses_fails(course: SmallCourse) -> None:
    course.write("docs/stages/02-two.md", EVERYTHING.replace("event loop", "event"))

    (said,) = prove_terms(course.pages)

    assert "no page uses the term 'Event loop': it was looked for as 'Event loop'" in said


def test_a_term_that_no_stage_uses_is_not_first_in_one(course: SmallCourse) -> None:
    course.write("docs/stages/02-two.md", EVERYTHING.replace("a query plan, ", ""))
    course.write("docs/index.md", "A query plan.\n")

    (said,) = prove_terms(course.pages)

    assert "'Query plan' is not on the page of stage 2, nor of another stage" in said


@pytest.mark.parametrize(
    "text",
    [
        "A route.\n\n## Sources\n\n- The event loop.\n",
        "A route. `event loop`\n",
        "A route. [here](event-loop.md)\n",
    ],
)
def test_sources_code_and_addresses_are_no_use(course: SmallCourse, text: str) -> None:
    course.write("docs/stages/02-two.md", EVERYTHING)
    course.write("docs/stages/01-one.md", text)

    assert prove_terms(course.pages) == []


@pytest.mark.parametrize(
    ("name", "plural"),
    [("Alias", "aliases"), ("Query", "queries"), ("Key", "keys"), ("API", "APIs")],
)
def test_a_term_is_found_in_the_plural(name: str, plural: str) -> None:
    terms = Terms(f"**{name}** {{ #it }}\n\n:   Text.\n")

    assert [term.id for _, _, term in terms.in_text(f"Some {plural} here")] == ["it"]
