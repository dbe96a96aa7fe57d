"""A provisioning service in memory: events go in, the fake worker runs, events come out."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from tests.unit.provisioning.fake_database import FakeClock, FakeDatabase
from tests.unit.provisioning.fake_outside import BRAKES, FakeKeyVault, FakeLocks, FakeOutside, fake_steps
from tests.unit.provisioning.products import PRODUCTS

from chassis.database.outside_calls import OutsideCalls
from chassis.events import ReceivedEvent
from provisioning.adapters.scim_connection import ScimConnection
from provisioning.adapters.scim_directory import ScimDirectory
from provisioning.domain.catalogue import Catalogue, CatalogueEntry
from provisioning.domain.grants import Grant
from provisioning.domain.patience import Patience
from provisioning.handlers import member_events, partner_events, request_events
from provisioning.handlers.advance_grant import AdvanceGrant, MovesOfGrant, Outcomes, Together
from provisioning.handlers.looking import LookCall
from provisioning.handlers.ports import Policies


def entry_for(product: str, *, required: bool = True) -> CatalogueEntry:
    return CatalogueEntry(
        product_name=product,
        tiers=None,
        partner_types=None,
        competences=None,
        only_if_wanted=True,
        is_required=required,
        parameters={},
    )


CATALOGUE = Catalogue(
    "2026-01.test", tuple(entry_for(name, required=name != "crm") for name in PRODUCTS), PRODUCTS
)


def member(*, given_name: str, email: str, is_contact: bool) -> dict[str, Any]:
    return {
        "member_id": uuid4(),
        "given_name": given_name,
        "family_name": "O\u2019Connor",
        "email": email,
        "language": "de",
        "is_contact": is_contact,
    }


def approval(partner_id: UUID, products: list[str]) -> dict[str, Any]:
    contact = member(given_name="Zoë", email="zoe@example.com", is_contact=True)
    return {
        "partner_id": partner_id,
        "legal_name": "Müller & Söhne GmbH",
        "country": "DE",
        "partner_type": "machine_builder",
        "tier": "select",
        "language": "de",
        "competences": ["iot"],
        "products_wanted": products,
        "members": [contact],
    }


@dataclass
class ProvisioningInMemory:
    """The handlers wired to fakes."""

    clock: FakeClock = field(default_factory=FakeClock)
    outside: FakeOutside = field(default_factory=FakeOutside)
    locks: FakeLocks = field(default_factory=FakeLocks)
    vault: FakeKeyVault = field(default_factory=FakeKeyVault)
    last_sequence: int = 0

    def __post_init__(self) -> None:
        self.database = FakeDatabase(self.clock, Policies(catalogue=CATALOGUE))
        self.advance = AdvanceGrant(
            outside=OutsideCalls(open_work=self.database.open, locks=self.locks),
            steps=fake_steps(self.outside),
            # Three attempts of one kind or another.
            patience=Patience(
                first_seconds=1, most_seconds=60, lasts_seconds=2, by_kind={}, wait_most=timedelta(hours=1)
            ),
            random=lambda: 0.5,
        )

    def hear(self, name: str, data: Mapping[str, Any], sequence: int | None = None) -> None:
        """Events are numbered as they come, unless told otherwise."""
        self.last_sequence += 1
        told = f"when_partner_{name}"
        where = next(one for one in (member_events, request_events, partner_events) if hasattr(one, told))
        handle = getattr(where, told)
        event = ReceivedEvent(
            id="1",
            name=f"partner.{name}",
            version=1,
            source="/gangway/onboarding",
            subject=str(data["partner_id"]),
            sequence=sequence or self.last_sequence,
            occurred_at=self.clock.at,
            data=data,
            topic="partner.lifecycle.v1",
            partition=0,
            offset=0,
        )
        with self.database.open() as work:
            handle(work, event, data)

    def plan(self, *products: str) -> UUID:
        """Approve a partner and have it accept the agreement."""
        partner_id = uuid4()
        self.hear("approved", approval(partner_id, list(products)))
        self.hear("agreement_accepted", {"partner_id": partner_id})
        return partner_id

    def join(self, partner_id: UUID, email: str = "ana@example.com") -> UUID:
        """Have a person confirm that they belong to the partner."""
        person = member(given_name="Ana", email=email, is_contact=False)
        self.hear("member_added", {"partner_id": partner_id, "member": person})
        return UUID(str(person["member_id"]))

    def remove(self, partner_id: UUID, member_id: UUID) -> None:
        self.hear("member_removed", {"partner_id": partner_id, "member_id": member_id})

    def active(self, *products: str) -> UUID:
        partner_id = self.plan(*products)
        self.run()
        return partner_id

    def begin(self, grant_id: UUID) -> Together:
        """Note the next attempts of a worker whose lock will be lost, and stand before their calls."""
        with self.database.open() as work:
            begun = MovesOfGrant(grant_id, self.advance).begin(work, self.locks, None)
        assert not isinstance(begun, LookCall | None)
        return begun

    def begin_at(self, grant_id: UUID, step_name: str) -> Together:
        """The same for this step, once all that comes before it was done."""
        while step_name not in steps_of(begun := self.begin(grant_id)):
            self.note(begun, self.call(begun))
        return begun

    def call(self, begun: Together) -> Outcomes:
        outcomes = MovesOfGrant(begun[0].order.grant_id, self.advance).call(begun)
        assert not isinstance(outcomes, dict)
        return outcomes

    def note(self, begun: Together, outcomes: Outcomes) -> None:
        """Note the outcomes of a worker who lost its lock: what follows is left to a job."""
        moves = MovesOfGrant(begun[0].order.grant_id, self.advance)
        with self.database.open() as work:
            moves.note(work, begun, outcomes)
            moves.come_back(work, timedelta())

    def run(self) -> None:
        self.database.run_jobs(self.advance)

    def after(self, name: str, partner_id: UUID) -> None:
        """Hear an event of the partner, and do all that follows from it."""
        self.hear(name, {"partner_id": partner_id})
        self.run()

    def do(self, handler: Callable[..., Any], *command: object) -> None:
        """Have a command handled in a transaction of its own."""
        with self.database.open() as work:
            handler(work, *command)

    def data_of(self, event_name: str) -> list[Mapping[str, Any]]:
        return [event.data for event in self.database.events if event.name == event_name]

    def later(self, seconds: float = 1) -> None:
        self.clock.at += timedelta(seconds=seconds)

    def grant(self, partner_id: UUID, product: str) -> Grant:
        grants = self.database.rows.grants.values()
        return next(g for g in grants if (g.partner_id, g.product_name) == (partner_id, product))

    def told(self, member_id: UUID) -> list[list[str]]:
        """The products of each event that told of the person's access."""
        return [
            [product["product"] for product in event.data["products"]]
            for event in self.database.events
            if event.name == "access.member_added" and event.data["member_id"] == str(member_id)
        ]

    def told_gone(self, member_id: UUID) -> list[list[str]]:
        """The products of each event that told that nothing of the person's is left."""
        return [
            [product["product"] for product in event.data["products"]]
            for event in self.database.events
            if event.name == "access.member_removed" and event.data["member_id"] == str(member_id)
        ]

    def told_to_have(self, product: str) -> set[UUID]:
        """Who has a seat in the product, as last told with its grant."""
        told = [
            event.data
            for event in self.database.events
            if event.name == "access.granted" and event.data["product"] == product
        ]
        return {UUID(member_id) for member_id in told[-1]["member_ids"]}

    def switches(self) -> set[str]:
        """Where the brakes stand, of all that stands."""
        return {switch for (_, step), switch in self.outside.standing.items() if step in BRAKES}

    def standing(self) -> list[str]:
        return sorted(step for _, step in self.outside.standing)


def steps_of(begun: Together) -> list[str]:
    return [call.attempt.step_name for call in begun]


@pytest.fixture
def provisioning() -> ProvisioningInMemory:
    return ProvisioningInMemory()


OpenDirectory = Callable[[httpx.MockTransport], ScimDirectory]


@pytest.fixture
def directory() -> Iterator[OpenDirectory]:
    """Opens the directory of a CRM that answers as told."""
    with ExitStack() as opened:

        def open_directory(crm: httpx.MockTransport) -> ScimDirectory:
            connection = ScimConnection("https://crm.example/v2", "token", 5, transport=crm)
            opened.callback(connection.close)
            return ScimDirectory(connection)

        yield open_directory
