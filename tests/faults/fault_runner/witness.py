"""A row for each event that a handler dealt with, written in the transaction of its effect.

Handlers are harmless when repeated, so their tables would hide a repetition: the witness shows it.
"""

import psycopg
from sqlalchemy import Connection

from chassis.events import ReceivedEvent
from fault_runner.facts import Effect

_TABLE = """
CREATE TABLE IF NOT EXISTS faults_effects (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer_group text NOT NULL, topic text NOT NULL, subject text NOT NULL,
    sequence bigint NOT NULL, event_id text NOT NULL)
"""
_WRITE = """
INSERT INTO faults_effects (consumer_group, topic, subject, sequence, event_id) VALUES (%s, %s, %s, %s, %s)
"""
_READ = "SELECT consumer_group, topic, subject, sequence, event_id FROM faults_effects ORDER BY position"


def prepare_witness(database_url: str) -> None:
    """Make the table in a service's database."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(_TABLE)


def write_effect(connection: Connection, group: str, topic: str, event: ReceivedEvent) -> None:
    """Note that the handler of this event came to its end in this transaction."""
    connection.exec_driver_sql(_WRITE, (group, topic, event.subject, event.sequence or 0, event.id))


def read_effects(connection: psycopg.Connection[tuple[object, ...]]) -> list[Effect]:
    """All rows of a service, in the order in which they were written; one lane's rows never interleave."""
    return [Effect._make(row) for row in connection.execute(_READ)]
