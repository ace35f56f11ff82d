"""What JSON Schema cannot say about the input of this API, so that schemathesis does not ask."""

import re
from typing import Any

import schemathesis
from hypothesis import strategies
from hypothesis.strategies import SearchStrategy

from tests.acceptance.images import JPEG, WEBP, gif, png

# RFC 6761 and RFC 6762: names that are no place to send mail to. `format: email` knows none.
RESERVED = re.compile(r"\.(test|invalid|localhost|local|onion|arpa)$", re.IGNORECASE)
FORM = "application/x-www-form-urlencoded"
MOST_TAGS = 10

# Which bytes are an image, no schema can say.
IMAGES = {"png": png(), "jpeg": JPEG, "webp": WEBP, "gif": gif()}
for kind, content in IMAGES.items():
    schemathesis.openapi.media_type(f"image/{kind}", strategies.just(content))


@schemathesis.hook
def before_generate_case(
    _: schemathesis.HookContext, cases: SearchStrategy[schemathesis.Case[Any]]
) -> SearchStrategy[schemathesis.Case[Any]]:
    """Mend tags before they are judged: of all that JSON Schema takes for one, few are."""
    return cases.map(with_mended_tags)


def with_mended_tags(case: schemathesis.Case[Any]) -> schemathesis.Case[Any]:
    """The same request; where it is meant to be taken, with the letters that tags may have."""
    places: list[tuple[Any, str]] = [(case.body, "tags"), (case.query, "tag")]
    for values, name in places:
        if not is_negative(case) and isinstance(values, dict) and name in values:
            mended = ("".join(filter(is_tag, tag)) for tag in values[name])
            values[name] = [tag for tag in mended if tag][:MOST_TAGS]
    return case


@schemathesis.hook
def before_call(
    _: schemathesis.HookContext, case: schemathesis.Case[Any], _arguments: dict[str, Any]
) -> None:
    """Let each condition be true: which ETag fits, no schema can say. `*` is any."""
    for name in list(case.headers or ()):
        if name.lower() == "if-match":
            case.headers[name] = "*"


@schemathesis.hook
def filter_case(_: schemathesis.HookContext, case: schemathesis.Case[Any]) -> bool:
    """Leave out the requests whose answer the schema cannot foretell; all others are sent."""
    body = case.body if isinstance(case.body, dict) else {}
    tags = tags_in(case, body)
    if any(map(is_trimmed_away, [*trimmed_fields(body), *tags])):
        return False
    if case.media_type == FORM and lacks_a_value(body):
        return False
    return is_negative(case) or (can_sign_up(body) and can_be_tags(tags))


def tags_in(case: schemathesis.Case[Any], body: dict[str, Any]) -> list[object]:
    """The tags of the body, or those of the query."""
    tags = body.get("tags", case.query.get("tag", []))
    return tags if isinstance(tags, list) else [tags]


def trimmed_fields(body: dict[str, Any]) -> list[object]:
    """All of a body but a password."""
    return [value for name, value in body.items() if name != "password"]


def is_trimmed_away(value: object) -> bool:
    """Lengths and patterns hold for the trimmed text: the schema means what is sent."""
    return isinstance(value, str) and value != value.strip()


def lacks_a_value(form: dict[str, Any]) -> bool:
    """A parameter without a value counts as left out (RFC 6749, section 3.2)."""
    return "" in form.values()


def is_negative(case: schemathesis.Case[Any]) -> bool:
    """Whether the request is meant to be refused."""
    return case.meta is not None and case.meta.generation.mode.is_negative


def can_sign_up(body: dict[str, Any]) -> bool:
    """A password has 72 bytes at most, and no NUL; `maxLength` counts characters."""
    if "email" not in body:
        return True
    password = str(body.get("password", "")).encode("utf-8", errors="surrogatepass")
    return len(password) <= 72 and b"\x00" not in password and not RESERVED.search(body["email"])


def can_be_tags(tags: list[object]) -> bool:
    """There are ten at most, when those that are equal in small letters count once."""
    folded = {str(tag).lower() for tag in tags}
    return len(folded) <= MOST_TAGS and all(map(is_tag, folded))


def is_tag(folded: str) -> bool:
    """Letters, decimal digits and hyphens; `pattern` cannot name the first two of all scripts."""
    return all(letter.isalpha() or letter.isdecimal() or letter == "-" for letter in folded)
