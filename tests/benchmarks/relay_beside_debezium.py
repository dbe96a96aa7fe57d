"""How fast a full outbox drains, beside Debezium on the very same rows; memory and processor time of both."""

import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

import psycopg
from tests.benchmarks.appended_topic import Appended, AppendedTopic
from tests.benchmarks.backlog import fill_outbox, new_subjects
from tests.benchmarks.debezium.connect import Worker, connect_worker
from tests.benchmarks.debezium.connector import HEADERS, OutboxConnector, outbox_connector
from tests.benchmarks.figures import Comparison, Omitted, Result
from tests.benchmarks.logical_postgres import logical_postgres, onboarding_outbox
from tests.benchmarks.memory import cpu_seconds, memory_mib
from tests.benchmarks.options import Options
from tests.benchmarks.relay_rate import running_relays
from tests.benchmarks.servers import Servers
from tests.benchmarks.turns import Turns

from local_stack.kafka_cluster import apache
from local_stack.kafka_cluster.cluster import KafkaUnavailable
from local_stack.kafka_cluster.maven import JarsUnavailable
from local_stack.postgres import LocalPostgres

RELAYS = 2
EVENTS = 60_000
WARM_UP = 100_000
EVENTS_IN_A_TRANSACTION = 500
SUBJECTS_IN_A_TRANSACTION = 100
WHAT = "outbox events/s, beside Debezium"
WHAT_MEMORY = "memory while it drains, MiB"


@dataclass
class Drain:
    """One side: its turns, and the most memory that its processes had in each."""

    name: str
    rates: Turns = field(init=False)
    memories: Turns = field(init=False)

    def __post_init__(self) -> None:
        self.rates = Turns(self.name)
        self.memories = Turns(self.name)

    def measure(
        self,
        topic: AppendedTopic,
        pids: Sequence[int],
        go: Callable[[], None],
        check: Callable[[], None] = lambda: None,
    ) -> list[Appended]:
        """Let it go, and take the time by the broker's clock from the first record to the last."""
        start = topic.ends()
        used = sum(map(cpu_seconds, pids))
        seen: list[float] = []

        def meanwhile() -> None:
            check()
            seen.append(sum(map(memory_mib, pids)))

        go()
        ends = topic.await_records(start, EVENTS, meanwhile)
        used = sum(map(cpu_seconds, pids)) - used
        records = topic.read(start, ends)
        times = [record.at for record in records]
        rate = len(records) / (max(times) - min(times))
        self.rates.add({"events/s": rate, "CPU µs/event": used / len(records) * 1e6})
        self.memories.add({"MiB": max(seen)})
        return records


def run(servers: Servers, options: Options) -> list[Result]:
    """Both are warm and asleep while the outbox is filled; then Debezium drains it, then the relays do."""
    if servers.kafka.kind != apache.KIND:
        return [Omitted(WHAT, "Kafka Connect needs Apache Kafka"), Omitted(WHAT_MEMORY, "the same")]
    theirs, ours = Drain("Debezium"), Drain(f"{RELAYS} relays")
    try:
        with logical_postgres(servers) as postgres, connect_worker(servers) as worker:
            _warm_up(servers, postgres, worker)
            for _ in range(options.repetitions):
                _turn(servers, postgres, worker, theirs, ours)
    except (JarsUnavailable, KafkaUnavailable) as reason:
        return [Omitted(WHAT, str(reason)), Omitted(WHAT_MEMORY, "the same")]
    return [
        Comparison(what=WHAT, ours=ours.rates.side(), beside=theirs.rates.side(), goal=1.0),
        Comparison(
            what=WHAT_MEMORY,
            ours=ours.memories.side(),
            beside=theirs.memories.side(),
            goal=1 / 3,
            better="less",
        ),
    ]


def _turn(servers: Servers, postgres: LocalPostgres, worker: Worker, theirs: Drain, ours: Drain) -> None:
    with ExitStack() as stack:
        name, url = stack.enter_context(onboarding_outbox(postgres))
        topic = stack.enter_context(closing(AppendedTopic(servers.kafka.bootstrap_servers)))
        relays = stack.enter_context(running_relays(servers, url, RELAYS))
        _signal(relays, signal.SIGSTOP)
        stack.callback(_signal, relays, signal.SIGCONT)
        with outbox_connector(worker, postgres, name) as connector:
            _stream_first(connector, url, topic)
            _fill(url, topic.name, EVENTS)
            expected = theirs.measure(topic, [worker.pid], connector.resume, connector.check)
        pids = [relay.pid for relay in relays]
        found = ours.measure(topic, pids, lambda: _signal(relays, signal.SIGCONT))
        _compare(_comparable(found), _comparable(expected))


def _warm_up(servers: Servers, postgres: LocalPostgres, worker: Worker) -> None:
    """Let Java compile what it will need: in its first hundred thousand events it is half as fast."""
    with ExitStack() as stack:
        name, url = stack.enter_context(onboarding_outbox(postgres))
        topic = stack.enter_context(closing(AppendedTopic(servers.kafka.bootstrap_servers)))
        connector = stack.enter_context(outbox_connector(worker, postgres, name))
        connector.start()
        _fill(url, topic.name, WARM_UP)
        topic.await_records({}, WARM_UP, connector.check)


def _stream_first(connector: OutboxConnector, url: str, topic: AppendedTopic) -> None:
    """Give it a position: without one it would begin at the end of the log when it is resumed."""
    connector.start()
    _fill(url, topic.name, EVENTS_IN_A_TRANSACTION)
    topic.await_records({}, EVENTS_IN_A_TRANSACTION, connector.check)
    connector.pause()
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE outbox SET published_at = now()")


def _fill(url: str, topic: str, events: int) -> None:
    with psycopg.connect(url) as connection:
        for _ in range(events // EVENTS_IN_A_TRANSACTION):
            subjects = new_subjects(SUBJECTS_IN_A_TRANSACTION)
            fill_outbox(connection, topic, subjects, EVENTS_IN_A_TRANSACTION)
            connection.commit()


def _comparable(records: list[Appended]) -> dict[bytes | None, dict[str, object]]:
    """By event id, what both have to say; the time is written in two ways, and ours pads the sequence."""
    told = [name for name in HEADERS.values() if name not in ("ce_time", "ce_sequence")]
    return {
        record.headers["ce_id"]: {
            "key": record.key,
            "value": record.value,
            "ce_sequence": int(record.headers["ce_sequence"] or 0),
            **{name: record.headers[name] for name in told},
        }
        for record in records
    }


def _compare(
    found: dict[bytes | None, dict[str, object]], expected: dict[bytes | None, dict[str, object]]
) -> None:
    """Raise RuntimeError with the first difference, unless both are the same."""
    if found.keys() != expected.keys():
        raise RuntimeError(
            f"{len(found.keys() ^ expected.keys())} records were published by one of the two only"
        )
    for event_id, record in expected.items():
        if found[event_id] != record:
            raise RuntimeError(f"they published other records: {found[event_id]}, and Debezium {record}")


def _signal(processes: Sequence[subprocess.Popen[bytes]], number: signal.Signals) -> None:
    for process in processes:
        process.send_signal(number)
