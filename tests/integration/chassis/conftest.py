"""The example service `tallies` on a real, migrated database, and records as a broker would give them."""

import itertools
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from chassis.cli import service_command
from chassis.database.migrations import migrate
from chassis.database.unit_of_work import UnitOfWork
from chassis.http.web import create_app
from chassis.identity.signing_keys import new_key_pair
from chassis.messaging.consumer.flood import FloodGauges
from chassis.messaging.consumer.poll import Poll
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.envelope import write_headers
from chassis.messaging.outbox import encoded_json
from chassis.messaging.records import KeptRecord
from chassis.operating.http import operators_api
from chassis.service import Service

PACKAGES = Path(__file__).parent / "example_packages"
KEY = new_key_pair()[1]

Command = Callable[..., Result]
Say = Callable[..., KeptRecord]
Rows = Callable[..., list[Any]]


@pytest.fixture(autouse=True)
def example_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``import tallies`` find the example."""
    if str(PACKAGES) not in sys.path:
        sys.path.insert(0, str(PACKAGES))


@pytest.fixture
def tally_environ(database_url: str) -> dict[str, str]:
    """The environment of the example's processes; Kafka's address is for the test to fill in."""
    run = uuid4().hex[:8]
    inherited = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return inherited | {
        "PYTHONPATH": str(PACKAGES),
        "DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "PUBLIC_URL": "http://127.0.0.1",
        "LOG_FORMAT": "text",
        "SESSION_PUBLIC_KEY": KEY,
        "LINK_PUBLIC_KEY": KEY,
        "OPS_TOKEN_PUBLIC_KEY": KEY,
        "TALLY_HEARD_TOPIC": f"heard-{run}",
        "TALLY_ANSWER_TOPIC": f"answers-{run}",
        "TALLY_GROUP": f"tallies-{run}",
    }


@pytest.fixture
def service(tally_environ: dict[str, str]) -> Iterator[Service]:
    """The example on an empty, migrated database."""
    from tallies.bootstrap import build_service  # noqa: PLC0415 - found only once its folder is on the path

    service: Service = build_service(tally_environ)
    migrate(service.settings.database_url, service.migrations)
    yield service
    service.database.dispose()


@pytest.fixture
def rows(service: Service) -> Rows:
    """Ask the database: a list of rows, or of values where a row has one."""

    def ask(query: str, *values: Any) -> list[Any]:
        with service.database.begin() as work:
            found = list(work.connection.exec_driver_sql(query, values or None))
        return [row[0] if len(row) == 1 else tuple(row) for row in found]

    return ask


@pytest.fixture
def command(service: Service, tally_environ: dict[str, str]) -> Command:
    """Run the example's command line; words in, result out."""
    group = service_command("tallies", lambda _: service, tally_environ)

    def run(*words: str) -> Result:
        return CliRunner().invoke(group, words)

    return run


@pytest.fixture
def client(service: Service) -> FlaskClient:
    """The example's HTTP API, with what all services have for operators."""
    return create_app(service, __name__, title="Tallies", api=[operators_api]).test_client()


@pytest.fixture
def poll(service: Service) -> Poll:
    """The consumer without its broker."""
    assert service.subscriptions is not None
    group = service.subscriptions.group
    reader = Reader(service.subscriptions, "gangway")
    return Poll(service.database, UnitOfWork, reader, group, FloodGauges(group))


@pytest.fixture
def say(tally_environ: dict[str, str]) -> Say:
    """Make the record of one event as the relay would send it; each gets the next offset."""
    offsets = itertools.count()
    numbers: dict[str, int] = {}

    def make(subject: str, number: int = 0, *, sequence: int | None = 0, **more: Any) -> KeptRecord:
        if sequence == 0:
            sequence = numbers[subject] = numbers.get(subject, 0) + 1
        headers = write_headers(
            event_id=str(more.pop("event_id", uuid4())),
            type=more.pop("type", "gangway.thing.said.v1"),
            source=more.pop("source", "/gangway/tallies"),
            subject=subject,
            sequence=sequence or 1,
            occurred_at=datetime.now(UTC),
            dataschema=None,
            traceparent=None,
        )
        if sequence is None:
            headers = [header for header in headers if header[0] != "ce_sequence"]
        value = more.pop("value", None)
        if value is None:
            value = encoded_json({"number": number, **more}).encode()
        topic = tally_environ["TALLY_HEARD_TOPIC"]
        return KeptRecord(topic, 0, next(offsets), 1_700_000_000_000, subject.encode(), value, headers)

    return make
