"""Webhooks delivered per second and their cost, beside a bare loop; and the living beside the dead."""

import time

from tests.benchmarks.figures import Comparison, Result, target
from tests.benchmarks.memory import cpu_seconds, memory_mib
from tests.benchmarks.options import Options
from tests.benchmarks.servers import Servers
from tests.benchmarks.turns import Turns
from tests.benchmarks.webhook_world import (
    Found,
    add_endpoints,
    add_events,
    add_many,
    await_count,
    integrations,
    receiving,
)

EVENTS, CONCURRENCY = 5_000, 50
LIVING, DEAD, EVENTS_EACH = 80, 10, 900
# Of ten endpoints that took as many before: a thousand requests, for as long as one may take.
HANGING, HANGING_KIND, LONGEST_SECONDS = 100, "partner.activated.v1", "30"
PENDING_ENDPOINTS, PENDING = 100, 10_000


def run(servers: Servers, options: Options) -> list[Result]:
    """All sides in turn."""
    ours, bare, cost = (
        Turns("Gangway's sender"),
        Turns("a bare loop, same signatures"),
        Turns("Gangway's sender"),
    )
    beside, alone = Turns("beside 10 that hang and 10 that fail"), Turns("without them")
    hung, free = Turns("beside 1,000 requests that hang"), Turns("without them")
    many, few = Turns("of a million pending"), Turns("of 5,000 pending")
    for _ in range(options.repetitions):
        found = delivered(servers, ["ok"], EVENTS, EVENTS, concurrency=CONCURRENCY)
        ours.add(found)
        cost.add({"ms each": found["ms of sender each"] + found["ms of PostgreSQL each"]})
        bare.add(sent_bare(servers))
        dead = ["hang"] * DEAD + ["fail"] * DEAD
        alone.add(delivered(servers, ["ok"] * LIVING, EVENTS_EACH, LIVING * EVENTS_EACH))
        beside.add(delivered(servers, ["ok"] * LIVING + dead, EVENTS_EACH, LIVING * EVENTS_EACH))
        free.add(beside_hanging(servers, 0))
        hung.add(beside_hanging(servers, DEAD))
        few.add(of_pending(servers, EVENTS // PENDING_ENDPOINTS))
        many.add(of_pending(servers, PENDING))
    one = ours.side()
    living = "webhooks/s to 80 that live"
    return [
        Comparison(what="webhooks/s, one endpoint", ours=one, beside=bare.side()),
        Comparison(what="webhooks/s, one endpoint", ours=one, beside=target("goal", 1_300), goal=1.0),
        Comparison(
            what="ms of processor for one webhook",
            ours=cost.side(),
            beside=target("goal", 1.2),
            goal=1.0,
            better="less",
        ),
        Comparison(what=living, ours=beside.side(), beside=alone.side(), goal=0.98),
        Comparison(what=living, ours=hung.side(), beside=free.side(), goal=0.98),
        Comparison(what="webhooks/s to 100 endpoints", ours=many.side(), beside=few.side(), goal=0.9),
    ]


def delivered(servers: Servers, kinds: list[str], events: int, due: int, *, concurrency: int = 10) -> Found:
    """Events wait for each endpoint; the sender starts; measured is what those that answer get."""
    with integrations(servers) as (service, environ), receiving(servers) as receiver:
        add_endpoints(
            service, [f"{receiver}/{kind}/{n}" for n, kind in enumerate(kinds)], concurrency=concurrency
        )
        add_events(service, events)
        return _sent(servers, environ, receiver, due)


def beside_hanging(servers: Servers, hanging: int) -> Found:
    """The requests hang already when the living get their events."""
    with integrations(servers) as (service, environ), receiving(servers) as receiver:
        environ |= {"WEBHOOK_TAKEOVER_SECONDS": LONGEST_SECONDS}
        environ |= {"WEBHOOK_TIMEOUT_SECONDS": LONGEST_SECONDS}
        add_endpoints(service, [f"{receiver}/ok/{n}" for n in range(LIVING)])
        hung = [f"{receiver}/stop/{HANGING}/{n}" for n in range(hanging)]
        add_endpoints(service, hung, concurrency=HANGING, kind=HANGING_KIND)
        add_events(service, 2 * HANGING, HANGING_KIND)
        with servers.process("integrations-sender", ["-m", "integrations", "sender"], environ) as sender:
            await_count(receiver, hanging * HANGING, "hang") if hanging else time.sleep(3)
            before, database_before = cpu_seconds(sender.pid), cpu_seconds(servers.postgres_pid)
            add_events(service, EVENTS_EACH)
            counts = await_count(receiver, LIVING * EVENTS_EACH)
            used = cpu_seconds(sender.pid) - before
            database = cpu_seconds(servers.postgres_pid) - database_before
            return _figures(LIVING * EVENTS_EACH, counts, used, database, memory_mib(sender.pid))


def of_pending(servers: Servers, each: int) -> Found:
    """The first 5,000 of what waits for a hundred endpoints that all answer."""
    with integrations(servers) as (service, environ), receiving(servers) as receiver:
        add_endpoints(service, [f"{receiver}/ok/{n}" for n in range(PENDING_ENDPOINTS)])
        add_many(service, environ["DATABASE_URL"], each)
        return _sent(servers, environ, receiver, EVENTS)


def _sent(servers: Servers, environ: dict[str, str], receiver: str, due: int) -> Found:
    database_before = cpu_seconds(servers.postgres_pid)
    with servers.process("integrations-sender", ["-m", "integrations", "sender"], environ) as sender:
        counts = await_count(receiver, due)
        time.sleep(0.5)
        used = cpu_seconds(sender.pid)
        database = cpu_seconds(servers.postgres_pid) - database_before
        return _figures(int(counts["ok"]), counts, used, database, memory_mib(sender.pid))


def _figures(sent: int, counts: Found, used: float, database: float, memory: float) -> Found:
    return {
        "deliveries/s": (counts["ok"] - 1) / counts["seconds"],
        "ms of sender each": used / sent * 1_000,
        "ms of PostgreSQL each": database / sent * 1_000,
        "MiB of sender": memory,
    }


def sent_bare(servers: Servers) -> Found:
    with receiving(servers) as receiver:
        command = ["-m", "tests.benchmarks.bare_sender", f"{receiver}/ok/0", str(EVENTS), str(CONCURRENCY)]
        used = float(servers.ask("bare-sender", command))
        counts = await_count(receiver, EVENTS)
    return {"deliveries/s": (EVENTS - 1) / counts["seconds"], "ms of sender each": used / EVENTS * 1_000}
