"""A snippet: code of a stage as it stands."""

from collections.abc import Iterable
from html import escape

from roadmap.site.blocks.highlight import highlighted, line_html
from roadmap.site.difference.changes import compare
from roadmap.site.difference.parts import parts
from roadmap.site.pages import Block, Page, near


def snippet_html(page: Page, block: Block) -> str:
    """A file of a stage, or its symbols, with their line numbers and where they come from."""
    said = block.fields("stage", "file", "symbol")
    stage = page.stage_of(block, said.get("stage"))
    files = {path: change.new for path, change in compare(None, stage).items()}
    path = said.get("file", "")
    text = files.get(path)
    if text is None:
        raise block.error(f"there is no file {path!r} in {stage.name}: {near(path, [*files])}")
    wanted = [name.strip() for name in said.get("symbol", "").split(",") if name.strip()]
    chosen = [
        range(part.start, part.end)
        for part in parts(path, text)
        if not wanted or any(part.key == name or part.key.startswith(f"{name}.") for name in wanted)
    ]
    keys = [part.key for part in parts(path, text)]
    for name in wanted:
        if name not in keys:
            hint = near(name, keys) or f"its parts are {', '.join(keys)}"
            raise block.error(f"there is no {name!r} in {path} of {stage.name}: {hint}")
    places = _without_outer_blanks([at for part in chosen for at in part], text.split("\n"))
    return numbered_html(path, text, places, f"of stage {stage.name}")


def numbered_html(path: str, text: str, places: Iterable[int], said: str) -> str:
    """Lines of a file with their numbers, to copy; `places` count from 0."""
    lines = highlighted(path, text)
    rows = "\n".join(
        f'<span class="row same"><span class="no" data-n="{at + 1}"></span>'
        f'<span class="line">{line_html(lines[at])}</span></span>'
        for at in places
    )
    return (
        f'<figure class="piece snippet"><figcaption><span class="piece-place">'
        f"<code>{escape(path)}</code> <span>{escape(said)}</span></span></figcaption>"
        f'<div class="highlight"><pre class="piece-code" tabindex="0" role="group"'
        f' aria-label="Code of {escape(path)}"><code>{rows}</code></pre></div></figure>'
    )


def _without_outer_blanks(places: list[int], lines: list[str]) -> list[int]:
    while places and not lines[places[0]].strip():
        places = places[1:]
    while places and not lines[places[-1]].strip():
        places = places[:-1]
    return places
