"""What JSON Schema cannot say about the bodies of this API, so that schemathesis does not ask."""

import re
from typing import Any

import schemathesis

# RFC 6761 and RFC 6762: names that are no place to send mail to. `format: email` knows none.
RESERVED = re.compile(r"\.(test|invalid|localhost|local|onion|arpa)$", re.IGNORECASE)


@schemathesis.hook
def filter_case(_: schemathesis.HookContext, case: schemathesis.Case[Any]) -> bool:
    """Leave out the requests whose answer the schema cannot foretell; all others are sent."""
    if not isinstance(case.body, dict):
        return True
    if any(is_trimmed_away(value) for name, value in case.body.items() if name != "password"):
        return False
    return is_negative(case) or can_sign_up(case.body)


def is_trimmed_away(value: object) -> bool:
    """Lengths and patterns hold for the trimmed text: the schema means what is sent."""
    return isinstance(value, str) and value != value.strip()


def is_negative(case: schemathesis.Case[Any]) -> bool:
    """Whether the request is meant to be refused."""
    return case.meta is not None and case.meta.generation.mode.is_negative


def can_sign_up(body: dict[str, Any]) -> bool:
    """A password has 72 bytes at most, and no NUL; `maxLength` counts characters."""
    if "email" not in body:
        return True
    password = str(body.get("password", "")).encode("utf-8", errors="surrogatepass")
    return len(password) <= 72 and b"\x00" not in password and not RESERVED.search(body["email"])
