"""The custom fences, rendered as `mkdocs.yml` has them."""

from pathlib import Path

import pytest
from markdown import Markdown
from mkdocs.config import load_config
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pymdownx.superfences import SuperFencesException  # type: ignore[import-untyped]

from roadmap.course import Course
from roadmap.site.blocks import fences
from roadmap.site.pages import KINDS, PageError

from .small_course import PAGE, WHOLE, SmallCourse

TASKS = "## Stage 2 — Two\n- [ ] Be polite {#polite}\n"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallCourse:
    monkeypatch.setattr(fences, "Course", lambda: Course(tmp_path))
    course = SmallCourse(tmp_path)
    course.write("tasks.nd", TASKS)
    return course


def rendered(course: SmallCourse, text: str) -> str:
    """The page of stage 2 with this text, as MkDocs renders it with the settings of the site."""
    course.write(PAGE, text)
    docs = course.root / "docs"
    settings = str(Course().root / "mkdocs.yml")
    config = load_config(settings, docs_dir=str(docs), plugins=[], theme={"name": "mkdocs"})
    file = File(PAGE.removeprefix("docs/"), str(docs), str(course.root / "site"), True)
    page = Page(None, file, config)
    page.read_source(config)
    page.render(config, Files([file]))
    return page.content or ""


def test_a_page_knows_its_stage_by_its_name(course: SmallCourse) -> None:
    html = rendered(course, WHOLE)

    assert html.count('<figure class="piece') == 3
    assert "a new file, empty" in html


def test_a_mistake_stops_the_build_with_page_and_line(course: SmallCourse) -> None:
    with pytest.raises(
        SuperFencesException, match=r"^docs/stages/02-two\.md:3: there is no 'gret'"
    ):
        rendered(course, "# Two\n\n```piece\nfile: app/main.py\nsymbol: gret\n```\n")


def test_two_pages_of_one_text_are_told_apart(course: SmallCourse) -> None:
    course.write("docs/another.md", "# Two\n\n```tasks\n```\n")

    assert "Be polite" in rendered(course, "# Two\n\n```tasks\n```\n")


def test_blocks_of_one_text_follow_each_other(course: SmallCourse) -> None:
    snippet = "```snippet\nstage: 01-one\nfile: app/main.py\nsymbol: part\n```\n"
    inside = "    ".join(["- In a list:\n\n", *snippet.splitlines(keepends=True)])

    assert rendered(course, f"{snippet}\n{inside}\n{snippet}").count("bye") == 3


def test_a_block_in_another_fence_is_text(course: SmallCourse) -> None:
    html = rendered(course, "````text\n```tasks\n```\n````\n\n```tasks\n```\n")

    assert html.count("Be polite") == 1


def test_a_block_that_is_not_the_one_in_the_file_stops_the_build(
    course: SmallCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    course.write(PAGE, "# Two\n\n```snippet\nfile: app/main.py\n```\n")
    monkeypatch.setattr(course, "write", lambda *_: None)
    monkeypatch.setattr(
        Page, "read_source", lambda page, _: setattr(page, "markdown", "```tasks\n```\n")
    )

    with pytest.raises(SuperFencesException, match=r"`tasks` block 1 is not the one in the file"):
        rendered(course, "")


def test_markdown_without_mkdocs_is_refused() -> None:
    custom = [{"name": "tasks", "class": "tasks", "format": fences.render}]
    settings = {"pymdownx.superfences": {"custom_fences": custom}}
    markdown = Markdown(extensions=["pymdownx.superfences"], extension_configs=settings)

    with pytest.raises(SuperFencesException, match="nothing says which page this is"):
        markdown.convert("```tasks\n```\n")


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


def test_a_script_is_shown_whole(course: SmallCourse) -> None:
    course.write("docs/scripts/02-two/trial.py", "print(1)\n\nprint(2)\n")

    html = rendered(course, "```script\ntrial.py\n```\n")

    assert "<code>trial.py</code> <span>a script: save it in your folder</span>" in html
    assert html.count('class="line"') == 3


def test_a_console_is_shown_as_it_was_typed(course: SmallCourse) -> None:
    html = rendered(course, '```console server="before"\n$ curl "<x>:8000"\n{"a": 1}\n```\n')

    assert "&lt;x" in html
    assert "Asks stage 1:" in html


def test_blocks_with_one_text_are_told_apart_by_their_options(course: SmallCourse) -> None:
    ask = "$ curl 127.0.0.1:8000"
    html = rendered(course, f'```console\n{ask}\n```\n\n```console server="before"\n{ask}\n```\n')

    assert html.count("Asks stage 1:") == 1


def test_a_diagram_marks_what_is_new_and_can_be_read_aloud(course: SmallCourse) -> None:
    html = rendered(
        course, "```diagram\ntitle: A way\nclient -> +app/a.py\napp/a.py: answers\n```\n"
    )

    assert 'role="img" aria-label="A way: client, then new: app/a.py (answers)."' in html
    assert html.count('<div class="box is-new">') == 1
    assert html.count('<div class="box') == 2


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("```diagram\nclient -> a\n```", "a diagram needs `title: …`"),
        ("```diagram\ntitle: A\nx -> b\ny: note\n```", "no arrow leads to 'y'"),
        ("```checkpoint\n```", "a checkpoint names the tests that pass"),
        ("```checkpoint\ntests/test_x.py\n```", "there is no tests/test_x.py in 02-two"),
        ("```snippet\nfile: app/x.py\n```", "there is no file 'app/x.py' in 02-two"),
        ("```snippet\nfile: app/main.py\nsymbol: x\n```", "there is no 'x' in app/main.py"),
        ("```script\ntrial.py\n```", "there is no 'trial.py' in docs/scripts/02-two"),
        ("```snippet\nstage: 9\nfile: a\n```", "there is no stage '9'"),
        ('```tasks all="true"\n```', "a `tasks` block has no options"),
        ('```console sever="before"\n$ curl\n```', "a console has no option 'sever'"),
        ('```console server="after"\n$ curl\n```', "a console talks to"),
        ('```console env="A"\n$ curl\n```', "`env` is written"),
        ("```bench\nask: x\n```", r"bench/results\.json is missing: run `uvx nox -s bench`"),
        ("```settings\n```", r"docs/generated/01-one/settings\.json is missing: run `nox -s docs"),
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


def test_a_mistake_of_the_course_itself_stops_the_build(
    course: SmallCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(fences.RENDERED, "tasks", lambda *_: dict[str, str]()["nothing"])

    with pytest.raises(SuperFencesException, match="a `tasks` block cannot be shown: KeyError"):
        rendered(course, "```tasks\n```\n")


def test_a_piece_on_a_page_without_a_stage_stops_the_build(course: SmallCourse) -> None:
    course.write("docs/about.md", piece := "```piece\nfile: app/main.py\n```\n")
    about = next(page for page in course.pages if page.name == "docs/about.md")
    rendering = fences._Rendering(about)

    with pytest.raises(PageError, match=r"^docs/about\.md:1: this page tells no stage"):
        rendering.piece(rendering.next("piece", piece.split("\n", 1)[1][:-5]))
