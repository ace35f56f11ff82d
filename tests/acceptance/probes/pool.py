"""How many connections of any pool are in use: `held` counts them."""

import threading

from sqlalchemy import event
from sqlalchemy.pool import Pool

held = 0
_lock = threading.Lock()


@event.listens_for(Pool, "checkout")
def _checked_out(*_: object) -> None:
    global held
    with _lock:
        held += 1


@event.listens_for(Pool, "checkin")
def _checked_in(*_: object) -> None:
    global held
    with _lock:
        held -= 1
