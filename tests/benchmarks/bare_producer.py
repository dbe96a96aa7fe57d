"""The baseline of the relay: a bare kafka-python producer that sends ready records from memory.

``python -m tests.benchmarks.bare_producer SERVERS VERSION TOPIC EVENTS SUBJECTS`` prints what it did as JSON.
"""

import json
import os
import sys
import time

from kafka import KafkaProducer
from tests.benchmarks.addresses import address_of
from tests.benchmarks.backlog import new_subjects, records
from tests.benchmarks.memory import memory_mib

from chassis.messaging.kafka_clients import make_producer
from chassis.messaging.records import Headers
from chassis.settings.kafka_address import KafkaAddress

WARM_UP = 1_000

Ready = list[tuple[bytes, bytes, Headers]]


def send(producer: KafkaProducer, topic: str, ready: Ready) -> float:
    """Send all, wait for all acknowledgements; the seconds that it took."""
    started = time.perf_counter()
    futures = [producer.send(topic, key=key, value=value, headers=headers) for key, value, headers in ready]
    producer.flush()
    seconds = time.perf_counter() - started
    for future in futures:
        future.get(timeout=0)
    return seconds


def main(address: KafkaAddress, topic: str, events: int, subjects: int) -> None:
    """Warm up, send, tell."""
    producer = make_producer(address, name="bare")  # the settings of the relay
    ready = list(records(new_subjects(subjects), events))
    send(producer, topic, ready[:WARM_UP])
    seconds = send(producer, topic, ready)
    sys.stdout.write(json.dumps({"seconds": seconds, "memory_mib": memory_mib(os.getpid())}))
    producer.close()


if __name__ == "__main__":
    servers, version, topic_name, *numbers = sys.argv[1:]
    main(address_of(servers, version), topic_name, *map(int, numbers))
