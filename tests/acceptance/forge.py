"""JSON Web Tokens made by hand (RFC 7519), good and bad, without the app's own library."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping

from .blog import Body

HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def token(
    claims: object,
    key: str,
    *,
    algorithm: str = "HS256",
    header: Mapping[str, object] | None = None,
) -> str:
    """A token signed with `key`; `header` replaces what would be true."""
    head = {"alg": algorithm, "typ": "JWT"} if header is None else header
    signed = f"{_encoded(head)}.{_encoded(claims)}"
    return f"{signed}.{_signature(signed, key, algorithm)}"


def unsigned(claims: object, algorithm: str) -> str:
    """A token that says it needs no signature, and has none (RFC 7519, section 6)."""
    return f"{_encoded({'alg': algorithm, 'typ': 'JWT'})}.{_encoded(claims)}."


def with_claims(real: str, claims: object) -> str:
    """A real token whose payload was exchanged."""
    head, _, signature = real.split(".")
    return f"{head}.{_encoded(claims)}.{signature}"


def with_broken_signature(real: str) -> str:
    """A real token in whose signature one letter was changed."""
    head, claims, signature = real.split(".")
    first = "B" if signature[0] == "A" else "A"
    return f"{head}.{claims}.{first}{signature[1:]}"


def without_signature(real: str) -> str:
    """A real token whose signature was cut off."""
    head, claims, _ = real.split(".")
    return f"{head}.{claims}."


def header_of(real: str) -> Body:
    """What a token says about itself."""
    return _decoded(real.split(".")[0])


def claims_of(real: str) -> Body:
    """What a token says."""
    return _decoded(real.split(".")[1])


def is_signed_with(real: str, key: str, algorithm: str) -> bool:
    """Whether the signature of a token is made with `key`."""
    signed, _, signature = real.rpartition(".")
    return hmac.compare_digest(signature, _signature(signed, key, algorithm))


def _signature(signed: str, key: str, algorithm: str) -> str:
    return _base64(hmac.digest(key.encode(), signed.encode(), HASHES[algorithm]))


def _encoded(value: object) -> str:
    return _base64(json.dumps(value).encode())


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decoded(part: str) -> Body:
    assert part, "this is no token"
    padded = part + "=" * (-len(part) % 4)
    value = json.loads(base64.urlsafe_b64decode(padded), object_hook=Body)
    assert isinstance(value, Body), f"{value!r} is no object"
    return value
