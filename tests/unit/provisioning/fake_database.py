"""A database in memory that commits all of a unit of work or nothing, and a worker that runs its jobs."""

import pickle
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.database.deferred_jobs import Job
from chassis.events import Event, OutgoingEvent, Tombstone
from provisioning.domain.account_states import AccountState
from provisioning.domain.accounts import SandboxAccount
from provisioning.domain.former_people import former_person_id_of
from provisioning.domain.grants import Grant
from provisioning.domain.kept_results import ResultsOfGrant
from provisioning.domain.orders import Member, OtherSeat
from provisioning.domain.partners import Partner
from provisioning.domain.pool import ClosingBudget, PoolFigures, PoolTerms, window_begins
from provisioning.handlers.ports import Policies


@dataclass
class FakeClock:
    """The database's clock, which stands still until it is moved; that of a process may be behind."""

    at: datetime = datetime(2026, 3, 3, 10, tzinfo=UTC)
    behind: timedelta = timedelta()

    def __call__(self) -> datetime:
        return self.at - self.behind


@dataclass(frozen=True, kw_only=True)
class Seat:
    person_id: UUID
    is_made: bool = False
    is_on: bool = True
    is_leaving: bool = False


@dataclass
class Rows:
    """``seats`` by grant and member, ``accounts`` by key, ``results`` that are kept by location."""

    partners: dict[UUID, Partner] = field(default_factory=dict)
    grants: dict[UUID, Grant] = field(default_factory=dict)
    seats: dict[tuple[UUID, UUID], Seat] = field(default_factory=dict)
    accounts: dict[UUID, SandboxAccount] = field(default_factory=dict)
    results: dict[str, ResultsOfGrant] = field(default_factory=dict)


class FakeWork:
    """One transaction over copies of the rows. Sweeps and erasure are tried on a real database only."""

    sweeps: Any
    findings: Any
    erased_partners: Any

    def __init__(self, rows: Rows, clock: FakeClock, policies: Policies) -> None:
        self.rows = rows
        self.now = clock
        self.database_now = lambda: clock.at
        self.policies = policies
        self.partners = FakePartners(rows)
        self.grants = FakeGrants(rows)
        self.seats = FakeSeats(rows)
        self.accounts = FakeAccounts(rows)
        self.kept_results = FakeKeptResults(rows)
        self.maintenance = FakeMaintenance()
        self.events: list[OutgoingEvent] = []
        self.jobs: list[Job] = []

    def note_act(self, actor: str, action: str, target: str) -> None:
        """Kept by the real unit of work only."""

    def emit(self, event: Event | Tombstone) -> OutgoingEvent:
        self.events.append(OutgoingEvent.of(event, self.now()))
        return self.events[-1]

    def defer(self, job: Job) -> None:
        self.jobs.append(job)


def _copy(row: Any) -> Any:
    """Nothing of it is shared. A tenth of the time of deepcopy."""
    return pickle.loads(pickle.dumps(row, pickle.HIGHEST_PROTOCOL))  # noqa: S301


class FakePartners:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def lock(self, partner_id: UUID) -> Partner | None:
        return _copy(self._rows.partners.get(partner_id))

    def add_and_lock(self, partner_id: UUID) -> Partner:
        return _copy(self._rows.partners.setdefault(partner_id, Partner(partner_id=partner_id)))

    def sign_out(self, partner_id: UUID, at: datetime) -> None:
        """Nobody is signed in here."""

    def end_sessions(self, session_ids: Sequence[UUID], ended_at: datetime) -> None:
        """Nobody is signed in here."""

    def save(self, partner: Partner) -> None:
        self._rows.partners[partner.partner_id] = _copy(partner)


class FakeGrants:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, grant: Grant) -> None:
        assert grant.grant_id not in self._rows.grants
        self._rows.grants[grant.grant_id] = _copy(grant)

    def get(self, grant_id: UUID) -> Grant | None:
        return _copy(self._rows.grants.get(grant_id))

    def lock(self, grant_id: UUID) -> tuple[Partner, Grant] | None:
        grant = self.get(grant_id)
        return (_copy(self._rows.partners[grant.partner_id]), grant) if grant else None

    def of_partner(self, partner_id: UUID) -> list[Grant]:
        return [_copy(g) for g in self._rows.grants.values() if g.partner_id == partner_id]

    def due_for_a_look(self, now: datetime, limit: int) -> list[UUID]:
        due = [g for g in self._rows.grants.values() if g.look_at is not None and g.look_at <= now]
        return [grant.grant_id for grant in due[:limit]]

    def look_soon(self, now: datetime, apart: timedelta) -> int:
        later = [g for g in self._rows.grants.values() if g.look_at is not None and g.look_at > now]
        for place, grant in enumerate(later):
            self.save(replace(grant, look_at=min(grant.look_at or now, now + place * apart)))
        return len(later)

    def save(self, grant: Grant) -> None:
        assert grant.grant_id in self._rows.grants
        self._rows.grants[grant.grant_id] = _copy(grant)


class FakeSeats:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def claim(self, grant: Grant, members: Collection[Member]) -> None:
        for member in members:
            self._rows.seats.setdefault((grant.grant_id, member.member_id), Seat(person_id=member.person_id))

    def elsewhere(self, grant: Grant, members: Collection[Member]) -> Mapping[UUID, tuple[OtherSeat, ...]]:
        found: dict[UUID, tuple[OtherSeat, ...]] = {}
        people = {one.person_id for one in members} | {former_person_id_of(one.email) for one in members}
        for (grant_id, member_id), seat in self._rows.seats.items():
            other = self._rows.grants[grant_id]
            is_other = grant_id != grant.grant_id and other.product_name == grant.product_name
            if is_other and seat.person_id in people:
                is_on = seat.is_on and other.is_wanted
                there = OtherSeat(member_id=member_id, is_on=is_on, parameters=other.parameters)
                found[seat.person_id] = (*found.get(seat.person_id, ()), there)
        return found

    def note_made(self, grant: Grant, member_ids: Collection[UUID]) -> None:
        for member_id in member_ids:
            key = (grant.grant_id, member_id)
            self._rows.seats[key] = replace(self._rows.seats[key], is_made=True)

    def switch(self, grant: Grant, *, is_on: bool) -> None:
        for key, seat in self._rows.seats.items():
            if key[0] == grant.grant_id:
                self._rows.seats[key] = replace(seat, is_on=is_on)

    def release(self, grant: Grant) -> None:
        self._release(grant, is_leaving=False)

    def release_left(self, grant: Grant) -> None:
        self._release(grant, is_leaving=True)

    def leave(self, partner_id: UUID, member_id: UUID) -> set[UUID]:
        keys = [key for key in self._of(partner_id) if key[1] == member_id]
        for key in keys:
            self._rows.seats[key] = replace(self._rows.seats[key], is_leaving=True)
        return {grant_id for grant_id, _ in keys}

    def leaving(self, partner_id: UUID) -> set[UUID]:
        return {key[1] for key, seat in self._of(partner_id).items() if seat.is_leaving}

    def made_for(self, partner_id: UUID) -> set[tuple[UUID, UUID]]:
        return {k for k, seat in self._of(partner_id).items() if seat.is_made and not seat.is_leaving}

    def _of(self, partner_id: UUID) -> dict[tuple[UUID, UUID], Seat]:
        own = {grant.grant_id for grant in self._rows.grants.values() if grant.partner_id == partner_id}
        return {key: seat for key, seat in self._rows.seats.items() if key[0] in own}

    def _release(self, grant: Grant, *, is_leaving: bool) -> None:
        for key, seat in list(self._rows.seats.items()):
            if key[0] == grant.grant_id and seat.is_leaving is is_leaving:
                del self._rows.seats[key]


class FakeAccounts:
    """Keeps what the unique indexes keep."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, account: SandboxAccount) -> bool:
        if account.account_key in self._rows.accounts or not self._is_unique(account):
            return False
        self._rows.accounts[account.account_key] = _copy(account)
        return True

    def lock(self, account_key: UUID) -> SandboxAccount | None:
        return _copy(self._rows.accounts.get(account_key))

    def lock_of_grant(self, grant_id: UUID) -> SandboxAccount | None:
        return next((_copy(one) for one in self._all() if one.grant_id == grant_id), None)

    def lock_available(self) -> SandboxAccount | None:
        free = [one for one in self._all() if one.state == one.wanted == AccountState.AVAILABLE]
        return _copy(min(free, key=lambda one: one.made_at, default=None))

    def due(self, now: datetime, limit: int) -> list[UUID]:
        due = [one for one in self._all() if one.due_at is not None and one.due_at <= now]
        return [one.account_key for one in sorted(due, key=lambda one: one.due_at or now)[:limit]]

    def counts(self) -> Mapping[AccountState, int]:
        is_leaving = AccountState.AVAILABLE
        return Counter(one.wanted if one.state is is_leaving else one.state for one in self._all())

    def count_making(self) -> int:
        coming = AccountState.AVAILABLE
        return sum(one.state is AccountState.MAKING and one.wanted is coming for one in self._all())

    def key_of(self, account_id: str) -> UUID | None:
        return next((one.account_key for one in self._all() if one.account_id == account_id), None)

    def lock_closing_budget(self, now: datetime) -> ClosingBudget:
        asked = sorted(one.close_asked_at for one in self._all() if one.close_asked_at)
        recent = [at for at in asked if at > window_begins(now)]
        staying = [
            one for one in self._all() if one.account_id and not one.is_over and not one.close_asked_at
        ]
        return ClosingBudget(standing=len(staying), asked_at=recent)

    def figures(self, terms: PoolTerms, now: datetime) -> PoolFigures:
        raise NotImplementedError("tried on a real database only")

    def save(self, account: SandboxAccount) -> None:
        assert account.account_key in self._rows.accounts
        assert self._is_unique(account), "one account in two leases, or one grant with two"
        self._rows.accounts[account.account_key] = _copy(account)

    def _all(self) -> Collection[SandboxAccount]:
        return self._rows.accounts.values()

    def _is_unique(self, account: SandboxAccount) -> bool:
        others = [one for one in self._all() if one.account_key != account.account_key]
        taken = {one.account_id for one in others} | {one.grant_id for one in others}
        return not taken & ({account.account_id, account.grant_id} - {None})


class FakeKeptResults:
    """Whether somebody has them again, and so what is due, is tried on a real database only."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, results: ResultsOfGrant) -> None:
        self._rows.results[results.location] = _copy(results)

    def due(self, now: datetime, limit: int) -> list[UUID]:
        raise NotImplementedError

    def lock_due(self, grant_id: UUID, now: datetime) -> ResultsOfGrant | None:
        raise NotImplementedError

    def save(self, results: ResultsOfGrant) -> None:
        raise NotImplementedError


class FakeMaintenance:
    def is_on(self) -> bool:
        return False


class FakeDatabase:
    """What was committed: rows, events in order, jobs that wait."""

    def __init__(self, clock: FakeClock, policies: Policies) -> None:
        self.clock = clock
        self.policies = policies
        self.rows = Rows()
        self.events: list[OutgoingEvent] = []
        self.jobs: list[Job] = []

    @contextmanager
    def open(self) -> Iterator[FakeWork]:
        # What is in the rows is replaced, never changed: everybody gets and gives copies.
        before = self.rows
        rows = Rows(dict(before.partners), dict(before.grants), dict(before.seats), dict(before.accounts))
        work = FakeWork(rows, self.clock, self.policies)
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
