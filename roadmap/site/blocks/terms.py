"""Links to the glossary: a Markdown extension, which `mkdocs.yml` names.

A page links to a term where it first uses it, in paragraphs, lists and definitions. A term that the
author has linked is not linked again.
"""

import posixpath
import re
from pathlib import Path
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor

from roadmap.course import ROOT
from roadmap.site.blocks.glossary import GLOSSARY, Term, terms_of
from roadmap.site.blocks.source import source_path

LINKS = 2
"""The most links in one paragraph; the next term waits for its next use."""

PARAGRAPHS = {"p", "li", "dd"}
NEVER = {"h1", "h2", "h3", "h4", "h5", "h6", "dt", "pre", "code", "table", "figure", "summary"}

AFTER_THE_REST = 4
"""After inline Markdown (20), attributes (8) and ids of headings (5), before links (0)."""


class _Linker(Treeprocessor):
    """Links the terms of one page."""

    def __init__(self, md: Markdown, docs: Path) -> None:
        super().__init__(md)
        self._docs = docs

    def run(self, root: Element) -> None:
        page = source_path(self.md)
        glossary = self._docs / GLOSSARY
        if page is None or page == GLOSSARY or not glossary.is_file():
            return
        stage = re.match(r"stages/(\d+)-", page)
        self._stage = int(stage[1]) if stage else None
        self._address = posixpath.relpath(GLOSSARY, posixpath.dirname(page) or ".")
        self._terms = terms_of(glossary.read_text(encoding="utf-8"))
        self._linked: set[str] = set()
        self._room = 0
        self._walk(root, is_prose=False)

    def _walk(self, parent: Element, *, is_prose: bool) -> None:
        """Link the terms below an element, and in its own text if that is prose."""
        parts: list[Element] = []
        if is_prose:
            parent.text, parts = self._split(parent.text)
        for child in list(parent):
            parts.append(self._visit(child, is_prose=is_prose))
            if is_prose:
                parts[-1].tail, more = self._split(parts[-1].tail)
                parts += more
        parent[:] = parts

    def _visit(self, child: Element, *, is_prose: bool) -> Element:
        """The child with its terms linked, or a link around it."""
        if child.tag == "a":
            address, _, term_id = child.get("href", "").partition("#")
            if address == self._address:
                self._linked.add(term_id)
        elif child.tag == "code" and is_prose:
            term = self._terms.in_code(child.text or "")
            if term and self._takes(term):
                link, child.tail, tail = self._link(term), None, child.tail
                link.append(child)
                link.tail = tail
                return link
        elif child.tag not in NEVER and "admonition-title" not in child.get("class", ""):
            if child.tag in PARAGRAPHS:
                self._room = LINKS
            self._walk(child, is_prose=is_prose or child.tag in PARAGRAPHS)
        return child

    def _split(self, text: str | None) -> tuple[str | None, list[Element]]:
        """A text up to its first link, and the links with what follows each of them."""
        lead, links, done = text, list[Element](), 0
        for start, end, term in self._terms.in_text(text or ""):
            if not text or not self._takes(term):
                continue
            if links:
                links[-1].tail = text[done:start]
            else:
                lead = text[:start]
            links.append(self._link(term))
            links[-1].text, links[-1].tail, done = text[start:end], text[end:], end
        return lead, links

    def _takes(self, term: Term) -> bool:
        """Whether this use of a term becomes a link; if so, it was the page's one."""
        if term.id in self._linked or not self._room:
            return False
        if term.is_everyday and self._stage not in term.stages:
            return False
        self._room -= 1
        self._linked.add(term.id)
        return True

    def _link(self, term: Term) -> Element:
        return Element("a", {"class": "term", "href": f"{self._address}#{term.id}"})


class TermsExtension(Extension):
    """Links terms to `glossary.md` in the folder `docs`, the course's own if none is named."""

    def __init__(self, **settings: object) -> None:
        self.config = {"docs": [str(ROOT / "docs"), "The folder of the pages"]}
        super().__init__(**settings)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        linker = _Linker(md, Path(self.getConfig("docs")))
        md.treeprocessors.register(linker, "terms", AFTER_THE_REST)


def makeExtension(**settings: object) -> TermsExtension:  # noqa: N802
    """What Python-Markdown calls for the name of this module."""
    return TermsExtension(**settings)
