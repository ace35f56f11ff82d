"""The header `Link`, read as strictly as RFC 8288 (section 3) writes it."""

import re

import httpx2

from .blog import told

URI = r"(?:[\w\-.~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*"
TOKEN = r"[\w!#$%&'*+\-.^`|~]+"
QUOTED = r'"(?:[^"\\]|\\.)*"'
PARAMETER = rf"[ \t]*;[ \t]*({TOKEN})(?:[ \t]*=[ \t]*({TOKEN}|{QUOTED}))?"
LINK = rf"<({URI})>((?:{PARAMETER})*)"
LINKS = re.compile(rf"{LINK}(?:[ \t]*,[ \t]*{LINK})*", re.ASCII)


def links_of(response: httpx2.Response) -> dict[str, str]:
    """Where each relation leads to: an address of the same server."""
    header = response.headers.get("link", "")
    assert LINKS.fullmatch(header), f"{told(response)} with the links {header!r}"
    found: dict[str, str] = {}
    for target, parameters, *_ in re.findall(LINK, header, re.ASCII):
        url = response.url.join(target)
        assert url.netloc == response.url.netloc, f"{target} is somewhere else"
        for relation in _relations(parameters):
            assert relation not in found, f"{relation} is there twice: {header!r}"
            found[relation] = str(url)
    return found


def _relations(parameters: str) -> list[str]:
    values: list[str] = [
        value.strip('"')
        for name, value in re.findall(PARAMETER, parameters, re.ASCII)
        if name.lower() == "rel"
    ]
    assert len(values) == 1, f"a link has one relation: {parameters!r}"
    return values[0].lower().split()
