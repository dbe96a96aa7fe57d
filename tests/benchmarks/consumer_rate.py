"""Events per second of the consumer with lanes and effect, beside bare consumers of the same topic."""

from contextlib import suppress
from uuid import uuid4

import psycopg
from tests.benchmarks.addresses import address_of, words_of
from tests.benchmarks.backlog import new_subjects, records
from tests.benchmarks.effects import CREATE, await_effects, last_effect
from tests.benchmarks.figures import Comparison, Omitted, Result, Side
from tests.benchmarks.memory import memory_mib
from tests.benchmarks.onboarding_service import onboarding_database
from tests.benchmarks.options import Options
from tests.benchmarks.servers import Servers
from tests.benchmarks.turns import Turns

from chassis.messaging.kafka_clients import make_producer
from local_stack.kafka_cluster import apache

EVENTS = 20_000
SUBJECTS = 1_000

# Name, module, mode.
SIDES = (
    ("Gangway, effects gathered", "lane_consumer", "gathered"),
    ("Gangway, each effect at once", "lane_consumer", "each"),
    ("a commit per record", "bare_consumer", "record"),
    ("a transaction per poll", "bare_consumer", "poll"),
)


def run(servers: Servers, options: Options) -> list[Result]:
    """All four in turn, each as a new group that reads the topic from its start."""
    what = "consumer events/s, lanes and effect"
    if servers.kafka.kind != apache.KIND:
        return [Omitted(what, "the built-in cluster does not keep enough records")]
    topic = filled_topic(servers)
    gathered = {name: Turns(name) for name, _, _ in SIDES}
    memory: dict[str, float] = {}
    with onboarding_database(servers) as url:
        create_effects(url)
        for _ in range(options.repetitions):
            for name, module, mode in SIDES:
                rate, memory[name] = consume(servers, url, topic, module, mode)
                gathered[name].add({"events/s": rate})
    gangway, each, by_record, by_poll = (
        gathered[name].side({"consumer": memory[name]}) for name, _, _ in SIDES
    )
    return [
        _comparison(what, gangway, by_record, 2.0),
        _comparison(what, gangway, by_poll, 0.5),
        _comparison("the same, each effect by itself", each, by_record, None),
    ]


def _comparison(what: str, ours: Side, beside: Side, goal: float | None) -> Comparison:
    return Comparison(what=what, ours=ours, beside=beside, goal=goal)


def filled_topic(servers: Servers) -> str:
    """A topic with all the records."""
    topic = servers.topic()
    producer = make_producer(address_of(*words_of(servers.kafka)), name="bench")
    for key, value, headers in records(new_subjects(SUBJECTS), EVENTS):
        producer.send(topic, key=key, value=value, headers=headers)
    producer.flush()
    producer.close()
    return topic


def create_effects(url: str) -> None:
    """The table of effects beside the chassis's own."""
    with suppress(psycopg.errors.DuplicateTable), psycopg.connect(url) as connection:
        connection.execute(CREATE)


def consume(servers: Servers, url: str, topic: str, module: str, mode: str) -> tuple[float, float]:
    """Let one process read the whole topic; events per second, and its memory in MiB at the end."""
    before = last_effect(url)
    group = f"bench-{uuid4().hex[:8]}"
    command = ["-m", f"tests.benchmarks.{module}", mode, url, *words_of(servers.kafka), topic, group]
    with servers.process(f"{module}-{mode}", command, {}) as process:
        rate = await_effects(url, EVENTS, after=before)
        return rate, memory_mib(process.pid)
