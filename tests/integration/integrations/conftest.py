"""Integrations on a real database; events are the contracts' examples, webhooks go to real sockets."""

import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask.testing import FlaskClient
from sqlalchemy import text
from tests.integration.integrations.receivers import Receiver, receiver

from chassis.database.migrations import migrate
from chassis.events import ReceivedEvent
from chassis.identity.ops_tokens import sign_ops_token
from chassis.identity.signing_keys import new_key_pair, read_private_key
from integrations.bootstrap import IntegrationsService, build_service
from integrations.entrypoints.sender import create_sender
from local_stack.postgres import LocalPostgres

OPS, SESSION, LINK, PARTNER_SESSION = (new_key_pair() for _ in range(4))
RETRIES = """
waits_seconds: [0.1, 0.1, 0.1, 0.1, 30]
jitter: 0.1
retry_after_most_hours: 1
disable_after_hours: 1
"""
TABLES = (
    "partners, integrators, consents, people, link_requests, sign_in_links, ended_sessions, api_tokens,"
    " endpoints,"
    " endpoint_secrets, events, deliveries, delivery_attempts, replays, quota_uses, senders, integrator_log,"
    " counted_acts,"
    " procrastinate_jobs, idempotency_answers, operator_actions, outbox, outbox_counters, lanes"
)


@dataclass
class Vendor:
    """A vendor's program, which speaks to the API with its token."""

    client: FlaskClient
    token: str
    id: str

    def call(self, method: str, path: str, expected: int = 200, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(uuid.uuid4())}
        json = {"json": body} if method in {"POST", "PATCH"} else {}
        answer = self.client.open(path, method=method, headers=headers, **json)
        assert answer.status_code == expected, answer.get_data(as_text=True)
        return answer.json if answer.data else None

    def endpoint(self, url: str, **more: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.call("POST", "/v1/endpoints", 201, url=url, **more)
        return found

    def deliveries(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", f"/v1/deliveries?{query}")["deliveries"]
        return found


@dataclass
class World:
    """Integrations with its API; events are told as the consumer would."""

    service: IntegrationsService
    environ: dict[str, str]
    client: FlaskClient
    ops_token: str
    sequences: dict[str, int] = field(default_factory=dict)

    def operate(self, path: str, expected: int = 201, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.ops_token}", "Idempotency-Key": str(uuid.uuid4())}
        answer = self.client.post(path, headers=headers, json={"reason": "for a test", **body})
        assert answer.status_code == expected, answer.get_data(as_text=True)
        return answer.json if answer.data else None

    def vendor(self, **scope: Any) -> Vendor:
        """A new integrator with a token."""
        made = self.operate("/v1/integrators", name=f"vendor {uuid.uuid4()}", **scope)
        token = self.operate(f"/v1/integrators/{made['integrator_id']}/tokens")
        return Vendor(self.client, token["token"], made["integrator_id"])

    def event(self, key: str, partner: str, **changes: Any) -> ReceivedEvent:
        """The contract's example as the partner's next one."""
        kind = self.service.settings.catalogue[key]
        name, _, version = key.rpartition(".v")
        self.sequences[partner] = self.sequences.get(partner, 0) + 1
        return ReceivedEvent(
            id=str(uuid.uuid4()),
            name=name,
            version=int(version),
            source="/gangway/onboarding",
            subject=partner,
            sequence=self.sequences[partner],
            occurred_at=datetime.now(UTC),
            data={**kind.example, "partner_id": partner, **changes},
            topic=kind.topic,
            partition=0,
            offset=0,
        )

    def take_in(self, events: Sequence[ReceivedEvent]) -> list[str]:
        """All in one transaction, as a poll of the consumer; return their ids."""
        subscriptions = self.service.subscriptions
        assert subscriptions is not None
        with self.service.open_work() as work:
            for event in events:
                handler = subscriptions.topics[event.topic][f"{event.name}.v{event.version}"]
                handler.handle(work, event, handler.schema.load(event.data))
        return [event.id for event in events]

    def tell(self, key: str, partner: str | None = None, count: int = 1, **changes: Any) -> list[str]:
        partner = partner or str(uuid.uuid4())
        return self.take_in([self.event(key, partner, **changes) for _ in range(count)])

    def tell_sessions_ended(self, partner: str, session_ids: Sequence[str]) -> None:
        """An event that integrators are not offered."""
        event = replace(self.event("partner.applied.v1", partner), name="partner.sessions_ended", version=1)
        data = {"partner_id": partner, "session_ids": list(session_ids)}
        self.take_in([replace(event, topic="partner.sessions.v1", data=data)])

    def rows(self, query: str, **values: Any) -> list[Any]:
        with self.service.database.begin() as work:
            return list(work.connection.execute(text(query), values).mappings())

    def change(self, statement: str, **values: Any) -> int:
        with self.service.database.begin() as work:
            return work.connection.execute(text(statement), values).rowcount

    @contextmanager
    def sending(self, **settings: str) -> Iterator[None]:
        """The sender runs, in a thread of this process."""
        stop = threading.Event()
        send = create_sender(build_service({**self.environ, **settings}) if settings else self.service)
        thread = threading.Thread(target=send, args=(stop,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(10)
            assert not thread.is_alive()


@pytest.fixture(scope="session")
def environ(postgres: LocalPostgres, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    name = f"integrations_{uuid.uuid4().hex[:8]}"
    retries = tmp_path_factory.mktemp("retries") / "retries.yaml"
    retries.write_text(RETRIES)
    return {
        "DATABASE_URL": postgres.ensure_database(name, owner="tests", password="tests"),
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "PUBLIC_URL": "http://127.0.0.1:18437",
        "SESSION_PRIVATE_KEY": SESSION[0],
        "SESSION_PUBLIC_KEY": SESSION[1],
        "PARTNER_SESSION_PUBLIC_KEY": PARTNER_SESSION[1],
        "ONBOARDING_PUBLIC_URL": "https://join.gangway.example",
        "LINK_PUBLIC_KEY": LINK[1],
        "OPS_TOKEN_PUBLIC_KEY": OPS[1],
        "WEBHOOK_SECRET_KEYS": Fernet.generate_key().decode(),
        "WEBHOOK_OPENED_RANGES": "127.0.0.0/8",
        "WEBHOOK_SCHEMES": "https,http",
        "WEBHOOK_TIMEOUT_SECONDS": "1",
        "WEBHOOK_TAKEOVER_SECONDS": "2",
        "WEBHOOK_RETRIES_FILE": str(retries),
        "ENDPOINTS_MOST": "20",
    }


@pytest.fixture(scope="session")
def built(environ: dict[str, str]) -> Iterator[World]:
    service = build_service(environ)
    migrate(service.settings.database_url, service.migrations)
    token = sign_ops_token(read_private_key(OPS[0]), "ada", ("operator",), timedelta(hours=1))
    yield World(service, environ, service.create_web_app().test_client(), token)
    service.database.dispose()


@pytest.fixture
def world(built: World) -> World:
    built.change(f"TRUNCATE {TABLES} CASCADE")
    return built


@pytest.fixture
def receiving() -> Iterator[Receiver]:
    with receiver() as found:
        yield found
