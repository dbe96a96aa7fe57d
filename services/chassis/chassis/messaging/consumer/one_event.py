"""One event alone: how the poll, the retry of a parked lane and the replay of a dead letter apply it."""

from collections.abc import Callable
from typing import TypeVar

from chassis.database.unit_of_work import UnitOfWork
from chassis.failures import Failure, NeverPossible
from chassis.messaging.consumer.error_table import Meaning, verdict_on
from chassis.messaging.consumer.reading import Incoming
from chassis.messaging.consumer.tally import Tally
from chassis.messaging.dead_letters.writing import write_dead_letter

Result = TypeVar("Result")


def apply_one(
    attempt: Callable[[Failure | None], Result], *, passes: tuple[type[Exception], ...] = ()
) -> Result:
    """Call ``attempt(None)``; when that raises, ``attempt(failure)`` with what `TABLE` makes of it.

    ``attempt(None)`` gives the event its effect in a transaction of its own. ``attempt(failure)`` notes in
    another what became of it instead: a NotNow, a NeverPossible, or an OurFault, which it may raise on. In
    between the event may have been settled elsewhere, so it looks again. Exceptions in ``passes`` are not
    about the event and are raised on. So is the error of an unavailable database, where nothing can be noted.
    """
    is_first = True
    while True:
        try:
            return attempt(None)
        except passes:
            raise
        except Exception as error:
            row, failure = verdict_on(error)
            if row.meaning is Meaning.UNAVAILABLE:
                raise
            if is_first and row.is_tried_again:
                is_first = False
                continue
        return attempt(failure)


def take_or_lay_aside(work: UnitOfWork, group: str, item: Incoming, tally: Tally) -> str:
    """In the caller's transaction: the event's effect, or a dead letter where one is due."""
    if item.failure is not None:
        return lay_aside(work, group, item, item.failure, tally)
    return item.take_effect(work)


def lay_aside(work: UnitOfWork, group: str, item: Incoming, cause: NeverPossible, tally: Tally) -> str:
    """Keep it as a dead letter; "seen" where this very record is one already."""
    record, is_copied = item.record, not item.is_foreign
    if not write_dead_letter(work.connection, group, record, item.envelope, cause, is_copied=is_copied):
        return "seen"
    facts: dict[str, object] = {"code": cause.code, "topic": record.topic}
    facts |= {"partition": record.partition, "offset": record.offset}
    facts["event_id"] = item.envelope.id if item.envelope else None
    tally.findings.append(("dead letter", facts))
    return "dead"
