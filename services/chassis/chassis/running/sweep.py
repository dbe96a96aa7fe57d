"""Goes through what is due, a page at a time: for waits of days, of which there may be a million.

A job for each would stay in the queue for as long, and every fetch of a job reads past all of those that
are not due yet: 155 ms with half a million of them (Procrastinate 3.10, PostgreSQL 18). An index over the
moment costs nothing until it comes.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

log = structlog.stdlib.get_logger(__name__)

Key = TypeVar("Key")


def sweep(find: Callable[[Key | None], Sequence[Key]], settle: Callable[[Key], object]) -> int:
    """Settle each key that ``find`` gives; return how many were settled.

    ``find`` gives the next page behind the last key of the page before, empty at the end. ``settle`` works
    in a transaction of its own; a key that fails is logged and left for the next sweep, so that it holds up
    no other. Raises while the database is away.
    """
    settled = 0
    after: Key | None = None
    while page := find(after):
        for key in page:
            try:
                settle(key)
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                log.exception("left for the next sweep", key=str(key))
            else:
                settled += 1
        after = page[-1]
    return settled
