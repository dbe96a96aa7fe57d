"""Settle dead letters: replay them through today's handlers, or discard them with a reason. Audited.

A replay comes late and past the number check, so handlers look at the state. It counts only when it
succeeds; else the dead letter goes on waiting, with what stood in the way.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.exc import DataError, IntegrityError

from chassis.database import Database
from chassis.failures import Failure, NeverPossible
from chassis.messaging.consumer.lanes import LaneBook
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.dead_letters.listing import (
    DeadLetter,
    Filter,
    get_dead_letter,
    list_dead_letters,
    record_of,
)
from chassis.operating.operators_log import note_action
from chassis.service import Service
from chassis.unit_of_work import UnitOfWork

_SETTLE = """
UPDATE dead_letters SET status = %s, settled_at = now(), settled_by = %s, settled_reason = %s WHERE id = %s
"""
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
        """Raises ValueError for a service that listens to nobody."""
        if service.subscriptions is None:
            raise ValueError(f"{service.name} listens to nobody, so it has no dead letters.")
        reader = Reader(service.subscriptions, service.settings.event_type_prefix)
        return cls(service.database, service.work_factory, reader, service.subscriptions.group)

    def replay(self, letter_id: UUID, actor: str) -> Failure | None:
        """Handle the event now; return what stands in the way, or None when it had its effect.

        Raises NoSuchDeadLetter, AlreadySettled, and whatever a handler raises unsorted.
        """
        try:
            self._handle(letter_id, actor)
        except Failure as failure:
            return self._failed(letter_id, actor, failure)
        except (DataError, IntegrityError) as error:
            refused = NeverPossible("refused_by_database", type(error.orig).__name__)
            return self._failed(letter_id, actor, refused)
        return None

    def replay_all(self, wanted: Filter, actor: str) -> Iterator[tuple[DeadLetter, Failure | None]]:
        """Replay what the filter finds, oldest first, each in a transaction of its own."""
        for letter in self._all(wanted):
            yield letter, self.replay(letter.id, actor)

    def discard(self, letter_id: UUID, actor: str, reason: str) -> None:
        """Give the event up for good. Raises NoSuchDeadLetter, AlreadySettled."""
        with self.database.begin() as work:
            _waiting(get_dead_letter(work.connection, letter_id, lock=True))
            work.connection.exec_driver_sql(_SETTLE, ("discarded", actor, reason, letter_id))
            action = {"actor": actor, "action": "discard dead letter", "target": str(letter_id)}
            note_action(work.connection, **action, reason=reason)

    def _handle(self, letter_id: UUID, actor: str) -> None:
        with self.database.begin(self.work_factory) as work:
            letter = _waiting(get_dead_letter(work.connection, letter_id, lock=True))
            item = self.reader.read(record_of(work.connection, letter_id))
            if item.lane is not None:
                LaneBook.locked(work.connection, letter.consumer_group, [item.lane])
            if item.failure is not None:
                raise item.failure
            item.take_effect(work)
            work.connection.exec_driver_sql(_SETTLE, ("replayed", actor, None, letter_id))
            note_action(work.connection, actor=actor, action="replay dead letter", target=str(letter_id))

    def _failed(self, letter_id: UUID, actor: str, failure: Failure) -> Failure:
        with self.database.begin() as work:
            work.connection.exec_driver_sql(_FAILED, (str(failure), letter_id))
            note_action(
                work.connection,
                actor=actor,
                action="replay dead letter",
                target=str(letter_id),
                outcome=f"failed: {failure.code}",
            )
        return failure

    def _all(self, wanted: Filter) -> Iterator[DeadLetter]:
        page = replace(wanted, status="waiting")
        while True:
            with self.database.begin() as work:
                letters = list_dead_letters(work.connection, page)
            if not letters:
                return
            yield from letters
            page = replace(page, after=letters[-1].id)


def _waiting(letter: DeadLetter) -> DeadLetter:
    if letter.status != "waiting":
        raise AlreadySettled(f"{letter.id} was {letter.status} by {letter.settled_by}.")
    return letter
