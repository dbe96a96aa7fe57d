"""One database transaction, with the events and the jobs that commit with it."""

from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from chassis import clock
from chassis.database.deferred_jobs import Job, database_now, write_jobs
from chassis.database.round_trips import ask_together
from chassis.events import Event, OutgoingEvent, Tombstone


class Transaction(Protocol):
    """What every service's port ``Work`` offers beside its repositories; `UnitOfWork` serves it."""

    def emit(self, event: Event | Tombstone) -> OutgoingEvent: ...

    def defer(self, job: Job) -> None: ...

    def now(self) -> datetime: ...

    def database_now(self) -> datetime: ...

    def write_now(self) -> None: ...


class EventSink(Protocol):
    """Where a unit of work writes its events: the outbox, in one round trip per commit."""

    def write(self, connection: Connection, events: list[OutgoingEvent]) -> None: ...


class UnitOfWork:
    """What a handler works with: an open transaction; what is emitted and deferred commits with it.

    Services subclass it and add their repositories as attributes. Handlers never commit: the
    entry point that opened the transaction does (`Database.begin`), after `flush`.
    """

    def __init__(self, connection: Connection, events: EventSink) -> None:
        self.connection = connection
        self._event_sink = events
        self._events: list[OutgoingEvent] = []
        self._snapshots: dict[tuple[str, str], OutgoingEvent] = {}
        self._jobs: list[Job] = []

    def emit(self, event: Event | Tombstone) -> OutgoingEvent:
        """Remember an event; it gets its sequence number and its outbox row at `flush`.

        Of each subject's snapshots only the last one does.
        """
        sent = OutgoingEvent.of(event, self.now())
        if (event.of if isinstance(event, Tombstone) else event).is_snapshot:
            self._snapshots[sent.topic, sent.subject] = sent
        else:
            self._events.append(sent)
        return sent

    def defer(self, job: Job) -> None:
        """Remember a job; it enters the queue at `flush`."""
        self._jobs.append(job)

    def now(self) -> datetime:
        """The present moment. Ask after taking a lock: waiting for one takes time."""
        return clock.now()

    def database_now(self) -> datetime:
        """The present moment by the database, which gives out a job when its time has come by that clock.

        To see whether something is due yet, and to defer a job if not, ask for this one: with a clock
        that is behind, such a job would come again at once, and again. A round trip.
        """
        return database_now(self.connection)

    def write_now(self) -> None:
        """Write what waits for the commit, so that its errors are raised here. A round trip."""
        self.flush()
        ask_together(self.connection, [])

    def flush(self) -> None:
        """Write what was emitted and deferred. Called just before the commit."""
        events, self._events = [*self._events, *self._snapshots.values()], []
        self._snapshots = {}
        jobs, self._jobs = self._jobs, []
        if events:
            self._event_sink.write(self.connection, events)
        write_jobs(self.connection, jobs)
