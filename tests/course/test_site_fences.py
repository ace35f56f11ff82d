"""The custom fences, rendered as `mkdocs.yml` has them."""

from pathlib import Path

import pytest
from markdown import Markdown
from pymdownx.superfences import SuperFencesException  # type: ignore[import-untyped]

from roadmap.course import Course
from roadmap.site import fences
from roadmap.site.pages import KINDS

from .small_course import PAGE, WHOLE, SmallCourse

TASKS = "## Stage 2 — Two\n- [ ] Be polite {#polite}\n"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallCourse:
    monkeypatch.setattr(fences, "Course", lambda: Course(tmp_path))
    course = SmallCourse(tmp_path)
    course.write("tasks.nd", TASKS)
    return course


def rendered(course: SmallCourse, text: str) -> str:
    """The page of stage 2 with this text, as HTML."""
    course.write(PAGE, text)
    custom = [
        {"name": kind, "class": kind, "validator": fences.validate, "format": fences.render}
        for kind in KINDS
    ]
    superfences = {"pymdownx.superfences": {"custom_fences": custom}}
    return Markdown(extensions=["pymdownx.superfences"], extension_configs=superfences).convert(
        text
    )


def test_a_page_knows_its_stage_by_its_name(course: SmallCourse) -> None:
    html = rendered(course, WHOLE)

    assert html.count('<figure class="piece') == 3
    assert "a new file, empty" in html


def test_a_mistake_stops_the_build_with_page_and_line(course: SmallCourse) -> None:
    with pytest.raises(
        SuperFencesException, match=r"^docs/stages/02-two\.md:3: there is no 'gret'"
    ):
        rendered(course, "# Two\n\n```piece\nfile: app/main.py\nsymbol: gret\n```\n")


def test_an_unknown_page_stops_the_build(course: SmallCourse) -> None:
    course.write(PAGE, "# Another\n")

    with pytest.raises(SuperFencesException, match="this page is not below docs/"):
        Markdown(
            extensions=["pymdownx.superfences"],
            extension_configs={
                "pymdownx.superfences": {
                    "custom_fences": [{"name": "tasks", "class": "tasks", "format": fences.render}]
                }
            },
        ).convert("# Two\n\n```tasks\n```\n")


def test_the_changed_files_lead_to_their_pieces(course: SmallCourse) -> None:
    html = rendered(course, f"```changes\n```\n\n{WHOLE}")

    assert '<a href="#app-main-py-imports">imports</a>, <a href="#app-main-py">the rest</a>' in html
    assert "+11" in html


def test_the_tasks_are_those_of_the_stage(course: SmallCourse) -> None:
    html = rendered(course, "# Two\n\n```tasks\n```\n")

    assert "Be polite <code>polite</code>" in html


def test_a_snippet_is_the_code_of_a_stage(course: SmallCourse) -> None:
    html = rendered(course, "```snippet\nstage: 01-one\nfile: app/main.py\nsymbol: part\n```\n")

    assert "bye" in html
    assert "hello" not in html


def test_a_console_is_shown_as_it_was_typed(course: SmallCourse) -> None:
    html = rendered(course, '```console server="before"\n$ curl <x>\n{"a": 1}\n```\n')

    assert "&lt;x" in html
    assert "against stage 01-one" in html


def test_blocks_with_one_text_are_told_apart_by_their_options(course: SmallCourse) -> None:
    html = rendered(course, '```console\n$ curl\n```\n\n```console server="before"\n$ curl\n```\n')

    assert html.count("against stage 01-one") == 1


def test_a_diagram_marks_what_is_new_and_can_be_read_aloud(course: SmallCourse) -> None:
    html = rendered(
        course, "```diagram\ntitle: A way\nclient -> +app/a.py\napp/a.py: answers\n```\n"
    )

    assert html.count('role="img"') == 2
    assert "client, then new: app/a.py (answers)." in html


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("```diagram\nclient -> a\n```", "a diagram needs `title: …`"),
        ("```diagram\ntitle: A\nx -> b\ny: note\n```", "no arrow leads to 'y'"),
        ("```checkpoint\n```", "a checkpoint names the tests that pass"),
        ("```checkpoint\ntests/test_x.py\n```", "there is no tests/test_x.py in 02-two"),
        ("```snippet\nfile: app/x.py\n```", "there is no file 'app/x.py' in 02-two"),
        ("```snippet\nfile: app/main.py\nsymbol: x\n```", "there is no 'x' in app/main.py"),
        ("```snippet\nstage: 9\nfile: a\n```", "there is no stage '9'"),
        ('```tasks all="true"\n```', "a `tasks` block has no options"),
        ('```console sever="before"\n$ curl\n```', "a console has no option 'sever'"),
        ('```console server="after"\n$ curl\n```', "a console talks to"),
        ('```console env="A"\n$ curl\n```', "`env` is written"),
        ("```settings\n```", r"docs/generated/01-one\.json is missing: run `nox -s docs"),
    ],
)
def test_a_block_that_cannot_be_shown_stops_the_build(
    course: SmallCourse, block: str, message: str
) -> None:
    with pytest.raises(SuperFencesException, match=message):
        rendered(course, f"# Two\n\n{block}\n")


def test_the_map_leads_to_the_first_piece_of_a_change(course: SmallCourse) -> None:
    course.write("docs/map.md", "# Map\n\n```map\n```\n")
    page = next(page for page in course.pages if page.name == "docs/map.md")

    html = fences.RENDERED["map"](page, page.blocks[0])

    assert '<a href="../stages/02-two/#app-main-py-imports">' in html
    assert "<td>same</td>" in html


def test_mkdocs_knows_every_block() -> None:
    settings = (Course().root / "mkdocs.yml").read_text(encoding="utf-8")

    assert [kind for kind in sorted(KINDS) if f"name: {kind}" not in settings] == []


def test_what_a_block_shows_is_known_for_every_kind() -> None:
    assert {"piece", *fences.RENDERED} == KINDS
