"""Settle dead letters: replay them through today's handlers, or discard them with a reason. Audited.

A replay comes late and past the number check, so handlers look at the state. It counts only when it
succeeds; otherwise the dead letter stays waiting, with the cause of the failure.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from chassis.database.operators_log import note_action
from chassis.database.pool import Database
from chassis.database.unit_of_work import UnitOfWork
from chassis.failures import Failure
from chassis.messaging.consumer.lanes import LaneBook
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.consumer.verdicts import verdict_on
from chassis.messaging.dead_letters.listing import (
    CHOSEN,
    DeadLetter,
    Filter,
    get_dead_letter,
    list_dead_letters,
    record_of,
)
from chassis.operating.listening import subscriptions_of
from chassis.service import Service

_SETTLE = """
UPDATE dead_letters SET status = %s, settled_at = now(), settled_by = %s, settled_reason = %s WHERE id = %s
"""
_DISCARD = f"""
WITH chosen AS (SELECT id FROM dead_letters {CHOSEN} FOR UPDATE SKIP LOCKED)
UPDATE dead_letters SET status = 'discarded', settled_at = now(), settled_by = %(actor)s,
    settled_reason = %(reason)s
FROM chosen WHERE dead_letters.id = chosen.id
"""  # noqa: S608
DISCARDED_PER_STEP = 1_000
_FAILED = """
UPDATE dead_letters SET replay_attempts = replay_attempts + 1, last_replay_failure = %s WHERE id = %s
"""


class AlreadySettled(Exception):
    """The dead letter was replayed or discarded before."""


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

        Raises NoSuchDeadLetter, AlreadySettled, and whatever a handler raises unsorted.
        """
        try:
            self._handle(letter_id, actor, reason)
        except Failure as failure:
            return self._failed(letter_id, failure, actor, reason)
        except Exception as error:
            verdict = verdict_on(error)
            if verdict is None:
                raise
            return self._failed(letter_id, verdict, actor, reason)
        return None

    def replay_page(self, wanted: Filter, actor: str, reason: str) -> list[tuple[DeadLetter, Failure | None]]:
        """Replay as many as the filter's limit, oldest first, each in a transaction of its own."""
        with self.database.begin() as work:
            letters = list_dead_letters(work.connection, replace(wanted, status="waiting"))
        return [(letter, self.replay(letter.id, actor, reason)) for letter in letters]

    def discard_all(self, wanted: Filter, actor: str, reason: str) -> int:
        """Discard all waiting ones that match, in batches; return how many."""
        chosen = replace(wanted, status="waiting", limit=DISCARDED_PER_STEP)
        values = vars(chosen) | {"actor": actor, "reason": reason}
        total = 0
        while True:
            with self.database.begin() as work:
                count = work.connection.exec_driver_sql(_DISCARD, values).rowcount
                if count:
                    told = {"actor": actor, "action": "discard dead letters", "target": str(wanted)}
                    note_action(work.connection, **told, reason=reason, outcome=f"done: {count}")
            total += count
            if count < DISCARDED_PER_STEP:
                return total

    def discard(self, letter_id: UUID, actor: str, reason: str) -> None:
        """Discard the event for good. Raises NoSuchDeadLetter, AlreadySettled."""
        with self.database.begin() as work:
            _waiting(get_dead_letter(work.connection, letter_id, lock=True))
            work.connection.exec_driver_sql(_SETTLE, ("discarded", actor, reason, letter_id))
            action = {"actor": actor, "action": "discard dead letter", "target": str(letter_id)}
            note_action(work.connection, **action, reason=reason)

    def _handle(self, letter_id: UUID, actor: str, reason: str) -> None:
        with self.database.begin(self.work_factory) as work:
            letter = _waiting(get_dead_letter(work.connection, letter_id, lock=True))
            item = self.reader.read(record_of(work.connection, letter_id))
            if item.lane is not None:
                LaneBook.locked(work.connection, letter.consumer_group, [item.lane])
            if item.failure is not None:
                raise item.failure
            item.take_effect(work)
            work.connection.exec_driver_sql(_SETTLE, ("replayed", actor, reason, letter_id))
            action = {"actor": actor, "action": "replay dead letter", "target": str(letter_id)}
            note_action(work.connection, **action, reason=reason)

    def _failed(self, letter_id: UUID, failure: Failure, actor: str, reason: str) -> Failure:
        with self.database.begin() as work:
            work.connection.exec_driver_sql(_FAILED, (str(failure), letter_id))
            note_action(
                work.connection,
                actor=actor,
                action="replay dead letter",
                target=str(letter_id),
                reason=reason,
                outcome=f"failed: {failure.code}",
            )
        return failure


def _waiting(letter: DeadLetter) -> DeadLetter:
    if letter.status != "waiting":
        raise AlreadySettled(f"{letter.id} was {letter.status} by {letter.settled_by}.")
    return letter
