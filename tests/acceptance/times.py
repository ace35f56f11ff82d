"""Points in time as the API writes them."""

import re
from datetime import UTC, datetime


def utc(written: object) -> datetime:
    """The time that `written` says in ISO 8601; it is in UTC and says so."""
    assert isinstance(written, str), f"{written!r} is no time"
    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"
    assert re.fullmatch(form, written), f"{written!r} is not ISO 8601 in UTC with the offset"
    return datetime.fromisoformat(written).astimezone(UTC)
