"""Processes what is due, a page at a time: for waits of days, of which there may be a million.

A job for each would be three rows, to be found and written again by whoever moves the moment. An index over
the moment costs nothing until it comes.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

log = structlog.stdlib.get_logger(__name__)

Key = TypeVar("Key")
Work = TypeVar("Work")
# Deadlocks and limits of one statement (SQLSTATE classes 40 and 54), a lock that somebody holds and a
# statement that took too long say nothing about the next key.
_OF_ONE_KEY = ("40", "54", "55P03", "57014")


def sweep(find: Callable[[Key | None], Sequence[Key]], settle: Callable[[Key], object]) -> int:
    """Settle each key that ``find`` gives; return how many were settled.

    ``find`` gives the next page behind the last key of the page before, empty at the end. ``settle`` works
    in a transaction of its own; a key that fails is logged and left for the next sweep, so that it blocks
    no other. Raises while the database is unavailable.
    """
    settled = 0
    after: Key | None = None
    while page := find(after):
        settled += settle_each(page, settle)
        after = page[-1]
    return settled


def sweep_by(
    open_work: Callable[[], AbstractContextManager[Work]],
    find: Callable[[Work, Key | None], Sequence[Key]],
    settle: Callable[[Work, Key], object],
) -> int:
    """`sweep` in transactions of its own: one for each page, and one for each key."""

    def found(after: Key | None) -> Sequence[Key]:
        with open_work() as work:
            return find(work, after)

    def settled(key: Key) -> None:
        with open_work() as work:
            settle(work, key)

    return sweep(found, settled)


def settle_each(keys: Sequence[Key], settle: Callable[[Key], object]) -> int:
    """Settle the keys of one page, as `sweep` does."""
    settled = 0
    for key in keys:
        try:
            settle(key)
        except (OperationalError, InterfaceError) as error:
            if not str(getattr(error.orig, "sqlstate", None)).startswith(_OF_ONE_KEY):
                raise
            log.exception("item failed, left for the next sweep", key=str(key))
        except Exception:
            log.exception("item failed, left for the next sweep", key=str(key))
        else:
            settled += 1
    return settled
