"""Horizontal bars as an inline SVG: lengths in percent and in `em`, so its text is never scaled."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDEST = 60
"""Percent of the width for the longest bar; its value stands beside it."""

ROW = 3.2
"""The height of a bar with the name above it, in `em`."""


@dataclass(frozen=True)
class Bar:
    """`value` sets the length, and `said` is what stands beside the bar."""

    name: str
    value: float
    said: str
    is_limit: bool


def bars_svg(title: str, bars: Sequence[Bar]) -> str:
    """The bars below each other. A screen reader reads the title, and each bar in words."""
    longest = max((bar.value for bar in bars), default=0) or 1
    rows = "".join(
        _row(bar, number * ROW, WIDEST * bar.value / longest) for number, bar in enumerate(bars)
    )
    label = f"{title}. {'; '.join(f'{bar.name}: {bar.said}' for bar in bars)}."
    return (
        f'<svg class="bars" role="img" aria-label="{escape(label)}" width="100%"'
        f' height="{ROW * len(bars):.1f}em"><title>{escape(title)}</title>{rows}</svg>'
    )


def _row(bar: Bar, top: float, width: float) -> str:
    look = "bar is-limit" if bar.is_limit else "bar"
    return (
        f'<text class="name" y="{top + 1.1:.1f}em">{escape(bar.name)}</text>'
        f'<rect class="{look}" y="{top + 1.5:.1f}em" width="{width:.2f}%" height="1em"/>'
        f'<text class="value" x="{width:.2f}%" y="{top + 2.4:.1f}em" dx="0.5em">'
        f"{escape(bar.said)}</text>"
    )
