"""The baselines of the consumer: a bare kafka-python consumer that inserts one row for each record.

``python -m tests.benchmarks.bare_consumer MODE DATABASE_URL SERVERS VERSION TOPIC GROUP`` runs until SIGTERM.
MODE `record`: insert and commit each by itself; `poll`: one transaction for each poll.
"""

import json
import signal
import sys
from typing import Any

import psycopg
from kafka import KafkaConsumer
from tests.benchmarks.addresses import address_of
from tests.benchmarks.effects import INSERT

from chassis.messaging.kafka_options import client_options
from chassis.settings.kafka_address import KafkaAddress

Row = tuple[str, str, str]


def main(mode: str, url: str, address: KafkaAddress, topic: str, group: str) -> None:
    """Consume until SIGTERM."""
    consumer = KafkaConsumer(
        topic,
        **client_options(address),
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=mode == "record",
        max_poll_records=500,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with psycopg.connect(url) as connection:
        while True:
            batches = consumer.poll(timeout_ms=500).values()
            rows = [_row(record) for batch in batches for record in batch]
            if mode == "record":
                _one_by_one(connection, rows)
            elif rows:
                _together(connection, rows)
                consumer.commit_async()


def _one_by_one(connection: psycopg.Connection[Any], rows: list[Row]) -> None:
    for row in rows:
        connection.execute(INSERT, row)
        connection.commit()


def _together(connection: psycopg.Connection[Any], rows: list[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, rows)
    connection.commit()


def _row(record: Any) -> Row:
    headers = dict(record.headers)
    return record.key.decode(), headers["ce_id"].decode(), json.loads(record.value)["legal_name"]


if __name__ == "__main__":
    mode_name, database_url, servers, version, *names = sys.argv[1:]
    main(mode_name, database_url, address_of(servers, version), *names)
