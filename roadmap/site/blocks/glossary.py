"""The glossary's terms: how to find them in a sentence, and where each of them comes first.

An entry is `**Term** { #id }`, and its text says "First in [stage 3](…)". It is found by its name
and the plural. `data-forms="hash, hashed"` names other forms in place of these two, none if it is
empty, and `data-code="access_token"` code that stands for the term. `.everyday` marks a term that
every page uses: it is linked in the stages alone that its entry names.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from roadmap.site.pages import Page

GLOSSARY = "glossary.md"
"""The glossary's path below `docs/`."""

_ENTRY = re.compile(r"\*\*(?P<name>.+?)\*\* \{ #(?P<id>[\w-]+)(?P<more>[^}]*)\}")
_FORMS = re.compile(r'data-(forms|code)="([^"]*)"')
_STAGE = re.compile(r"\[stage (\d+)\]")
_WORD = re.compile("\x02[^\x03]*\x03|\\w+(?:[+-]\\w+)*")
"""A word, or what Markdown has put aside in the middle of a text."""

_SOURCES = re.compile(r"^## Sources\n.*", re.MULTILINE | re.DOTALL)
"""The last part of a page, which names other texts."""

_CODE = re.compile(r"(?<!`)(`+)(?!`)((?:(?!\n\n).)+?)(?<!`)\1(?!`)", re.DOTALL)
_NO_PROSE = re.compile(r"\]\([^)]*\)|\{ [^}\n]*\}")
"""The address of a link, and attributes."""

_CALLED = re.compile(r"[\w.]+(?=[\[(=])")
"""The name in `name[…]`, `name(…)` or `name=…`."""


@dataclass(frozen=True)
class Term:
    """An entry. `line` is its line in the glossary, counted from 1."""

    id: str
    name: str
    forms: tuple[str, ...]
    """The words of a sentence that mean it."""

    code: tuple[str, ...]
    """The code that stands for it."""

    stages: tuple[int, ...]
    """The stages that the entry names; the first of them is where the term comes first."""

    is_everyday: bool
    line: int


class Terms:
    """All entries of a glossary."""

    def __init__(self, text: str) -> None:
        self.all = tuple(_entries(text))
        self._by_form = {_key(form): term for term in self.all for form in term.forms}
        self._by_code = {code: term for term in self.all for code in term.code}
        self._longest = max((len(_WORD.findall(form)) for form in self._by_form), default=0)

    def in_text(self, text: str) -> Iterator[tuple[int, int, Term]]:
        """The terms of a sentence, with where they start and end; the longest name wins."""
        words = list(_WORD.finditer(text))
        at = 0
        while at < len(words):
            for run in (words[at : at + count] for count in range(self._longest, 0, -1)):
                start, end = run[0].start(), run[-1].end()
                if term := self._by_form.get(_key(text[start:end])):
                    yield start, end, term
                    at += len(run) - 1
                    break
            at += 1

    def in_code(self, code: str) -> Term | None:
        """The term that this code stands for: `Annotated`, or `Annotated[str, …]`."""
        name = _CALLED.match(code)
        return self._by_code.get(code.strip()) or self._by_code.get(name[0] if name else "")


@lru_cache(maxsize=8)
def terms_of(glossary: str) -> Terms:
    """The terms of a glossary's text."""
    return Terms(glossary)


def prove_terms(pages: Sequence[Page]) -> list[str]:
    """Each entry of the glossary is used, and names the first stage whose page uses it."""
    by_name = {page.name: page for page in pages}
    glossary = by_name.pop(f"docs/{GLOSSARY}", None)
    if glossary is None:
        return []
    terms = terms_of(glossary.text)
    used: set[str] = set()
    first: dict[str, tuple[int, str]] = {}
    for page in by_name.values():
        for term, line in _in_prose(terms, page):
            used.add(term.id)
            if page.is_walk and page.stage and term.id not in first:
                first[term.id] = page.stage.number, f"{page.name}:{line}"
    return [
        f"{glossary.name}:{term.line}: {failure}"
        for term in terms.all
        for failure in _wrong(term, term.id in used, first.get(term.id))
    ]


def _wrong(term: Term, is_used: bool, first: tuple[int, str] | None) -> Iterator[str]:
    said = term.stages[0] if term.stages else None
    if not is_used:
        forms = ", ".join(map(repr, [*term.forms, *term.code]))
        yield f"no page uses the term {term.name!r}: it was looked for as {forms}"
    elif first and said != first[0]:
        yield f"{term.name!r} comes first in stage {first[0]}, not {said}: see {first[1]}"
    elif said and not first:
        yield f"{term.name!r} is not on the page of stage {said}, nor of another stage"


def _in_prose(terms: Terms, page: Page) -> Iterator[tuple[Term, int]]:
    """The terms that a page uses outside of code, each with its line."""
    lines = [""] * (page.text.count("\n") + 1)
    for number, line in page.prose:
        lines[number - 1] = line
    for block in page.of("piece"):
        for number, note in block.notes:
            lines[block.line + number - 1] = note
    text = _SOURCES.sub("", "\n".join(lines))
    for code in _CODE.finditer(text):
        if term := terms.in_code(code[2]):
            yield term, text.count("\n", 0, code.start()) + 1
    text = _NO_PROSE.sub(_blank, _CODE.sub(_blank, text))
    for start, _, term in terms.in_text(text):
        yield term, text.count("\n", 0, start) + 1


def _blank(found: re.Match[str]) -> str:
    """What keeps the lines of a page where they are, and two words apart."""
    return "." + "\n" * found[0].count("\n")


def _entries(text: str) -> Iterator[Term]:
    entries = list(_ENTRY.finditer(text))
    ends = [*(entry.start() for entry in entries[1:]), len(text)]
    for entry, end in zip(entries, ends, strict=True):
        name, more = entry["name"], entry["more"]
        forms = {"forms": [name, _plural(name)], "code": list[str]()}
        if name.startswith("`"):
            forms = {"forms": [], "code": [name.strip("`")]}
        for kind, said in _FORMS.findall(more):
            forms[kind] = [form.strip() for form in said.split(",") if form.strip()]
        yield Term(
            entry["id"], name, tuple(forms["forms"]), tuple(forms["code"]),
            tuple(map(int, _STAGE.findall(text, entry.end(), end))),
            ".everyday" in more.split(), text.count("\n", 0, entry.start()) + 1,
        )  # fmt: skip


def _plural(name: str) -> str:
    if name.endswith(("s", "x", "ch", "sh")):
        return f"{name}es"
    if name.endswith("y") and name[-2] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}s"


def _key(form: str) -> str:
    """A form without what a sentence changes: its first letter, the spaces, the line's end."""
    words = " ".join(form.split())
    return words[:1].lower() + words[1:]
