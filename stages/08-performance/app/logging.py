"""The log: what its lines look like. Each line carries the id of the request that it belongs to."""

import logging
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")

FORMAT = logging.Formatter("%(levelname)s:     [%(request_id)s] %(message)s")


def set_up_log() -> None:
    """Show the lines of this app, and give them and Uvicorn's lines one form."""
    logging.basicConfig()
    logging.getLogger("app").setLevel(logging.INFO)  # without this, only warnings and errors
    for name in ("", "uvicorn", "uvicorn.access"):
        for handler in logging.getLogger(name).handlers:
            handler.addFilter(add_request_id)
            handler.setFormatter(FORMAT)


def add_request_id(record: logging.LogRecord) -> bool:
    """A filter that lets every line pass."""
    record.request_id = request_id.get()
    return True
