"""The blocks `bench` and `machine`: what the benchmark measured, as bars and a table, and where."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from roadmap.site.blocks.bars import Bar, bars_svg
from roadmap.site.blocks.measured import RESULTS, Results, Row, read_results
from roadmap.site.elements import THIN, table
from roadmap.site.pages import Block, Page, near

HEADS = [
    "App", "Requests/s", "Ratio", "Compared with", "p50, ms", "p99, ms", "Longest, ms", "MiB",
    "Errors",
]  # fmt: skip
NO_ANSWER = "no answer"


def bench_html(page: Page, block: Block) -> str:
    """Bars and a table for one ask, with `posts` rows or else for every size that was measured."""
    said = block.fields("ask", "posts")
    results = read_results(page.course)
    ask = _one_of([row.ask for row in results.rows], said.get("ask", ""), "ask", block)
    sizes = list(dict.fromkeys(row.posts for row in results.rows if row.ask == ask))
    if "posts" in said:
        sizes = [int(_one_of([str(size) for size in sizes], said["posts"], "posts", block))]
    return "".join(_figure(results, ask, posts) for posts in sizes)


def machine_html(page: Page, _: Block) -> str:
    """What the benchmark ran on, with which versions, and when."""
    machine: Mapping[str, Any] = read_results(page.course).machine
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items())
    told = {
        "Processor": f"{machine['processor']}, {machine['cores']} cores",
        "System": machine["system"],
        "Python": machine["python"],
        "Libraries": libraries,
        "Rounds": machine["rounds"],
        "Measured on": machine["date"],
    }
    items = "".join(f"<dt>{name}</dt><dd>{escape(str(text))}</dd>" for name, text in told.items())
    return f'<dl class="machine">{items}</dl>'


def _one_of(there: Sequence[str], wanted: str, name: str, block: Block) -> str:
    if wanted not in there:
        known = list(dict.fromkeys(there))
        hint = near(wanted, known) or f"write one of {', '.join(known)}"
        raise block.error(f"there is no `{name}: {wanted}` in {RESULTS}: {hint}")
    return wanted


def _figure(results: Results, ask: str, posts: int) -> str:
    rows = results.about(ask, posts)
    limits = dict.fromkeys(filter(None, map(results.limit_of, rows)))
    others = [limit for limit in limits if limit not in rows]
    title = f"{ask}, {_number(posts)} posts in the database: requests per second"
    bars = [Bar(row.subject, row.rps, _beside(results, row), is_limit=False) for row in rows]
    bars += [Bar(f"to compare: {_name(row)}", row.rps, _rps(row), is_limit=True) for row in others]
    cells = [[escape(row.subject), _rps(row), *_ratio(results, row), *_rest(row)] for row in rows]
    cells += [[escape(_name(row)), _rps(row), "", "", *_rest(row)] for row in others]
    return (
        f'<figure class="bench"><figcaption>{escape(title)}</figcaption>{bars_svg(title, bars)}'
        f"{table(title, HEADS, cells, 'computed bench')}</figure>"
    )


def _beside(results: Results, row: Row) -> str:
    ratio = results.ratio(row)
    return _rps(row) if ratio is None else f"{_rps(row)}, ratio {ratio:.2f}"


def _ratio(results: Results, row: Row) -> list[str]:
    limit, ratio = results.limit_of(row), results.ratio(row)
    return ["" if ratio is None else f"{ratio:.2f}", escape(_name(limit)) if limit else ""]


def _rest(row: Row) -> list[str]:
    times = [_number(time) if row.rps else "" for time in (row.p50, row.p99, row.most)]
    return [*times, _number(row.mib), _number(row.errors)]


def _name(limit: Row) -> str:
    return f"{limit.subject}, {limit.ask}"


def _rps(row: Row) -> str:
    return _number(row.rps) if row.rps else NO_ANSWER


def _number(value: float) -> str:
    """Whole from 100 on, else with one decimal, below 10 with two."""
    decimals = 0 if isinstance(value, int) or value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{decimals}f}".replace(",", THIN)
