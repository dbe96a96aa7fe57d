"""What each error means for the event that ran into it: one table for poll, retry and replay.

            poll                             retry of a parked lane          replay of a dead letter
LATER       the lane is parked; the last     stays parked, retried with      stays waiting, cause reported
            word: as UNAVAILABLE             backoff
UNAVAILABLE the consumer pauses, then        raised: the job is retried      raised: 503; nothing was recorded
            repeats the poll
DEAD        dead letter, the lane goes on    dead letter, the lane goes on   stays waiting, cause reported
STOP        raised: the consumer stops,      raised: the job fails, the      stays waiting, cause reported
            nothing of the event is kept     lane shows it and stays parked

The first row of `TABLE` that matches applies.
"""

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

import psycopg
from sqlalchemy.exc import DBAPIError

from chassis.database.outages import is_unavailable
from chassis.failures import Failure, NeverPossible, NotNow


class Meaning(Enum):
    """What happens to the event."""

    LATER = "it waits, others go on"
    UNAVAILABLE = "the database is unavailable: everything waits"
    DEAD = "a fault of the event: it becomes a dead letter"
    STOP = "a fault of ours: processing stops until a person has looked"


class OurFault(Failure):
    """Code of ours failed with ``error``; the message names only its kind, since it may quote the event."""

    def __init__(self, error: Exception) -> None:
        super().__init__("our_fault", f"{type(error).__name__}; the log has the details.")
        self.error = error


class Row(NamedTuple):
    """One kind of error.

    ``is_tried_again``: once, immediately, since it depends on concurrent transactions. ``is_of_one``: one
    event of the poll may have caused it, so each is tried alone.
    """

    what: str
    fits: Callable[[Exception], bool]
    meaning: Meaning
    code: str = ""
    is_tried_again: bool = False
    is_of_one: bool = True


class Verdict(NamedTuple):
    """What an error means, and the failure it is recorded as."""

    row: Row
    failure: Failure


def _kind(*kinds: type[Exception]) -> Callable[[Exception], bool]:
    return lambda error: isinstance(error, kinds)


def _state(*prefixes: str) -> Callable[[Exception], bool]:
    """By the code that PostgreSQL gives, or by its class, the first two characters."""
    return lambda error: str(getattr(getattr(error, "orig", None), "sqlstate", None)).startswith(prefixes)


def _is_refused_by_driver(error: Exception) -> bool:
    """psycopg refuses some values itself, then without a code: a NUL character in a text."""
    return isinstance(error, DBAPIError) and isinstance(error.orig, psycopg.DataError)


TABLE = (
    Row("raised by a handler: not now", _kind(NotNow), Meaning.LATER),
    Row("raised by reader or handler: never", _kind(NeverPossible), Meaning.DEAD),
    Row("deadlock, serialization failure", _state("40"), Meaning.LATER, "database_contention", True),
    Row(
        "too long, too much, cancelled", _state("57014", "25P03", "25P04", "53400"), Meaning.LATER, "too_long"
    ),
    Row("lock not available", _state("55P03"), Meaning.UNAVAILABLE),
    Row(
        "the same key, perhaps a race",
        _state("23505", "23P01"),
        Meaning.DEAD,
        "data_refused_by_database",
        True,
    ),
    # Data exception, integrity constraint, program limit (a text too long for its index).
    Row("values no database holds", _state("22", "23", "54"), Meaning.DEAD, "data_refused_by_database"),
    Row("values psycopg refuses", _is_refused_by_driver, Meaning.DEAD, "data_refused_by_database"),
    Row("closed, full, unreachable, read-only", is_unavailable, Meaning.UNAVAILABLE, is_of_one=False),
    Row(
        "values no program holds",
        _kind(UnicodeError, OverflowError, RecursionError),
        Meaning.DEAD,
        "data_unusable",
    ),
    Row("anything else", lambda _: True, Meaning.STOP),
)


def verdict_on(error: Exception) -> Verdict:
    """Classify an error."""
    row = next(row for row in TABLE if row.fits(error))
    if isinstance(error, Failure):
        return Verdict(row, error)
    if row.meaning is Meaning.STOP:
        return Verdict(row, OurFault(error))
    name = type(getattr(error, "orig", None) or error).__name__
    kind = NeverPossible if row.meaning is Meaning.DEAD else NotNow
    return Verdict(row, kind(row.code, name))
