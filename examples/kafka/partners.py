"""All partners as they are now, and from then on every change: python partners.py FILE.sqlite

Give it what `POST /v1/kafka-user` told you: KAFKA_SERVERS, KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_PROTOCOL.
How far it read stands in the file, beside what it read: it may be killed at any time, and goes on without a
gap.
"""

import json
import os
import sqlite3
import sys

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import OffsetOutOfRangeError

TOPIC, OWNER, TYPE = "partner.state.v1", b"/gangway/onboarding", b"gangway.partner.state.v1"
database = sqlite3.connect(sys.argv[1])
database.execute("CREATE TABLE IF NOT EXISTS partners (partner_id PRIMARY KEY, number INTEGER, state TEXT)")
database.execute("CREATE TABLE IF NOT EXISTS places (number INTEGER PRIMARY KEY, next INTEGER)")
consumer = KafkaConsumer(
    bootstrap_servers=os.environ["KAFKA_SERVERS"],
    security_protocol=os.environ.get("KAFKA_PROTOCOL", "SASL_SSL"),
    sasl_mechanism="SCRAM-SHA-512",
    sasl_plain_username=os.environ["KAFKA_USERNAME"],
    sasl_plain_password=os.environ["KAFKA_PASSWORD"],
    enable_auto_commit=False,
    auto_offset_reset="none",  # what is lost is told, not skipped
)


def take(record):
    """The newest snapshot of a partner; one without a value says that the partner was erased."""
    headers = dict(record.headers)
    if (headers.get("ce_source"), headers.get("ce_type")) != (OWNER, TYPE):
        return
    # A tombstone empties the row and keeps its number, so that nothing older brings the partner back.
    state = record.value and json.dumps(json.loads(record.value))
    database.execute(
        "INSERT INTO partners VALUES (?, ?, ?) ON CONFLICT (partner_id) DO UPDATE"
        " SET number = excluded.number, state = excluded.state WHERE excluded.number > number",
        (record.key.decode(), int(headers["ce_sequence"]), state),
    )


def start(partitions):
    """Where the file ends; or, before anything was read, at the beginning of the topic."""
    places = dict(database.execute("SELECT number, next FROM places"))
    for partition, beginning in consumer.beginning_offsets(partitions).items():
        consumer.seek(partition, places.get(partition.partition, beginning))


numbers = consumer.partitions_for_topic(TOPIC)
if not numbers:
    sys.exit(f"You may not read {TOPIC}: GET /v1/kafka-user says why.")
partitions = [TopicPartition(TOPIC, number) for number in numbers]
consumer.assign(partitions)
start(partitions)
behind = consumer.end_offsets(partitions)  # once these are reached, all that was there has been read
while True:
    try:
        polled = consumer.poll(timeout_ms=500)
    except OffsetOutOfRangeError:
        sys.exit("The topic was made anew: remove the file and begin again.")
    with database:  # one transaction: what was read, and how far
        for partition, records in polled.items():
            for record in records:
                take(record)
            place = (partition.partition, consumer.position(partition))
            database.execute("INSERT OR REPLACE INTO places VALUES (?, ?)", place)
    if behind and all(consumer.position(partition) >= end for partition, end in behind.items()):
        behind = None
        (count,) = database.execute("SELECT count(*) FROM partners WHERE state IS NOT NULL").fetchone()
        print("caught up:", count, "partners", flush=True)
