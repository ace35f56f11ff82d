"""Which page is being rendered: MkDocs and Zensical each keep it in a processor of their own."""

from typing import Any

from markdown import Markdown


def source_path(md: Markdown) -> str | None:
    """The page's path below `docs/`, or None where Markdown is rendered by something else."""
    if "relpath" in md.treeprocessors:
        links: Any = md.treeprocessors["relpath"]
        return str(links.file.src_uri)
    if "rendering_context" in md.preprocessors:
        context: Any = md.preprocessors["rendering_context"]
        return str(context.page.path)
    return None
