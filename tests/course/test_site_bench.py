"""The blocks `bench` and `machine`, and the results that they show."""

import json
import re
from pathlib import Path

import pytest

from roadmap.course import Course, CourseError
from roadmap.site.blocks.bench import bench_html, machine_html
from roadmap.site.blocks.measured import LIMITS, RESULTS, read_results
from roadmap.site.elements import THIN
from roadmap.site.pages import Page, PageError

from .small_course import SmallCourse

MACHINE = {
    "processor": "A <fast> one", "cores": 2, "system": "Linux", "python": "3.11.7",
    "libraries": {"fastapi": "0.165.0", "redis": "8.1.0"}, "rounds": 5, "date": "2026-11-27",
}  # fmt: skip

FOUND: list[tuple[int, str, str, float]] = [
    (1000, "03-small", "one post", 400),
    (1000, "04-one", "one post", 50),
    (1000, "05-two", "one post", 100),
    (1000, "05-two", "page of 20", 40),
    (1000, "05-two", "304", 150),
    (1000, "05-two", "login", 2.5),
    (1000, "05-two, cached", "page of 20", 300),
    (1000, "ASGI", "bytes", 4000),
    (1000, "FastAPI", "bytes", 1000),
    (1000, "FastAPI", "one GET", 600),
    (1000, "FastAPI", "page of 20", 80),
    (1000, "FastAPI", "one post", 200),
    (100_000, "05-two", "one post", 90),
    (100_000, "FastAPI", "one post", 180),
]


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    course = SmallCourse(tmp_path)
    write(course, FOUND)
    return course


def write(course: SmallCourse, found: list[tuple[int, str, str, float]]) -> None:
    """The results of a run that found these requests per second."""
    rest = {"p50": 1234.5, "p99": 56.78, "most": 9.876, "errors": 0, "mib": 100.4}
    rows = [
        {"posts": posts, "subject": subject, "ask": ask, "rps": float(rps), **rest}
        for posts, subject, ask, rps in found
    ]
    course.write(RESULTS, json.dumps({"machine": MACHINE, "found": rows}))


def page(course: SmallCourse, *said: str) -> Page:
    """A page with one `bench` block."""
    body = "\n".join(said)
    course.write("docs/fast.md", f"# Fast\n\n```bench\n{body}\n```\n")
    return next(page for page in course.pages if page.name == "docs/fast.md")


def shown(course: SmallCourse, *said: str) -> str:
    one = page(course, *said)
    return bench_html(one, one.blocks[0])


def bars(html: str) -> list[str]:
    """Each bar's name, and what stands beside it."""
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", html)
    return [": ".join(pair) for pair in zip(texts[::2], texts[1::2], strict=True)]


def rows(html: str) -> list[list[str]]:
    """The cells of the table, row by row."""
    lines = re.findall(r"<tr>(<td>.*?)</tr>", html)
    return [re.findall(r"<td>(.*?)</td>", line) for line in lines]


def test_each_stage_has_a_bar_and_the_limit_comes_last(course: SmallCourse) -> None:
    html = shown(course, "ask: one post", "posts: 1000")

    assert bars(html) == [
        "03-small: 400",
        "04-one: 50.0, ratio 0.25",
        "05-two: 100, ratio 0.50",
        "to compare: FastAPI, one post: 200",
    ]


def test_a_bar_is_as_long_as_its_part_of_the_longest(course: SmallCourse) -> None:
    html = shown(course, "ask: one post", "posts: 1000")

    assert re.findall(r'<rect class="([^"]+)"[^>]* width="([\d.]+)%"', html) == [
        ("bar", "60.00"), ("bar", "7.50"), ("bar", "15.00"), ("bar is-limit", "30.00"),
    ]  # fmt: skip


def test_a_page_from_the_cache_is_compared_with_one_get(course: SmallCourse) -> None:
    html = shown(course, "ask: page of 20")

    assert [row[:4] for row in rows(html)] == [
        ["05-two", "40.0", "0.50", "FastAPI, page of 20"],
        ["05-two, cached", "300", "0.50", "FastAPI, one GET"],
        ["FastAPI, page of 20", "80.0", "", ""],
        ["FastAPI, one GET", "600", "", ""],
    ]


def test_a_304_is_compared_with_one_post_of_the_same_stage(course: SmallCourse) -> None:
    html = shown(course, "ask: 304")

    assert bars(html) == ["05-two: 150, ratio 1.50", "to compare: 05-two, one post: 100"]


def test_the_limits_are_compared_with_each_other(course: SmallCourse) -> None:
    html = shown(course, "ask: bytes")

    assert bars(html) == [f"ASGI: 4{THIN}000", f"FastAPI: 1{THIN}000, ratio 0.25"]


def test_a_stage_on_sqlite_has_no_ratio(course: SmallCourse) -> None:
    html = shown(course, "ask: one post", "posts: 1000")

    assert rows(html)[0][:4] == ["03-small", "400", "", ""]


def test_what_has_no_limit_has_no_ratio(course: SmallCourse) -> None:
    html = shown(course, "ask: login")

    assert bars(html) == ["05-two: 2.50"]
    assert rows(html)[0][2:4] == ["", ""]


def test_a_limit_that_was_not_measured_is_left_out(course: SmallCourse) -> None:
    write(course, FOUND[1:3])

    assert bars(shown(course, "ask: one post")) == ["04-one: 50.0", "05-two: 100"]


def test_the_table_has_times_memory_and_errors(course: SmallCourse) -> None:
    html = shown(course, "ask: login")

    assert rows(html)[0][4:] == [f"1{THIN}234", "56.8", "9.88", "100", "0"]


def test_what_gave_no_answer_says_so_and_has_no_times(course: SmallCourse) -> None:
    write(course, [(1000, "05-two", "304", 1), (1000, "05-two", "one post", 0)])

    html = shown(course, "ask: one post")

    assert bars(html) == ["05-two: no answer"]
    assert rows(html)[0][4:7] == ["", "", ""]
    assert bars(shown(course, "ask: 304"))[0] == "05-two: 1.00"


def test_a_screen_reader_reads_the_bars(course: SmallCourse) -> None:
    html = shown(course, "ask: 304")

    title = f"304, 1{THIN}000 posts in the database: requests per second"
    assert f"<title>{title}</title>" in html
    assert f'role="img" aria-label="{title}. 05-two: 150, ratio 1.50; to compare: ' in html


def test_without_posts_each_size_that_was_measured_is_shown(course: SmallCourse) -> None:
    html = shown(course, "ask: one post")

    assert re.findall(r"<figcaption>one post, (.+?) posts", html) == [
        f"1{THIN}000", f"100{THIN}000",
    ]  # fmt: skip


def test_posts_choose_one_size_and_its_own_limit(course: SmallCourse) -> None:
    html = shown(course, "ask: one post", "posts: 100000")

    assert bars(html) == ["05-two: 90.0, ratio 0.50", "to compare: FastAPI, one post: 180"]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (["ask: pages of 20"], r"no `ask: pages of 20` in bench/results\.json: did you mean `page"),
        (["ask: x"], r"write one of one post, page of 20, 304, login, bytes, one GET$"),
        ([], r"there is no `ask: ` in bench/results\.json: write one of one post"),
        (["ask: login", "posts: 10000"], r"no `posts: 10000` in .*: did you mean `1000`\?"),
        (["ask: one post", "posts: 7"], r"write one of 1000, 100000$"),
        (["ask: login", "post: 1000"], r"a `bench` block knows no 'post': did you mean `posts`"),
    ],
)
def test_what_was_not_measured_stops_the_build_with_the_near_misses(
    course: SmallCourse, said: list[str], message: str
) -> None:
    with pytest.raises(PageError, match=rf"^docs/fast\.md:\d: .*{message}"):
        shown(course, *said)


def test_a_row_that_is_there_twice_stops_the_build(course: SmallCourse) -> None:
    write(course, [*FOUND, FOUND[1]])

    with pytest.raises(CourseError, match="has '04-one' with 'one post' at 1000 posts twice"):
        shown(course, "ask: login")


def test_the_machine_is_told_with_versions_and_date(course: SmallCourse) -> None:
    one = page(course)

    html = machine_html(one, one.blocks[0])

    assert "<dd>A &lt;fast&gt; one, 2 cores</dd>" in html
    assert "<dd>fastapi 0.165.0, redis 8.1.0</dd>" in html
    assert "<dd>2026-11-27</dd>" in html


def test_every_limit_was_measured_by_the_last_run() -> None:
    asks = {(row.subject, row.ask) for row in read_results(Course()).rows}

    assert {limit for limit in LIMITS.values() if limit[0] != "itself"} <= asks


def test_the_benchmark_page_shows_every_ask_of_the_last_run() -> None:
    course = Course()
    benchmark = Page.read(course, course.root / "docs" / "benchmark.md")
    html = "".join(bench_html(benchmark, block) for block in benchmark.of("bench"))

    asks = {row.ask for row in read_results(course).rows}
    assert [ask for ask in sorted(asks) if ask not in html] == []


def test_no_figure_of_the_benchmark_page_is_typed_by_hand() -> None:
    course = Course()
    benchmark = Page.read(course, course.root / "docs" / "benchmark.md")
    prose = " ".join(line for _, line in benchmark.prose)

    assert re.findall(r"\d[\d., ]* ?(?:ms|s|µs|MiB|requests|posts|rps|%)(?!\w)", prose) == []
