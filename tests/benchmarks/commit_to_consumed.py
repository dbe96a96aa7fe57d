"""From a commit to a consumer, at a steady pace, beside Debezium as it comes and tuned for it."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from statistics import quantiles
from threading import Event

from tests.benchmarks.arrivals import arrivals
from tests.benchmarks.debezium.connect import Worker, connect_worker
from tests.benchmarks.debezium.connector import outbox_connector
from tests.benchmarks.figures import Comparison, Omitted, Result
from tests.benchmarks.logical_postgres import logical_postgres, onboarding_outbox
from tests.benchmarks.options import Options
from tests.benchmarks.relay_rate import running_relays
from tests.benchmarks.servers import Servers
from tests.benchmarks.turns import Turns

from local_stack.kafka_cluster import apache
from local_stack.kafka_cluster.cluster import KafkaUnavailable
from local_stack.kafka_cluster.maven import JarsUnavailable
from local_stack.postgres import LocalPostgres

PER_SECOND = 50
WARM_UP = 250
EVENTS = 1_000
PATIENCE_SECONDS = 30
TUNED = {"poll.interval.ms": "10"}


class Latencies:
    """One side, turn by turn: half of its events were faster than p50, all but one in a hundred than p99."""

    def __init__(self, name: str) -> None:
        self.p50 = Turns(name)
        self.p99 = Turns(name)

    def add(self, milliseconds: list[float]) -> None:
        cuts = quantiles(milliseconds, n=100)
        self.p50.add({"p50 ms": cuts[49]})
        self.p99.add({"p99 ms": cuts[98], "longest ms": max(milliseconds)})


def run(servers: Servers, options: Options) -> list[Result]:
    """Each alone with the writer, in turn."""
    what = "commit to consumed"
    if servers.kafka.kind != apache.KIND:
        return [Omitted(what, "Kafka Connect needs Apache Kafka")]
    ours, shipped, tuned = Latencies("1 relay"), Latencies("Debezium"), Latencies("Debezium, tuned")
    try:
        with logical_postgres(servers) as postgres, connect_worker(servers) as worker:
            for _ in range(options.repetitions):
                with onboarding_outbox(postgres) as (_, url), running_relays(servers, url, 1):
                    ours.add(measure(servers, url))
                for side, settings in ((shipped, {}), (tuned, TUNED)):
                    with streaming(worker, postgres, settings) as url:
                        side.add(measure(servers, url))
    except (JarsUnavailable, KafkaUnavailable) as reason:
        return [Omitted(what, str(reason))]
    return [
        comparison
        for side, goal in ((tuned, 0.5), (shipped, None))
        for comparison in _compared(what, ours, side, goal)
    ]


def _compared(what: str, ours: Latencies, beside: Latencies, goal: float | None) -> Iterator[Result]:
    for name, mine, theirs in (("p50", ours.p50, beside.p50), ("p99", ours.p99, beside.p99)):
        sides = {"ours": mine.side(), "beside": theirs.side()}
        yield Comparison(what=f"{what}, {name} ms", **sides, goal=goal, better="less")


@contextmanager
def streaming(worker: Worker, postgres: LocalPostgres, settings: dict[str, str]) -> Iterator[str]:
    """The address of a database whose outbox Debezium publishes."""
    with (
        onboarding_outbox(postgres) as (name, url),
        outbox_connector(worker, postgres, name) as connector,
    ):
        connector.start(**settings)
        yield url


def measure(servers: Servers, url: str) -> list[float]:
    """Milliseconds from the return of the commit until the consumer had the record, for each event."""
    topic = servers.topic()
    stop, is_ready = Event(), Event()
    with ExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(1))
        stack.callback(stop.set)
        consumed = threads.submit(arrivals, servers.kafka, topic, stop, is_ready)
        if not is_ready.wait(PATIENCE_SECONDS):
            raise RuntimeError("the consumer does not start")
        arguments = [url, topic, str(WARM_UP + EVENTS), str(PER_SECOND)]
        told = servers.ask("steady-writer", ["-m", "tests.benchmarks.steady_writer", *arguments])
        time.sleep(3)
    committed: dict[str, int] = json.loads(told)
    arrived = consumed.result()
    if missing := committed.keys() - arrived.keys():
        raise RuntimeError(f"{len(missing)} events did not come")
    return [(arrived[id] - at) / 1e6 for id, at in list(committed.items())[WARM_UP:]]
