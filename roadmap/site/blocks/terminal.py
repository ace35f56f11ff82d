"""Console blocks as HTML: commands apart from answers, and what to start first."""

from collections.abc import Sequence
from html import escape

from roadmap.site.blocks.console import Turn, turns
from roadmap.site.blocks.highlight import code_html
from roadmap.site.blocks.powershell import powershell
from roadmap.site.blocks.predict import BEFORE, prediction_html
from roadmap.site.blocks.starts import Start, starts
from roadmap.site.blocks.words import ShellError
from roadmap.site.elements import inline
from roadmap.site.pages import Block, Page

FITS = 32
"""Letters of an answer that fit on a phone; a longer line scrolls."""


def console_html(page: Page, block: Block) -> str:
    """The block, as a terminal shows it; a prompt is no text, so that it is never copied."""
    asked = turns(block)
    in_powershell = _in_powershell(block, asked)
    question = first = ""
    if "predict" in block.options:
        question = prediction_html(page, block, _pre(_answer_html(asked[-1].answer), "Answer"))
        asked[-1] = Turn(asked[-1].typed, (), asked[-1].line)
        first = f'<p class="predict-first">{BEFORE}</p>'
    return _figure(
        *map(_start_html, starts(page)[block.line]), first, _pre(_turns_html(asked)), question,
        _powershell_html(in_powershell),
    )  # fmt: skip


def command_html(label: str, command: str) -> str:
    """One command without an answer."""
    return _figure(_pre(_turns_html([Turn((command,), (), 1)]), label))


def _figure(*parts: str) -> str:
    return (
        '<figure class="console"><figcaption><span class="console-said">In a terminal</span>'
        f"</figcaption>{''.join(parts)}</figure>"
    )


def _pre(rows: str, label: str = "Console") -> str:
    return (
        '<div class="highlight">'
        f'<pre class="console-code" role="group" aria-label="{escape(label)}">'
        f"<code>{rows}</code></pre></div>"
    )


def _turns_html(asked: Sequence[Turn]) -> str:
    return "".join(_typed_html(turn.typed) + _answer_html(turn.answer) for turn in asked)


def _typed_html(typed: Sequence[str]) -> str:
    lines = code_html("\n".join(typed), "bash").split("\n")
    rows = '\n</span><span class="typed-line">'.join(lines)
    prompt = '<span class="prompt" data-n="$"></span>'
    return f'<span class="typed"><span class="typed-line">{prompt}{rows}</span></span>'


def _answer_html(answer: Sequence[str]) -> str:
    """JSON in its colours from the first line that begins with a bracket; what else as it is."""
    if not answer:
        return ""
    start = next((at for at, line in enumerate(answer) if line[:1] in {"{", "["}), len(answer))
    plain = [escape(line) for line in answer[:start]]
    coloured = [code_html("\n".join(answer[start:]), "json")] if start < len(answer) else []
    scrolls = max(map(len, answer)) > FITS
    stop = ' tabindex="0" role="group" aria-label="Answer"' if scrolls else ""
    return f"<samp{stop}>{chr(10).join([*plain, *coloured])}</samp>"


def _start_html(start: Start) -> str:
    code = f'<code class="start-command">{escape(start.command)}</code>' if start.command else ""
    said = f'<div class="console-start"><span>{inline(start.said)}</span>{code}</div>'
    return said + _powershell_html(start.powershell)


def _in_powershell(block: Block, asked: Sequence[Turn]) -> list[str]:
    """All commands in PowerShell, if one of them is written otherwise there. Raises PageError."""
    lines: list[str] = []
    differs = False
    for turn in asked:
        try:
            own = powershell(turn.typed)
        except ShellError as error:
            raise block.error(str(error), turn.line) from error
        differs = differs or bool(own)
        lines += own or turn.typed
    return lines if differs else []


def _powershell_html(lines: Sequence[str]) -> str:
    if not lines:
        return ""
    rows = "".join(f'<span class="typed-line">{escape(line)}\n</span>' for line in lines)
    return (
        '<details class="powershell"><summary>In PowerShell</summary>'
        f'<pre class="console-code"><code class="typed-powershell">{rows}</code></pre></details>'
    )
