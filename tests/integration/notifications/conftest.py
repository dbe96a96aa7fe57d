"""Notifications on a real database, told events by their contracts' examples; a mail system listens."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from chassis.database.migrations import migrate
from chassis.events import ReceivedEvent
from chassis.failures import Failure
from chassis.identity.ops_tokens import sign_ops_token
from chassis.identity.roles import LEARNING_RECORDS
from chassis.identity.signing_keys import new_key_pair, read_private_key
from local_stack.postgres import LocalPostgres
from notifications.bootstrap import NotificationsService, build_service
from notifications.domain.letters import Mail
from notifications.domain.messages import Transport
from notifications.handlers.delivery import Outcome
from notifications.handlers.ports import Receipt

CONTRACTS = Path(__file__).parents[3] / "contracts" / "events"
TABLES = (
    "procrastinate_jobs, outbox, outbox_counters, idempotency_answers, partners, members, messages, links"
)


@dataclass
class ListeningTransport:
    """Takes every mail, unless told to refuse the next ones; counts the sessions that it was asked for."""

    mails: list[Mail] = field(default_factory=list)
    refusals: list[Failure] = field(default_factory=list)
    says: str = "taken"
    name: Transport = "smtp"
    sessions: int = 0

    @contextmanager
    def session(self) -> Iterator["ListeningTransport"]:
        self.sessions += 1
        yield self

    def send(self, mail: Mail) -> Receipt:
        if self.refusals:
            raise self.refusals.pop(0)
        self.mails.append(mail)
        return Receipt(f"{self.says} {len(self.mails)}")

    def parsed(self, recipient: str | None = None) -> list[EmailMessage]:
        wanted = [mail for mail in self.mails if recipient in (None, mail.recipient)]
        return [message_from_bytes(mail.content, policy=default) for mail in wanted]  # type: ignore[misc]


@dataclass
class World:
    """One partner's story as notifications hears it."""

    service: NotificationsService
    transport: ListeningTransport
    ops_token: str
    partner_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    sequence: int = 0

    def tell(
        self, name: str, case: str = "", *, event_id: str | None = None, **changes: Any
    ) -> ReceivedEvent:
        """Handle the contract's example of an event as the next one of this partner."""
        event = self.next_event(name, case, event_id=event_id, **changes)
        self.tell_again(event)
        return event

    def next_event(
        self, name: str, case: str = "", *, event_id: str | None = None, **changes: Any
    ) -> ReceivedEvent:
        """The contract's example of an event as the next one of this partner, not handled yet."""
        example = CONTRACTS / name / f"v1{case and '.' + case}.example.json"
        data = json.loads(example.read_text(encoding="utf-8")) | {"partner_id": self.partner_id} | changes
        if "link" in data:
            until = (datetime.now(UTC) + timedelta(hours=5)).isoformat()
            data["link"] = {"expires_at": until} | {
                key: value for key, value in data["link"].items() if key != "expires_at" or "link" in changes
            }
            data["link"]["id"] = data["link"]["id"] if "link" in changes else str(uuid.uuid4())
        topics = {
            "access.": "access.lifecycle.v1",
            "partner.draft_": "partner.drafts.v1",
            "partner.sessions_": "partner.sessions.v1",
        }
        topic = next((topics[one] for one in topics if name.startswith(one)), "partner.lifecycle.v1")
        if topic.startswith("partner"):
            self.sequence += 1
        return ReceivedEvent(
            id=event_id or str(uuid.uuid4()),
            name=name,
            version=1,
            source="/gangway/tests",
            subject=self.partner_id,
            sequence=self.sequence,
            occurred_at=datetime.now(UTC),
            data=data,
            topic=topic,
            partition=0,
            offset=0,
        )

    def tell_again(self, event: ReceivedEvent) -> None:
        assert self.service.subscriptions is not None
        handler = self.service.subscriptions.topics[event.topic][f"{event.name}.v1"]
        with self.service.open_work() as work:
            handler.handle(work, event, handler.schema.load(event.data))

    def deliver(self) -> list[Outcome]:
        """Run every job that sends mails and is due, as the worker would; what came of each attempt."""
        return [outcome for partner_id in self._take_jobs("send_mails") for outcome in self.send(partner_id)]

    def send(self, partner_id: str | None = None) -> list[Outcome]:
        """Run a job that sends mails, of this partner or another."""
        return list(self.service.delivery.send_due(uuid.UUID(partner_id or self.partner_id)).values())

    def waiting(self, task: str) -> list[dict[str, Any]]:
        query = (
            "SELECT args, scheduled_at FROM procrastinate_jobs WHERE task_name = :task AND status = 'todo'"
        )
        return [dict(row) for row in self.rows(query, task=task)]

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """What is in the outbox, oldest first: type and data."""
        rows = self.rows("SELECT type, data FROM outbox ORDER BY position")
        told = [(row["type"].removeprefix("gangway."), json.loads(bytes(row["data"]))) for row in rows]
        return [{"type": kind, **data} for kind, data in told if name is None or kind == f"{name}.v1"]

    def rows(self, query: str, **values: Any) -> list[Any]:
        with self.service.database.begin() as work:
            return list(work.connection.execute(text(query), values).mappings())

    def change(self, statement: str, **values: Any) -> None:
        with self.service.database.begin() as work:
            work.connection.execute(text(statement), values)

    def client(self) -> FlaskClient:
        return self.service.create_web_app().test_client()

    def _take_jobs(self, task: str) -> list[str]:
        statement = (
            "DELETE FROM procrastinate_jobs WHERE task_name = :task"
            " AND coalesce(scheduled_at, now()) <= now() RETURNING id, args"
        )
        rows = sorted(self.rows(statement, task=task), key=lambda row: row["id"])
        return [row["args"]["partner_id"] for row in rows]


@pytest.fixture(scope="session")
def notifications_url(postgres: LocalPostgres) -> str:
    """A database with this service's tables."""
    url = postgres.ensure_database(f"notifications_{uuid.uuid4().hex[:8]}", owner="tests", password="tests")
    package = Path(__file__).parents[3] / "services" / "notifications" / "notifications"
    migrate(url, package / "migrations")
    return url


@pytest.fixture(scope="session")
def keys() -> dict[str, str]:
    link_private, link_public = new_key_pair()
    ops_private, ops_public = new_key_pair()
    token = sign_ops_token(read_private_key(ops_private), "ada", ("operator", "viewer"), timedelta(hours=1))
    return {
        "LINK_PRIVATE_KEY": link_private,
        "LINK_PUBLIC_KEY": link_public,
        "OPS_TOKEN_PUBLIC_KEY": ops_public,
        "SESSION_PUBLIC_KEY": new_key_pair()[1],
        "ops_token": token,
        "learning_token": sign_ops_token(
            read_private_key(ops_private), "moodle", (LEARNING_RECORDS,), timedelta(hours=1)
        ),
    }


@pytest.fixture
def environ(notifications_url: str, keys: dict[str, str]) -> dict[str, str]:
    return {
        **{name: value for name, value in keys.items() if name.isupper()},
        "DATABASE_URL": notifications_url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "PUBLIC_URL": "http://127.0.0.1:18402",
        "ONBOARDING_PUBLIC_URL": "http://127.0.0.1:18400",
        "INTEGRATIONS_PUBLIC_URL": "http://127.0.0.1:18437",
        "MAIL_FROM": "Gangway <partners@gangway.example>",
        "SMTP_HOST": "127.0.0.1",
        "MAIL_ATTEMPTS_MOST": "3",
        "MAIL_GATHERING_SECONDS": "0",
    }


@pytest.fixture
def world(environ: dict[str, str], keys: dict[str, str]) -> Iterator[World]:
    transport = ListeningTransport()
    service = build_service(environ, transport=transport)
    world = World(service, transport, keys["ops_token"])
    world.change(f"TRUNCATE {TABLES} CASCADE")
    yield world
    world.service.database.dispose()
