"""How fast a full outbox drains, beside a bare kafka-python producer with the same records in memory."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
from tests.benchmarks.addresses import words_of
from tests.benchmarks.backlog import fill_outbox, new_subjects
from tests.benchmarks.figures import Comparison, Result
from tests.benchmarks.memory import memory_mib
from tests.benchmarks.onboarding_service import onboarding_database, onboarding_process
from tests.benchmarks.options import Options
from tests.benchmarks.servers import Servers
from tests.benchmarks.turns import Turns

from chassis.messaging.outbox import SHARDS, WAKE_CHANNEL
from chassis.messaging.relay.shards import LOCK_CLASS

EVENTS = 50_000
SUBJECTS = 1_000
WARM_UP = 2_000
PATIENCE_SECONDS = 120

_SHARES = """
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid < %s AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) GROUP BY pid
"""


def run(servers: Servers, options: Options) -> list[Result]:
    """One relay, the bare producer, then two relays, in turn."""
    bare = Turns("bare producer")
    bare_memory = 0.0
    relays = {1: Turns("1 relay"), 2: Turns("2 relays")}
    memory: dict[int, dict[str, float]] = {}
    topic = servers.topic()
    with onboarding_database(servers) as url:
        for _ in range(options.repetitions):
            for count, turns in relays.items():
                with running_relays(servers, url, count) as processes:
                    drain(url, topic, WARM_UP)
                    turns.add(drain(url, topic, EVENTS))
                    memory[count] = {
                        f"relay {number}": memory_mib(process.pid)
                        for number, process in enumerate(processes, start=1)
                    }
                if count == 1:
                    found = bare_producer(servers, topic)
                    bare.add({"events/s": EVENTS / found["seconds"]})
                    bare_memory = found["memory_mib"]
                empty_outbox(url)
    beside = bare.side({"producer with its records": bare_memory})
    return [
        Comparison(what="relay events/s", ours=relays[1].side(memory[1]), beside=beside, goal=0.75),
        Comparison(what="relay events/s, two relays", ours=relays[2].side(memory[2]), beside=beside),
    ]


@contextmanager
def running_relays(servers: Servers, url: str, count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many relays of one outbox, once they share its shards evenly."""
    settings = dict(
        zip(("KAFKA_BOOTSTRAP_SERVERS", "KAFKA_API_VERSION"), words_of(servers.kafka), strict=True)
    )
    with ExitStack() as stack, psycopg.connect(url, autocommit=True) as connection:
        processes = [
            stack.enter_context(onboarding_process(servers, "relay", url, **settings)) for _ in range(count)
        ]
        deadline = time.monotonic() + 30
        while _shares(connection) != [SHARDS // count] * count:
            if time.monotonic() > deadline:
                raise RuntimeError("the relays do not share the outbox")
            time.sleep(0.1)
        yield processes


def drain(url: str, topic: str, events: int) -> dict[str, float]:
    """Commit so many events at once; events per second until the last is marked as published."""
    with psycopg.connect(url) as connection:
        fill_outbox(connection, topic, new_subjects(min(SUBJECTS, events)), events)
        connection.execute(f"NOTIFY {WAKE_CHANNEL}")
        connection.commit()
        started = time.time()
        unpublished = "SELECT EXISTS (SELECT FROM outbox WHERE published_at IS NULL)"
        while _value(connection, unpublished):
            connection.commit()
            if time.time() > started + PATIENCE_SECONDS:
                raise RuntimeError("the outbox does not drain")
            time.sleep(0.1)
        finished = _value(connection, "SELECT extract(epoch FROM max(published_at))::float8 FROM outbox")
        return {"events/s": events / (float(str(finished)) - started)}


def bare_producer(servers: Servers, topic: str) -> dict[str, float]:
    """Seconds for as many records from memory, and the memory."""
    arguments = [*words_of(servers.kafka), topic, str(EVENTS), str(SUBJECTS)]
    told = servers.ask("bare-producer", ["-m", "tests.benchmarks.bare_producer", *arguments])
    found: dict[str, float] = json.loads(told)
    return found


def empty_outbox(url: str) -> None:
    """Back to the start, so that turns are alike."""
    with psycopg.connect(url) as connection:
        connection.execute("TRUNCATE outbox, outbox_counters")


def _shares(connection: psycopg.Connection[tuple[object, ...]]) -> list[object]:
    return [row[0] for row in connection.execute(_SHARES, (LOCK_CLASS, SHARDS))]


def _value(connection: psycopg.Connection[tuple[object, ...]], query: str) -> object:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
