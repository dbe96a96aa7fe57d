"""Settle dead letters: replay them through today's handlers, or discard them with a reason. Audited.

A replay comes late and past the number check, so handlers look at the state. It counts only when it
succeeds; otherwise the dead letter stays waiting, with the cause of the failure.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

import structlog

from chassis.database.operators_log import note_action
from chassis.database.pool import Database
from chassis.database.unit_of_work import UnitOfWork
from chassis.failures import Failure, NeverPossible
from chassis.messaging.consumer.error_table import Meaning, OurFault, verdict_on
from chassis.messaging.consumer.lanes import LaneBook
from chassis.messaging.consumer.one_event import apply_one
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.dead_letters.listing import (
    CHOSEN,
    DeadLetter,
    Filter,
    NoSuchDeadLetter,
    get_dead_letter,
    list_dead_letters,
    record_of,
)
from chassis.operating.listening import subscriptions_of
from chassis.service import Service

log = structlog.stdlib.get_logger(__name__)

_SETTLE = """
UPDATE dead_letters SET status = %s, settled_at = now(), settled_by = %s, settled_reason = %s WHERE id = %s
"""
_DISCARD = f"""
WITH chosen AS (SELECT id FROM dead_letters {CHOSEN} FOR UPDATE SKIP LOCKED)
UPDATE dead_letters SET status = 'discarded', settled_at = now(), settled_by = %(actor)s,
    settled_reason = %(reason)s
FROM chosen WHERE dead_letters.id = chosen.id
RETURNING dead_letters.id
"""  # noqa: S608
DISCARDED_PER_STEP = 1_000
_FAILED = """
UPDATE dead_letters SET replay_attempts = replay_attempts + 1, last_replay_failure = %s WHERE id = %s
"""


class AlreadySettled(Exception):
    """The dead letter was replayed or discarded before."""


class Outcome(NamedTuple):
    """What came of one replay: the failure, or None when the event was handled."""

    letter: DeadLetter
    failure: Failure | None


class Page(NamedTuple):
    """Outcomes of a bulk replay; ``after`` is where it goes on, None at the end."""

    outcomes: list[Outcome]
    after: UUID | None


@dataclass(frozen=True)
class Settling:
    """Replays and discards the dead letters of one service."""

    database: Database
    work_factory: Callable[..., UnitOfWork]
    reader: Reader
    group: str

    @classmethod
    def of(cls, service: Service) -> "Settling":
        """Raises NoSubscriptions."""
        subscriptions = subscriptions_of(service)
        reader = Reader(subscriptions, service.settings.event_type_prefix)
        return cls(service.database, service.work_factory, reader, subscriptions.group)

    def replay(self, letter_id: UUID, actor: str, reason: str) -> Failure | None:
        """Handle the event now; return the failure, or None when it was handled.

        A failure is noted with the dead letter and in the operators' log. Raises NoSuchDeadLetter,
        AlreadySettled, and the error of an unavailable database: then nothing is recorded.
        """

        def attempt(failure: Failure | None) -> Failure | None:
            with self.database.begin(self.work_factory) as work:
                _waiting(get_dead_letter(work.connection, letter_id, lock=True))
                if failure is None:
                    self._take_effect(work, letter_id)
                    work.connection.exec_driver_sql(_SETTLE, ("replayed", actor, reason, letter_id))
                else:
                    work.connection.exec_driver_sql(_FAILED, (str(failure), letter_id))
                    if isinstance(failure, OurFault):
                        log.error("replay failed by a fault of ours", exc_info=failure.error)
                entry = {"actor": actor, "action": "replay dead letter", "target": str(letter_id)}
                outcome = "done" if failure is None else f"failed: {failure.code}"
                note_action(work.connection, **entry, reason=reason, outcome=outcome)
            return failure

        return apply_one(attempt, passes=(NoSuchDeadLetter, AlreadySettled))

    def replay_page(self, wanted: Filter, actor: str, reason: str) -> Page:
        """Replay as many as the filter's limit, oldest first, each in a transaction of its own.

        A database that becomes unavailable ends the page: outcomes so far are returned; without any,
        its error is raised.
        """
        with self.database.begin() as work:
            letters = list_dead_letters(work.connection, replace(wanted, status="waiting"))
        outcomes: list[Outcome] = []
        for letter in letters:
            try:
                outcomes.append(Outcome(letter, self.replay(letter.id, actor, reason)))
            except (NoSuchDeadLetter, AlreadySettled):
                continue  # Somebody else was faster.
            except Exception as error:
                if not outcomes or verdict_on(error).row.meaning is Meaning.STOP:
                    raise
                return Page(outcomes, outcomes[-1].letter.id)
        return Page(outcomes, letters[-1].id if len(letters) == wanted.limit else None)

    def discard_all(self, wanted: Filter, actor: str, reason: str) -> int:
        """Discard all waiting ones that match, in batches; return how many."""
        chosen = replace(wanted, status="waiting", limit=DISCARDED_PER_STEP)
        total = 0
        while True:
            values = vars(chosen) | {"actor": actor, "reason": reason}
            with self.database.begin() as work:
                ids = list(work.connection.exec_driver_sql(_DISCARD, values).scalars())
                if ids:
                    entry = {"actor": actor, "action": "discard dead letters", "target": str(wanted)}
                    note_action(work.connection, **entry, reason=reason, outcome=f"done: {len(ids)}")
            total += len(ids)
            if len(ids) < DISCARDED_PER_STEP:
                return total
            chosen = replace(chosen, after=max(ids))

    def discard(self, letter_id: UUID, actor: str, reason: str) -> None:
        """Discard the event for good. Raises NoSuchDeadLetter, AlreadySettled."""
        with self.database.begin() as work:
            _waiting(get_dead_letter(work.connection, letter_id, lock=True))
            work.connection.exec_driver_sql(_SETTLE, ("discarded", actor, reason, letter_id))
            action = {"actor": actor, "action": "discard dead letter", "target": str(letter_id)}
            note_action(work.connection, **action, reason=reason)

    def _take_effect(self, work: UnitOfWork, letter_id: UUID) -> None:
        item = self.reader.read(record_of(work.connection, letter_id))
        if item.lane is not None:
            lanes = LaneBook.locked(work.connection, self.group, [item.lane])
            if lanes[item.lane].is_erased and not item.is_last_word:
                raise NeverPossible("subject_erased", "What this is about was erased: discard it.")
        if item.failure is not None:
            raise item.failure
        if item.take_effect(work) == "skipped":
            raise NeverPossible("type_not_handled", "Nothing here handles events of this type.")


def _waiting(letter: DeadLetter) -> DeadLetter:
    if letter.status != "waiting":
        raise AlreadySettled(f"{letter.id} was {letter.status} by {letter.settled_by}.")
    return letter
