"""Integrations for the rows about webhooks: endpoints and events in a database, and a receiver."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import psycopg
from cryptography.fernet import Fernet
from tests.benchmarks.servers import Servers, await_http

from chassis.database.migrations import migrate
from chassis.events import ReceivedEvent
from chassis.identity.signing_keys import new_key_pair
from integrations.bootstrap import IntegrationsService, build_service
from integrations.domain.endpoints import BodyKind, Order, SecretKind
from integrations.domain.integrator_log import by_operator
from integrations.domain.integrators import PartnerScope
from integrations.handlers.commands import AddEndpoint, AddIntegrator
from integrations.handlers.endpoints import add_endpoint
from integrations.handlers.integrators import add_integrator
from local_stack.machine.ports import find_free_port

KIND = "partner.applied.v1"
Found = Mapping[str, float]

_MANY = """
INSERT INTO deliveries (endpoint_id, event_position, event_id, event_type, partner_id, due_at, created_at)
SELECT endpoint.id, event.position, event.id, event.type, event.partner_id, now(), now()
FROM endpoints AS endpoint CROSS JOIN events AS event
ORDER BY event.position
"""


@contextmanager
def integrations(servers: Servers) -> Iterator[tuple[IntegrationsService, dict[str, str]]]:
    """An empty one, and the environment of its processes."""
    with servers.database("integrations") as url:
        environ = environment(url)
        service = build_service(environ)
        migrate(url, service.migrations)
        yield service, environ
        service.database.dispose()


def add_endpoints(
    service: IntegrationsService, urls: Sequence[str], *, concurrency: int = 10, kind: str = KIND
) -> None:
    """Of one more integrator, for events of this kind."""
    with service.open_work() as work:
        integrator = add_integrator(
            work,
            AddIntegrator(
                name=f"bench {uuid4()}", event_types=None, partners=PartnerScope(), sees_personal=False
            ),
        )
        assert integrator is not None
        for url in urls:
            add_endpoint(
                work,
                AddEndpoint(
                    integrator_id=integrator.id,
                    by=by_operator("bench"),
                    url=url,
                    description="",
                    event_types=(kind,),
                    partners=PartnerScope(),
                    filter=None,
                    order=Order.NONE,
                    body=BodyKind.STRUCTURED,
                    secret_kind=SecretKind.HMAC,
                    concurrency=concurrency,
                    rate_per_second=None,
                ),
            )


def add_events(service: IntegrationsService, events: int, kind: str = KIND) -> None:
    """As the consumer would, with a delivery for each endpoint that wants them."""
    known = service.settings.catalogue[kind]
    for begin in range(0, events, 500):
        with service.open_work() as work:
            for number in range(begin, min(begin + 500, events)):
                work.events.keep(_event(number, kind, dict(known.example)), known)


def add_many(service: IntegrationsService, url: str, events: int) -> None:
    """The same at once, for millions of deliveries: events first, while no endpoint wants any."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE endpoints SET event_types = '{}'")
        add_events(service, events)
        connection.execute("UPDATE endpoints SET event_types = NULL")
        connection.execute(_MANY)
        connection.execute("VACUUM ANALYZE")


def _event(number: int, kind: str, data: dict[str, object]) -> ReceivedEvent:
    return ReceivedEvent(
        id=str(uuid4()),
        name=kind.removesuffix(".v1"),
        version=1,
        source="/gangway/onboarding",
        subject=str(data["partner_id"]),
        sequence=number + 1,
        occurred_at=datetime.now(UTC),
        data=data,
        topic="partner.lifecycle.v1",
        partition=0,
        offset=number,
    )


@contextmanager
def receiving(servers: Servers) -> Iterator[str]:
    port = find_free_port()
    url = f"http://127.0.0.1:{port}"
    with servers.process("receiver", ["-m", "tests.benchmarks.webhook_receiver", str(port)], {}) as process:
        await_http(f"{url}/counts", process)
        yield url


def await_count(receiver: str, due: int, kind: str = "ok", patience_seconds: float = 120) -> Found:
    until = time.monotonic() + patience_seconds
    while time.monotonic() < until:
        counts: Found = httpx.get(f"{receiver}/counts", timeout=10).json()
        if counts.get(kind, 0) >= due:
            return counts
        time.sleep(0.2)
    raise RuntimeError(f"{due} webhooks did not arrive: {counts}")


def await_timed(receiver: str, wanted: Collection[str], patience_seconds: float = 120) -> dict[str, int]:
    """When each came, in nanoseconds, once these events have; others of the topic may come as well."""
    until = time.monotonic() + patience_seconds
    while time.monotonic() < until:
        came: dict[str, int] = httpx.get(f"{receiver}/times", timeout=10).json()
        if came.keys() >= set(wanted):
            return came
        time.sleep(0.2)
    raise RuntimeError(f"{len(set(wanted) - came.keys())} of {len(wanted)} webhooks did not arrive")


def environment(url: str) -> dict[str, str]:
    session = new_key_pair()
    return {
        "DATABASE_URL": url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "PUBLIC_URL": "https://gangway.example",
        "SESSION_PRIVATE_KEY": session[0],
        "SESSION_PUBLIC_KEY": session[1],
        "PARTNER_SESSION_PUBLIC_KEY": new_key_pair()[1],
        "ONBOARDING_PUBLIC_URL": "https://join.gangway.example",
        "LINK_PUBLIC_KEY": new_key_pair()[1],
        "OPS_TOKEN_PUBLIC_KEY": new_key_pair()[1],
        "WEBHOOK_SECRET_KEYS": Fernet.generate_key().decode(),
        "WEBHOOK_OPENED_RANGES": "127.0.0.0/8",
        "WEBHOOK_SCHEMES": "https,http",
        "ENDPOINTS_MOST": "1000",
        "ENDPOINT_CHANGES_PER_HOUR_MOST": "10000",
    }
