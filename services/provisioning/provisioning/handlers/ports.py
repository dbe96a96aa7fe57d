"""What provisioning's handlers need from outside, by ability; adapters provide it, fakes stand in for it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from chassis.database.unit_of_work import Transaction
from chassis.failures import Kind, NeverPossible, NotNow
from chassis.frozen import Frozen
from provisioning.domain.catalogue import Catalogue
from provisioning.domain.findings import AskedFor, Finding, Owner, Thing, ThingKind
from provisioning.domain.grants import Grant
from provisioning.domain.meters import SpendTerms
from provisioning.domain.orders import GrantOrder, Member, OtherSeat
from provisioning.domain.partners import Partner
from provisioning.domain.pool import PoolTerms
from provisioning.domain.rounds import Rounds
from provisioning.domain.standings import Observation
from provisioning.domain.sweeps import Part, Sweep, SweepTerms
from provisioning.handlers.account_ports import Accounts, Maintenance
from provisioning.handlers.claim_ports import DeviceClaims
from provisioning.handlers.money_ports import IdleAccounts, Meters
from provisioning.handlers.result_ports import KeptResults

JSON = Any
Outputs = Mapping[str, JSON]


class RefusedFor(NeverPossible):
    """Refused for these people, and done for all others of the order."""

    def __init__(self, refusal: NeverPossible, member_ids: Iterable[UUID]) -> None:
        super().__init__(refusal.code, refusal.message)
        self.member_ids = frozenset(member_ids)


class NotYet(NotNow):
    """Not at its end, and there are ``facts`` to be noted for the attempt that goes on from here.

    Without a ``kind`` the outside is at work; then ``retry_after`` says when to look again.
    """

    def __init__(
        self,
        code: str,
        message: str,
        retry_after: timedelta | None = None,
        *,
        kind: Kind = Kind.UNDER_WAY,
        facts: Outputs,
    ) -> None:
        super().__init__(code, message, retry_after, kind=kind)
        self.facts = facts


class RefusedNoting(NeverPossible):
    """Final, with ``facts`` for the attempt that an operator may ask for."""

    def __init__(self, code: str, message: str, *, facts: Outputs) -> None:
        super().__init__(code, message)
        self.facts = facts


class Step(Protocol):
    """One thing made outside for a grant. All calls may block on the network and may be repeated.

    ``outputs`` holds the facts (ids, ARNs, names; never a secret) noted so far by the steps of this
    grant. A call may have died after its work and before the note: so each call looks for what is
    there by the ids noted, else by names made from ``order``, and does not rely on its *own* earlier
    outputs being noted; those of the steps that it needs are always there while it is made.

    Raises `NotNow`, tried again with backoff as long as patience with this kind of failure lasts, and never
    before ``retry_after``. Of kind UNDER_WAY with ``retry_after`` (the outside is at work) it is neither
    counted nor told; a QUOTA that renews is told and not counted; progress begins patience anew. Raises
    `NeverPossible` where the cause is final until an operator retries. ``code`` is stable, ``message`` a
    sentence for operators and for the partner: no secret, no personal data.

    Raised as `NotYet` or `RefusedNoting`, facts are noted with the failure: the id of a task that goes on
    outside, say. A fact of None takes one back.

    `undo`, `freeze` and `unfreeze` return what their answers showed; None if that has to be observed.
    """

    @property
    def name(self) -> str:
        """The name in its `Product`'s plan; no other product may have it."""

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """Look, and change nothing: absent, off, on, or on and different from what it should be."""

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, JSON]:
        """Make it unless it is there, and return the facts that later steps and the partner need."""

    def undo(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        """Remove it; nothing to do when it is not there. Also called while frozen, or half made."""

    def freeze(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        """Switch the access off without destroying anything. Also called when half made."""

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        """Switch the access on again."""


@dataclass(frozen=True)
class Credentials:
    """What a device needs to speak; handed out once, never stored or logged by us."""

    thing_name: str
    endpoint: str
    certificate_pem: str
    private_key_pem: str = field(repr=False)


class KeyVault(Protocol):
    """Keeps private keys; the only place where they stand."""

    def read(self, order: GrantOrder, outputs: Outputs) -> Credentials:
        """Return the key of the grant's device. Blocks. Raises `NotNow` or `NeverPossible`."""


class WayIn(Frozen):
    """How one person comes into a product.

    ``user_name`` is None for who has no user there. ``has_come_in`` is None where the outside does not show
    it. ``must_register``: by an address of their own, which the outside sends to nobody.
    """

    user_name: str | None
    has_come_in: bool | None = None
    must_register: bool = False


class Door(Protocol):
    """Where the people of one product come in. Blocks on the network."""

    def ways_in(self, order: GrantOrder, outputs: Outputs) -> list[WayIn]:
        """Look for each of the order's people, and change nothing. Raises `NotNow` or `NeverPossible`."""

    def registration_address(self, order: GrantOrder, outputs: Outputs, member: Member) -> str:
        """Return a new one, a secret of the person's; older ones end. Raises `NotNow` or `NeverPossible`."""


class Policies(Frozen):
    """What the owners of the service decide in files and settings."""

    catalogue: Catalogue
    rounds: Rounds = field(default_factory=Rounds)
    sweeps: SweepTerms = field(default_factory=SweepTerms)
    pool: PoolTerms = field(default_factory=PoolTerms)
    spending: SpendTerms = field(default_factory=SpendTerms)
    results_location: str = ""


class Partners(Protocol):
    """The partners that provisioning knows."""

    def lock(self, partner_id: UUID) -> Partner | None:
        """Return the partner and hold its row until the transaction ends. Before any of its grants."""

    def add_and_lock(self, partner_id: UUID) -> Partner:
        """Return the partner, made without a profile if unknown, and hold its row. Harmless twice."""

    def save(self, partner: Partner) -> None: ...

    def sign_out(self, partner_id: UUID, at: datetime) -> None:
        """Sessions that began until then are over; harmless when repeated, or late."""

    def end_sessions(self, session_ids: Sequence[UUID]) -> None:
        """These sessions are over; harmless when repeated, or late."""


class ErasedPartners(Protocol):
    """Partners that were erased, as long as something of them stands outside."""

    def begin(self, partner_id: UUID) -> None:
        """Wait for whoever handles an event of the partner; before its row is held."""

    def note(self, partner_id: UUID, at: datetime) -> None:
        """From now on no event of the partner has an effect, known or not."""

    def hurry_results(self, now: datetime) -> None:
        """Let what their people made be kept no longer."""

    def settled(self, most: int) -> Sequence[UUID]:
        """Return some of whom nothing stands outside any more, and hold their rows."""

    def remove(self, partner_id: UUID) -> None:
        """Delete the partner with its grants and all that hangs on them."""


class Grants(Protocol):
    """The grants with their steps. Whoever changes one holds its partner's row."""

    def add(self, grant: Grant) -> None: ...

    def get(self, grant_id: UUID) -> Grant | None: ...

    def lock(self, grant_id: UUID) -> tuple[Partner, Grant] | None:
        """Return the grant with its partner, whose row is held first, so that nobody waits in a ring."""

    def of_partner(self, partner_id: UUID) -> list[Grant]:
        """Return the partner's grants in the order of the plan."""

    def due_for_a_look(self, now: datetime, limit: int) -> list[UUID]:
        """Return those whose time to be looked at has come, the longest overdue first."""

    def look_soon(self, now: datetime, apart: timedelta) -> int:
        """Have everything that stands looked at, one ``apart`` from the other, none later than it would be.

        Return how many.
        """

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

    def release(self, grant: Grant) -> None:
        """Delete all but those of people who leave."""

    def leave(self, partner_id: UUID, member_id: UUID) -> set[UUID]:
        """Note that the person leaves, and return the grants in which they may have something."""

    def release_left(self, grant: Grant) -> None:
        """Delete those of the people who leave."""

    def leaving(self, partner_id: UUID) -> set[UUID]:
        """Return the members who leave the partner and still have a seat somewhere."""

    def made_for(self, partner_id: UUID) -> set[tuple[UUID, UUID]]:
        """Return (grant, member) of every seat of the partner that was made, without people who leave."""


@dataclass(frozen=True)
class Page:
    """Some things, and the cursor of those behind them; None at the end."""

    things: Sequence[Thing]
    cursor: str | None = None


class Inventory(Protocol):
    """One kind of things outside, as a sweep lists it. All calls may block on the network.

    Only things that bear a mark of ours are told; what they bear, never what they look like. Raises `NotNow`
    and `NeverPossible`, as a step does.
    """

    @property
    def kind(self) -> ThingKind: ...

    def page(self, cursor: str | None) -> Page:
        """List some, from the beginning or from a cursor; some pages are empty."""

    def part_at(self, cursor: str | None) -> Part | None:
        """The part that a page is of, where one part can be left out; None where the kind is one whole."""

    def find(self, outside_id: str) -> Thing | None:
        """Look for one; None when it is not there, or bears no mark of ours any more."""

    def remove(self, thing: Thing) -> None:
        """Take it away, with what hangs on it and is ours; nothing to do when it is not there."""


class EverAsked(Protocol):
    """Tells what grants of a product were ever asked for: of some in the order of their ids, or of one."""

    def __call__(
        self, product: str, *, limit: int = 1, after: UUID | None = None, grant_id: UUID | None = None
    ) -> Sequence[AskedFor]: ...


class Sweeps(Protocol):
    """The sweeps, of which one at most is under way."""

    def lock_open(self) -> Sweep | None:
        """Return the one under way and hold its row."""

    def last(self) -> Sweep | None: ...

    def add(self, sweep: Sweep) -> bool:
        """Return False when one is under way."""

    def save(self, sweep: Sweep) -> None: ...


class Findings(Protocol):
    """What stands outside without a grant."""

    def lock(self, finding_id: UUID) -> Finding | None:
        """Return it and hold its row."""

    def lock_known(self, kind: ThingKind, outside_ids: Collection[str]) -> Mapping[str, Finding]:
        """Return what is known of these things, by their ids outside."""

    def lock_not_seen(self, kind: ThingKind, sweep_id: UUID, but: Collection[str] = ()) -> list[Finding]:
        """Return some of one product that wait and that this sweep has not seen, ``but`` those of some."""

    def owners(self, things: Sequence[Thing]) -> list[Owner]:
        """Return whose each of the things is, by what is true now."""

    def is_live(self, grant_id: UUID) -> bool:
        """Whether the grant is wanted, or something of it may stand outside."""

    def save(self, finding: Finding) -> None: ...


class Work(Transaction, Protocol):
    """One transaction: what is saved, emitted and deferred commits together, or not at all."""

    policies: Policies
    partners: Partners
    erased_partners: ErasedPartners
    grants: Grants
    device_claims: DeviceClaims
    seats: Seats
    sweeps: Sweeps
    findings: Findings
    accounts: Accounts
    maintenance: Maintenance
    meters: Meters
    idle_accounts: IdleAccounts
    kept_results: KeptResults

    def note_act(self, actor: str, action: str, target: str) -> None:
        """Leave an entry in the operators' log."""


OpenWork = Callable[[], AbstractContextManager[Work]]
