"""From the topic to the receiver at a steady pace, alone and beside a thousand requests that hang."""

import time
from statistics import quantiles
from uuid import uuid4

from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from tests.benchmarks.addresses import address_of, words_of
from tests.benchmarks.backlog import new_subjects, records
from tests.benchmarks.figures import Comparison, Omitted, Result, target
from tests.benchmarks.memory import cpu_seconds, memory_mib
from tests.benchmarks.options import Options
from tests.benchmarks.servers import REPOSITORY, Servers
from tests.benchmarks.turns import Turns
from tests.benchmarks.webhook_world import (
    add_endpoints,
    add_events,
    await_count,
    await_timed,
    integrations,
    receiving,
)
from tests.benchmarks.webhooks import DEAD, HANGING, HANGING_KIND, LONGEST_SECONDS

from chassis.messaging.kafka_clients import make_producer
from chassis.messaging.topics import TopicKeeper, read_topics
from local_stack.kafka_cluster import apache

TOPIC = "partner.lifecycle.v1"
PER_SECOND, WARM_UP, EVENTS = 50, 250, 750


class Latencies:
    """One side: of each turn p50, p99, and what one event cost the service and PostgreSQL."""

    def __init__(self, name: str) -> None:
        self.p50, self.p99, self.cost = Turns(name), Turns(name), Turns(name)

    def add(self, milliseconds: list[float], cost: dict[str, float]) -> None:
        cuts = quantiles(milliseconds, n=100)
        self.p50.add({"p50 ms": cuts[49]})
        self.p99.add({"p99 ms": cuts[98], "longest ms": max(milliseconds)})
        self.cost.add(cost)


def run(servers: Servers, options: Options) -> list[Result]:
    """With and without those that hang, in turn."""
    what = "topic to received"
    if servers.kafka.kind != apache.KIND:
        return [Omitted(what, "the consumer's way to Apache Kafka is what is measured")]
    _make_topics(servers)
    alone, hung = Latencies("1 endpoint"), Latencies("beside 1,000 requests that hang")
    for _ in range(options.repetitions):
        alone.add(*measured(servers, 0))
        hung.add(*measured(servers, DEAD))
    pairs = (("p50", alone.p50, hung.p50, 10), ("p99", alone.p99, hung.p99, 40))
    return [
        *(
            Comparison(
                what=f"{what}, {name} ms",
                ours=ours.side(),
                beside=target("goal", most),
                goal=1.0,
                better="less",
            )
            for name, ours, _, most in pairs
        ),
        *(
            Comparison(
                what=f"{what}, {name} ms", ours=theirs.side(), beside=ours.side(), goal=2.0, better="less"
            )
            for name, ours, theirs, _ in pairs
        ),
        Comparison(
            what="ms of processor for one, from the topic", ours=alone.cost.side(), beside=hung.cost.side()
        ),
    ]


def measured(servers: Servers, hanging: int) -> tuple[list[float], dict[str, float]]:
    """Milliseconds from handing an event to Kafka until the receiver had it, and what one cost."""
    with integrations(servers) as (service, environ), receiving(servers) as receiver:
        environ |= {"WEBHOOK_TAKEOVER_SECONDS": LONGEST_SECONDS}
        environ |= {"WEBHOOK_TIMEOUT_SECONDS": LONGEST_SECONDS, **servers.kafka.environment("integrations")}
        add_endpoints(service, [f"{receiver}/timed/0"])
        hung = [f"{receiver}/stop/{HANGING}/{number}" for number in range(hanging)]
        add_endpoints(service, hung, concurrency=HANGING, kind=HANGING_KIND)
        producer = make_producer(address_of(*words_of(servers.kafka)), name="bench")
        run = {name: ["-m", "integrations", name] for name in ("consumer", "sender")}
        with (
            servers.process("integrations-consumer", run["consumer"], environ) as consumer,
            servers.process("integrations-sender", run["sender"], environ) as sender,
        ):
            # Other benchmarks may have left events in the topic, which come first.
            await_timed(receiver, _send(producer, WARM_UP))
            # As autovacuum does within a minute: plans made for empty tables read all that came since.
            with service.database.begin() as work:
                work.connection.exec_driver_sql("ANALYZE")
            add_events(service, 2 * HANGING if hanging else 0, HANGING_KIND)
            await_count(receiver, hanging * HANGING, "hang")
            pids = {"consumer": consumer.pid, "sender": sender.pid, "PostgreSQL": servers.postgres_pid}
            before = {name: cpu_seconds(pid) for name, pid in pids.items()}
            sent = _send(producer, EVENTS)
            came = await_timed(receiver, sent)
            used = {name: cpu_seconds(pid) - before[name] for name, pid in pids.items()}
            memory = {f"MiB of {name}": memory_mib(pids[name]) for name in ("consumer", "sender")}
        producer.close()
    each = {f"ms of {name}": seconds / EVENTS * 1_000 for name, seconds in used.items()}
    milliseconds = [(came[event_id] - at) / 1e6 for event_id, at in sent.items()]
    return milliseconds, {"ms": sum(each.values()), **each, **memory}


def _send(producer: KafkaProducer, events: int) -> dict[str, int]:
    """Each event of another partner, at the pace; when it was handed over, by its id."""
    sent: dict[str, int] = {}
    due = time.monotonic()
    for key, value, headers in records(new_subjects(events), events):
        time.sleep(max(0.0, due - time.monotonic()))
        due += 1 / PER_SECOND
        sent[dict(headers)["ce_id"].decode()] = time.time_ns()
        producer.send(TOPIC, key=key, value=value, headers=headers)
    producer.flush()
    return sent


def _make_topics(servers: Servers) -> None:
    admin = KafkaAdminClient(bootstrap_servers=servers.kafka.bootstrap_servers, client_id=f"bench-{uuid4()}")
    TopicKeeper(admin).apply(read_topics(REPOSITORY / "contracts" / "topics"))
    admin.close()
