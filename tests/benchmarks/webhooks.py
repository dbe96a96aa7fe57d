"""Webhooks delivered per second and their cost, beside a bare loop; and the living beside the dead."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

import httpx
from cryptography.fernet import Fernet
from tests.benchmarks.figures import Comparison, Result
from tests.benchmarks.memory import cpu_seconds, memory_mib
from tests.benchmarks.options import Options
from tests.benchmarks.servers import Servers, await_http
from tests.benchmarks.turns import Turns

from chassis.database.migrations import migrate
from chassis.events import ReceivedEvent
from chassis.identity.signing_keys import new_key_pair
from integrations.bootstrap import IntegrationsService, build_service
from integrations.domain.endpoints import BodyKind, Order, SecretKind
from integrations.domain.integrators import PartnerScope
from integrations.handlers.commands import AddEndpoint, AddIntegrator
from integrations.handlers.endpoints import add_endpoint
from integrations.handlers.integrators import add_integrator
from local_stack.machine.ports import find_free_port

EVENTS, CONCURRENCY = 5_000, 50
LIVING, DEAD, EVENTS_EACH = 80, 10, 60
KIND = "partner.applied.v1"
Found = Mapping[str, float]


def run(servers: Servers, options: Options) -> list[Result]:
    """All sides in turn."""
    ours, bare = Turns("Gangway's sender"), Turns("a bare loop, same signatures")
    beside, alone = Turns("beside 10 that hang and 10 that fail"), Turns("without them")
    for _ in range(options.repetitions):
        ours.add(delivered(servers, ["ok"], EVENTS, EVENTS, concurrency=CONCURRENCY))
        bare.add(sent_bare(servers))
        dead = ["hang"] * DEAD + ["fail"] * DEAD
        alone.add(delivered(servers, ["ok"] * LIVING, EVENTS_EACH, LIVING * EVENTS_EACH))
        beside.add(delivered(servers, ["ok"] * LIVING + dead, EVENTS_EACH, LIVING * EVENTS_EACH))
    return [
        Comparison(what="webhooks/s, one endpoint", ours=ours.side(), beside=bare.side()),
        Comparison(what="webhooks/s to 80 that live", ours=beside.side(), beside=alone.side(), goal=0.98),
    ]


def delivered(servers: Servers, kinds: list[str], events: int, due: int, *, concurrency: int = 10) -> Found:
    """Events wait for each endpoint; the sender starts; measured is what those that answer get."""
    with servers.database("integrations") as url, receiving(servers) as receiver:
        environ = environment(url)
        service = build_service(environ)
        migrate(url, service.migrations)
        fill(service, [f"{receiver}/{kind}/{n}" for n, kind in enumerate(kinds)], events, concurrency)
        service.database.dispose()
        database_before = cpu_seconds(servers.postgres_pid)
        with servers.process("integrations-sender", ["-m", "integrations", "sender"], environ) as sender:
            counts = await_count(receiver, due)
            time.sleep(0.5)
            used = cpu_seconds(sender.pid)
            database = cpu_seconds(servers.postgres_pid) - database_before
            memory = memory_mib(sender.pid)
    return {
        "deliveries/s": (due - 1) / counts["seconds"],
        "ms of sender each": used / due * 1_000,
        "ms of PostgreSQL each": database / due * 1_000,
        "MiB of sender": memory,
    }


def sent_bare(servers: Servers) -> Found:
    with receiving(servers) as receiver:
        command = ["-m", "tests.benchmarks.bare_sender", f"{receiver}/ok/0", str(EVENTS), str(CONCURRENCY)]
        used = float(servers.ask("bare-sender", command))
        counts = await_count(receiver, EVENTS)
    return {"deliveries/s": (EVENTS - 1) / counts["seconds"], "ms of sender each": used / EVENTS * 1_000}


def fill(service: IntegrationsService, urls: list[str], events: int, concurrency: int) -> None:
    """Endpoints and events, and a delivery for each pair of them."""
    with service.open_work() as work:
        command = AddIntegrator(name="bench", event_types=None, partners=PartnerScope(), sees_personal=False)
        integrator = add_integrator(work, command)
        assert integrator is not None
        for url in urls:
            add_endpoint(
                work,
                AddEndpoint(
                    integrator_id=integrator.id,
                    url=url,
                    description="",
                    event_types=None,
                    partners=PartnerScope(),
                    filter=None,
                    order=Order.NONE,
                    body=BodyKind.STRUCTURED,
                    secret_kind=SecretKind.HMAC,
                    concurrency=concurrency,
                    rate_per_second=None,
                ),
            )
    kind = service.settings.catalogue[KIND]
    for begin in range(0, events, 500):
        with service.open_work() as work:
            for number in range(begin, min(begin + 500, events)):
                work.events.keep(_event(number, dict(kind.example)), kind)


def _event(number: int, data: dict[str, object]) -> ReceivedEvent:
    return ReceivedEvent(
        id=str(uuid4()),
        name=KIND.removesuffix(".v1"),
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


def await_count(receiver: str, due: int, patience_seconds: float = 120) -> Found:
    until = time.monotonic() + patience_seconds
    while time.monotonic() < until:
        counts: Found = httpx.get(f"{receiver}/counts", timeout=10).json()
        if counts.get("ok", 0) >= due:
            return counts
        time.sleep(0.2)
    raise RuntimeError(f"{due} webhooks did not arrive: {counts}")


def environment(url: str) -> dict[str, str]:
    session = new_key_pair()
    return {
        "DATABASE_URL": url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "PUBLIC_URL": "https://gangway.example",
        "SESSION_PRIVATE_KEY": session[0],
        "SESSION_PUBLIC_KEY": session[1],
        "LINK_PUBLIC_KEY": new_key_pair()[1],
        "OPS_TOKEN_PUBLIC_KEY": new_key_pair()[1],
        "WEBHOOK_SECRET_KEYS": Fernet.generate_key().decode(),
        "WEBHOOK_OPENED_RANGES": "127.0.0.0/8",
        "WEBHOOK_SCHEMES": "https,http",
        "ENDPOINTS_MOST": "1000",
    }
