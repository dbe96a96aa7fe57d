"""What handlers ask of the database: one open transaction with the repositories."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis.database.unit_of_work import Job
from chassis.events import OutgoingEvent
from provisioning.domain.grants import Grant
from provisioning.domain.orders import Member, OtherSeat
from provisioning.domain.partners import Partner


class Partners(Protocol):
    """The partners that provisioning knows."""

    def lock(self, partner_id: UUID) -> Partner | None:
        """Return the partner and hold its row until the transaction ends. Before any of its grants."""

    def lock_owner(self, grant_id: UUID) -> Partner | None:
        """Do the same for the partner whose grant it is."""

    def add_and_lock(self, partner_id: UUID) -> Partner:
        """Return the partner, made without a profile if unknown, and hold its row. Harmless twice."""

    def save(self, partner: Partner) -> None: ...


class Grants(Protocol):
    """The grants with their steps. Whoever changes one holds its partner's row."""

    def add(self, grant: Grant) -> None: ...

    def get(self, grant_id: UUID) -> Grant | None: ...

    def of_partner(self, partner_id: UUID) -> list[Grant]:
        """Return the partner's grants in the order of the plan."""

    def save(self, grant: Grant) -> None: ...


class Seats(Protocol):
    """Who has, or may have, something of a grant outside: one row for each of its people.

    A row is written before the outside is called for the person and deleted after all of it was taken away,
    so a grant of another partner sees in time that it shares the person. Rows of one person and product
    change while the person is held (`MovesOfGrant`), from before the call until its outcome is noted.
    """

    def claim(self, grant: Grant, members: Collection[Member]) -> None:
        """Note that each of the people may have a seat from now on. Harmless twice."""

    def elsewhere(self, grant: Grant, members: Collection[Member]) -> Mapping[UUID, tuple[OtherSeat, ...]]:
        """Return the seats of these people in other partners' grants of the product, by person."""

    def note_made(self, grant: Grant, member_ids: Collection[UUID]) -> None: ...

    def switch(self, grant: Grant, *, is_on: bool) -> None: ...

    def release(self, grant: Grant) -> None: ...

    def made_for(self, partner_id: UUID) -> set[tuple[UUID, UUID]]:
        """Return (grant, member) of every seat of the partner that was made."""


class ProvisioningWork(Protocol):
    """One transaction: what is saved, emitted and deferred commits together, or not at all."""

    @property
    def partners(self) -> Partners: ...

    @property
    def grants(self) -> Grants: ...

    @property
    def seats(self) -> Seats: ...

    def now(self) -> datetime: ...

    def note_act(self, actor: str, action: str, target: str) -> None:
        """Leave an entry in the operators' log."""

    def emit(self, event: OutgoingEvent) -> None: ...

    def defer(self, job: Job) -> None: ...


OpenWork = Callable[[], AbstractContextManager[ProvisioningWork]]
Clock = Callable[[], datetime]
