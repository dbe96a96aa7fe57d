"""Provisioning on a real PostgreSQL, with steps in memory."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import text
from tests.integration.working_off import run_due_jobs
from tests.unit.provisioning.conftest import approval, member
from tests.unit.provisioning.fake_outside import FakeDoor, FakeKeyVault, FakeOutside, fake_steps

from chassis.database.migrations import migrate
from chassis.events import ReceivedEvent
from chassis.messaging.subscriptions import Subscriptions
from provisioning.bootstrap import ProvisioningService, build_service
from provisioning.domain.findings import ThingKind
from provisioning.domain.grants import Grant
from provisioning.handlers.advance_account import AccountOutside
from provisioning.handlers.ports import Inventory, Step


def public_pem(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@dataclass
class ProvisioningOnPostgres:
    """The service, what it makes outside, and the keys that its callers sign with."""

    service: ProvisioningService
    outside: FakeOutside
    vault: FakeKeyVault
    session_key: Ed25519PrivateKey
    ops_key: Ed25519PrivateKey
    door: FakeDoor
    last_sequence: int = 0

    def hear(self, name: str, data: dict[str, Any], topic: str = "partner.lifecycle.v1") -> None:
        """Handle one event as the consumer does: its schema, then its handler, in one transaction."""
        subscriptions = self.service.subscriptions
        assert isinstance(subscriptions, Subscriptions)
        self.last_sequence += 1
        handler = subscriptions.topics[topic][f"partner.{name}.v1"]
        event = ReceivedEvent(
            id=str(uuid4()),
            name=f"partner.{name}",
            version=1,
            source="/gangway/onboarding",
            subject=data["partner_id"],
            sequence=self.last_sequence,
            occurred_at=datetime.now(UTC),
            data=data,
            topic=topic,
            partition=0,
            offset=0,
        )
        with self.service.open_work() as work:
            handler.handle(work, event, handler.schema.load(data))

    def plan(self, *products: str, partner_id: UUID | None = None, **facts: Any) -> UUID:
        """Approve a partner, whose contact is zoe@example.com, and have it accept the agreement."""
        partner_id = partner_id or uuid4()
        approved = approval(partner_id, list(products))
        for one in approved["members"]:
            one["member_id"] = str(one["member_id"])
        approved |= {**facts, "partner_id": str(partner_id), "a_field_of_tomorrow": 1}
        self.hear("approved", approved)
        self.hear("agreement_accepted", {"partner_id": str(partner_id)})
        return partner_id

    def join(self, partner_id: UUID, email: str) -> UUID:
        """Have a person confirm that they belong to the partner."""
        person = member(given_name="Ana", email=email, is_contact=False)
        told = {**person, "member_id": str(person["member_id"])}
        confirmed_at = datetime.now(UTC).isoformat()
        self.hear(
            "member_added", {"partner_id": str(partner_id), "member": told, "confirmed_at": confirmed_at}
        )
        return UUID(told["member_id"])

    def work_off(self, most: int = 200) -> None:
        """Run the real worker until no job is left; what waits for its time is due at once."""
        app = self.service.jobs_app
        assert app is not None
        for _ in range(most):
            with self.service.database.engine.begin() as connection:
                early = text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
                if not connection.execute(early).rowcount:
                    return
            run_due_jobs(app, concurrency=4)
        with self.service.database.engine.begin() as connection:
            left = connection.scalars(text("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'"))
            raise AssertionError(f"the jobs never come to an end: {', '.join(left)}")

    def grant(self, partner_id: UUID, product: str) -> Grant:
        with self.service.open_work() as work:
            return next(g for g in work.grants.of_partner(partner_id) if g.product_name == product)

    def events(self, partner_id: UUID) -> list[str]:
        """The names of the partner's events in the outbox, in the order of their numbers."""
        query = text("SELECT type FROM outbox WHERE subject = :subject ORDER BY sequence")
        with self.service.database.engine.begin() as connection:
            return [row.type for row in connection.execute(query, {"subject": str(partner_id)})]


@pytest.fixture
def provisioning(database_url: str) -> Iterator[ProvisioningOnPostgres]:
    outside = FakeOutside()
    with provisioning_on(database_url, fake_steps(outside), outside) as provisioning:
        yield provisioning


@contextmanager
def provisioning_on(  # noqa: PLR0917 - each outside that a test may bring
    database_url: str,
    steps: Mapping[str, Step] | None,
    outside: FakeOutside,
    environ: Mapping[str, str] | None = None,
    inventories: Mapping[ThingKind, Inventory] | None = None,
    account_outside: AccountOutside | None = None,
) -> Iterator[ProvisioningOnPostgres]:
    session_key, ops_key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    vault, door = FakeKeyVault(), FakeDoor()
    service = build_service(
        {
            "DATABASE_URL": database_url,
            "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
            "PUBLIC_URL": "http://127.0.0.1:8000",
            "SESSION_PUBLIC_KEY": public_pem(session_key),
            "LINK_PUBLIC_KEY": public_pem(session_key),
            "OPS_TOKEN_PUBLIC_KEY": public_pem(ops_key),
            "SCIM_URL": "http://127.0.0.1:9/scim",
            "SCIM_TOKEN": "nothing",
            "STEP_RETRY_FIRST_SECONDS": "0.01",
            "STEP_RETRY_MOST_SECONDS": "0.02",
            "STEP_PATIENCE_SECONDS": "0.3",
            "STEP_PATIENCE_BY_KIND": "unavailable=0.3",
            "SWEEP_EVERY_HOURS": "0",
            "SWEEP_PAGES_PER_MINUTE": "6000",
            **(environ or {}),
        },
        steps=steps,
        key_vault=vault,
        inventories={} if inventories is None else inventories,
        doors={"crm": door},
        account_outside=account_outside,
    )
    migrate(database_url, service.migrations)
    yield ProvisioningOnPostgres(service, outside, vault, session_key, ops_key, door)
    service.database.dispose()
    service.lock_engine.dispose()
