"""A database in memory that commits all of a unit of work or nothing, and a worker that runs its jobs."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chassis.database.unit_of_work import Job
from chassis.events import OutgoingEvent
from provisioning.adapters.event_schemas import PRODUCED
from provisioning.domain.grants import Grant
from provisioning.domain.partners import Partner


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    at: datetime = datetime(2026, 3, 3, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Rows:
    partners: dict[UUID, Partner] = field(default_factory=dict)
    grants: dict[UUID, Grant] = field(default_factory=dict)


class FakeWork:
    """One transaction over copies of the rows."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.partners = FakePartners(rows)
        self.grants = FakeGrants(rows)
        self.events: list[OutgoingEvent] = []
        self.jobs: list[Job] = []

    def note_act(self, actor: str, action: str, target: str) -> None:
        """Kept by the real unit of work only."""

    def emit(self, event: OutgoingEvent) -> None:
        PRODUCED[f"{event.name}.v{event.version}"].load(dict(event.data))
        self.events.append(event)

    def defer(self, job: Job) -> None:
        self.jobs.append(job)


class FakePartners:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def lock(self, partner_id: UUID) -> Partner | None:
        return copy.deepcopy(self._rows.partners.get(partner_id))

    def add_and_lock(self, partner_id: UUID) -> Partner:
        return copy.deepcopy(self._rows.partners.setdefault(partner_id, Partner(partner_id=partner_id)))

    def save(self, partner: Partner) -> None:
        self._rows.partners[partner.partner_id] = copy.deepcopy(partner)


class FakeGrants:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, grant: Grant) -> None:
        assert grant.grant_id not in self._rows.grants
        self._rows.grants[grant.grant_id] = copy.deepcopy(grant)

    def get(self, grant_id: UUID) -> Grant | None:
        return copy.deepcopy(self._rows.grants.get(grant_id))

    def of_partner(self, partner_id: UUID) -> list[Grant]:
        return [copy.deepcopy(g) for g in self._rows.grants.values() if g.partner_id == partner_id]

    def partner_of(self, grant_id: UUID) -> UUID | None:
        grant = self._rows.grants.get(grant_id)
        return grant and grant.partner_id

    def save(self, grant: Grant) -> None:
        assert grant.grant_id in self._rows.grants
        self._rows.grants[grant.grant_id] = copy.deepcopy(grant)


class FakeDatabase:
    """What was committed: rows, events in order, jobs that wait."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.rows = Rows()
        self.events: list[OutgoingEvent] = []
        self.jobs: list[Job] = []

    @contextmanager
    def open(self) -> Iterator[FakeWork]:
        work = FakeWork(copy.deepcopy(self.rows))
        yield work
        self.rows = work.rows
        self.events += work.events
        self.jobs += work.jobs

    def names(self) -> list[str]:
        return [event.name for event in self.events]

    def run_jobs(self, advance: Callable[[UUID], None], most: int = 500) -> None:
        """Run every job that is due, moving the clock on to the next one, until none is left."""
        for _ in range(most):
            if not self.jobs:
                return
            job = min(self.jobs, key=lambda job: job.not_before or self.clock.at)
            self.jobs.remove(job)
            self.clock.at = max(self.clock.at, job.not_before or self.clock.at) + timedelta(milliseconds=1)
            try:
                advance(UUID(job.arguments["grant_id"]))
            except Killed:
                self.jobs.append(job)
        raise AssertionError("the jobs never come to an end")


class Killed(BaseException):
    """The worker died on this line; its job comes back."""
