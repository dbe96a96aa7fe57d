"""The connector that turns our outbox table into the records that our relay makes of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from tests.benchmarks.debezium.connect import Worker

from local_stack.postgres import LocalPostgres

START_SECONDS = 60
# Column, and the header that it becomes.
HEADERS = {
    "event_id": "ce_id",
    "type": "ce_type",
    "source": "ce_source",
    "subject": "ce_subject",
    "occurred_at": "ce_time",
    "sequence": "ce_sequence",
    "dataschema": "ce_dataschema",
    "traceparent": "traceparent",
}
CONSTANT_HEADERS = {"ce_specversion": "1.0", "content-type": "application/json"}


class OutboxConnector:
    """Debezium on the outbox of one database, in a worker that is shared."""

    def __init__(self, worker: Worker, postgres: LocalPostgres, database: str) -> None:
        self._worker = worker
        self._postgres = postgres
        self._database = database
        self.pid = worker.pid

    def start(self, **settings: str) -> None:
        """Return once it streams: what is committed from now on is published."""
        self._worker.configure(self._database, self._settings() | settings)
        self.await_streaming()

    def await_streaming(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._slot_is_active():
            self.check()
            if time.monotonic() > deadline:
                raise RuntimeError(f"Debezium does not stream after {START_SECONDS} s")
            time.sleep(0.1)

    def pause(self) -> None:
        """End its task; the slot keeps what is committed meanwhile."""
        self._worker.stop(self._database)
        while self._slot_is_active():
            time.sleep(0.1)

    def resume(self) -> None:
        self._worker.resume(self._database)

    def check(self) -> None:
        """Raise RuntimeError when its task has failed."""
        self._worker.check(self._database)

    def remove(self) -> None:
        """Delete it, and what it keeps in the database."""
        self.pause()
        self._worker.delete(self._database)
        with psycopg.connect(self._postgres.url(self._database), autocommit=True) as connection:
            connection.execute("SELECT pg_drop_replication_slot(%s)", (self._database,))
            connection.execute(f'DROP PUBLICATION "{self._database}"')

    def _slot_is_active(self) -> bool:
        with psycopg.connect(self._postgres.url()) as connection:
            query = "SELECT 1 FROM pg_replication_slots WHERE slot_name = %s AND active"
            return connection.execute(query, (self._database,)).fetchone() is not None

    def _settings(self) -> dict[str, str]:
        url = psycopg.conninfo.conninfo_to_dict(self._postgres.url(self._database))
        return {
            "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
            "tasks.max": "1",
            "plugin.name": "pgoutput",
            "database.hostname": str(url["host"]),
            "database.port": str(url["port"]),
            "database.user": str(url["user"]),
            "database.password": str(url["password"]),
            "database.dbname": self._database,
            "topic.prefix": self._database,
            "slot.name": self._database,
            "publication.name": self._database,
            "publication.autocreate.mode": "filtered",
            "table.include.list": "public.outbox",
            "snapshot.mode": "no_data",
            "tombstones.on.delete": "false",
            **outbox_event_router(),
        }


def outbox_event_router() -> dict[str, str]:
    """The transformations, with our columns for the names that Debezium expects."""
    constants = {name: f"constant{number}" for number, name in enumerate(CONSTANT_HEADERS)}
    settings = {
        "transforms": ",".join(["outbox", *constants.values()]),
        "transforms.outbox.type": "io.debezium.transforms.outbox.EventRouter",
        "transforms.outbox.table.field.event.id": "event_id",
        "transforms.outbox.table.field.event.key": "subject",
        "transforms.outbox.table.field.event.payload": "data",
        "transforms.outbox.table.field.event.type": "type",
        "transforms.outbox.table.fields.additional.placement": ",".join(
            f"{column}:header:{header}" for column, header in HEADERS.items()
        ),
        "transforms.outbox.route.by.field": "topic",
        "transforms.outbox.route.topic.replacement": "${routedByValue}",
    }
    for name, transformation in constants.items():
        settings |= {
            f"transforms.{transformation}.type": "org.apache.kafka.connect.transforms.InsertHeader",
            f"transforms.{transformation}.header": name,
            f"transforms.{transformation}.value.literal": CONSTANT_HEADERS[name],
        }
    return settings


@contextmanager
def outbox_connector(worker: Worker, postgres: LocalPostgres, database: str) -> Iterator[OutboxConnector]:
    """Removed at the end; `start` it first."""
    connector = OutboxConnector(worker, postgres, database)
    yield connector
    connector.remove()
