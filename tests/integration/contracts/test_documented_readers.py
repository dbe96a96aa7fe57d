"""The readers that docs/events.md shows, run as they stand, on what a topic may hold."""

import json
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaProducer
from tests.documented_readers import start_reader, write_readers

from chassis.messaging.envelope import write_headers
from chassis.messaging.records import Headers
from local_stack.kafka_cluster.embedded import EmbeddedKafka

ACCESS, STATE = "access.lifecycle.v1", "partner.state.v1"
OWNERS = {ACCESS: "/gangway/provisioning", STATE: "/gangway/onboarding"}
Sent = tuple[bytes | None, bytes | None, Headers]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    """A cluster of its own: the topics have their real names."""
    cluster = EmbeddedKafka(tmp_path / "kafka")
    yield cluster.start().bootstrap_servers
    cluster.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert write_readers(tmp_path) == {"gangway_events.py", "partners.py", "grants.py"}
    return tmp_path


@pytest.fixture
def send(broker: str) -> Iterator[Callable[..., None]]:
    producer = KafkaProducer(bootstrap_servers=broker, api_version=(2, 3), acks="all")

    def put(topic: str, *records: Sent) -> None:
        for key, value, headers in records:
            producer.send(topic, value, key=key, headers=list(headers), partition=0).get(30)

    yield put
    producer.close()


def record(topic: str, partner: str, number: int, name: str, data: Any, **changes: Any) -> Sent:
    """An event in binary mode; None as data is a tombstone."""
    attributes: dict[str, Any] = {
        "event_id": str(uuid4()),
        "type": f"gangway.{name}.v1",
        "source": OWNERS[topic],
        "subject": partner,
        "sequence": number,
        "occurred_at": datetime.now(UTC),
        "dataschema": None,
        "traceparent": None,
        **changes,
    }
    return partner.encode(), None if data is None else json.dumps(data).encode(), write_headers(**attributes)


def structured(sent: Sent) -> Sent:
    """The same event in structured mode."""
    key, value, headers = sent
    attributes = {name[3:]: (text or b"").decode() for name, text in headers if name.startswith("ce_")}
    event = {**attributes, "data": json.loads(value or b"null")}
    return key, json.dumps(event).encode(), [("Content-Type", b"application/cloudevents+json; charset=UTF-8")]


def granted(partner: str, number: int, grant: str, *, name: str = "access.granted", **changes: Any) -> Sent:
    data = {
        "partner_id": partner,
        "grant_id": grant,
        "product": "iot",
        "identifiers": {},
        "collectable": False,
    }
    return record(ACCESS, partner, number, name, data, **changes)


def rubbish(topic: str, partner: str) -> list[Sent]:
    """What nobody should be able to put there, but somebody will."""
    key = partner.encode()
    binary = dict(record(topic, partner, 1, "x", {})[2])
    surrogate = {"specversion": "1.0", "source": OWNERS[topic], "sequence": "1", "data": {}, "type": "x"}
    return [
        (None, b"", []),
        (key, None, []),
        (key, b"\xff", [("ce_type", b"\xff")]),
        (b"\xff\xfe", b"{}", list(binary.items())),
        (key, b"{", list(binary.items())),
        (key, b"[" * 100_000, list(binary.items())),
        (key, b"{}", [*binary.items(), ("ce_sequence", b"-1")]),
        (key, b"{}", [*binary.items(), ("ce_sequence", b"9" * 30)]),
        (key, b"{}", [*binary.items(), ("ce_sequence", b"9" * 5_000)]),
        (key, b"{}", [*binary.items(), ("ce_id", b"\xff\x00")]),
        (key, b"5", [("content-type", b"application/cloudevents+json")]),
        (
            key,
            json.dumps({**surrogate, "id": "\ud800", "subject": partner}).encode(),
            [("content-type", b"application/cloudevents+json")],
        ),
        (
            key,
            json.dumps({**surrogate, "id": "1", "subject": "\ud800"}).encode(),
            [("content-type", b"application/cloudevents+json")],
        ),
    ]


class Grants:
    """The reader `grants.py` at work."""

    def __init__(self, folder: Path, broker: str) -> None:
        self._folder, self._broker = folder, broker
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.process = start_reader(self._folder, "grants.py", self._broker)

    def kill(self) -> str:
        assert self.process is not None
        self.process.kill()
        output, _ = self.process.communicate()
        self.process = None
        return output

    def rows(self, query: str) -> list[Any]:
        try:
            with closing(sqlite3.connect(f"file:{self._folder}/grants.sqlite?mode=ro", uri=True)) as database:
                return database.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []

    def await_taken(self, partner: str, number: int) -> None:
        deadline = time.monotonic() + 60
        query = f"SELECT 1 FROM taken WHERE partner_id = '{partner}' AND number = {number}"  # noqa: S608
        while not self.rows(query):
            assert self.process is not None
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def states(self) -> dict[str, str]:
        return dict(self.rows("SELECT grant_id, state FROM grants"))


@pytest.fixture
def reader(folder: Path, broker: str) -> Iterator[Grants]:
    reader = Grants(folder, broker)
    yield reader
    if reader.process is not None:
        reader.kill()


def test_each_event_is_taken_once_whatever_else_stands_there(
    reader: Grants, send: Callable[..., None]
) -> None:
    partner, other = str(uuid4()), str(uuid4())
    first, late, third = granted(partner, 1, "a"), granted(partner, 2, "b"), granted(partner, 4, "c")
    send(ACCESS, first, *rubbish(ACCESS, partner), first)
    reader.start()
    reader.await_taken(partner, 1)
    send(
        ACCESS,
        record(ACCESS, partner, 3, "access.unheard_of", {"new": True}),
        structured(third),
        granted(partner, 5, "a", name="access.revoked"),
        granted(partner, 6, "d", source="/somebody/else"),
        granted(other, 1, "e", subject=partner),
        record(ACCESS, partner, 7, "access.granted", None),
        record(ACCESS, partner, 8, "access.granted", {"grant_id": ["a"], "product": {}}),
        record(ACCESS, partner, 9, "access.granted", {}),
        granted(partner, 10, "f"),
    )
    reader.await_taken(partner, 10)
    assert reader.states() == {"a": "revoked", "c": "granted", "f": "granted"}
    # What an operator publishes again fills the holes; all else of it was seen.
    send(ACCESS, first, late, structured(third), granted(partner, 6, "f", name="access.revoked"))
    send(ACCESS, granted(partner, 4, "x"), granted(other, 1, "g"))
    reader.await_taken(other, 1)
    assert reader.states() == {"a": "revoked", "b": "granted", "c": "granted", "f": "granted", "g": "granted"}
    output = reader.kill()
    assert output.count("set aside:") == 3
    assert f"ALARM: two events claim one number: {ACCESS} {partner} 4\n" in output
    assert "Traceback" not in output


def test_a_reader_that_was_killed_goes_on_where_it_was(reader: Grants, send: Callable[..., None]) -> None:
    partner = str(uuid4())
    send(ACCESS, *(granted(partner, number, f"grant {number}") for number in range(1, 200)))
    reader.start()
    reader.await_taken(partner, 20)
    reader.kill()
    reader.start()
    send(ACCESS, granted(partner, 200, "last"))
    reader.await_taken(partner, 200)
    assert "ALARM" not in reader.kill()
    assert reader.rows("SELECT count(*), max(number) FROM taken") == [(200, 200)]
    assert len(reader.states()) == 200


def read_partners(folder: Path, broker: str) -> dict[str, Any]:
    process = start_reader(folder, "partners.py", broker)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    with closing(sqlite3.connect(folder / "partners.sqlite")) as database:
        rows = database.execute("SELECT partner_id, state FROM partners WHERE state IS NOT NULL").fetchall()
    assert output == f"{len(rows)} partners\n"
    return {partner_id: json.loads(state)["state"] for partner_id, state in rows}


def test_partners_as_they_are_now(folder: Path, broker: str, send: Callable[..., None]) -> None:
    def state(partner: str, number: int, word: str | None, **changes: Any) -> Sent:
        return record(STATE, partner, number, "partner.state", word and {"state": word}, **changes)

    staying, gone, back, new = (str(uuid4()) for _ in range(4))
    send(
        STATE,
        *rubbish(STATE, staying),
        state(staying, 1, "applied"),
        structured(state(staying, 3, "active")),
        state(staying, 3, "active"),
        state(staying, 2, "approved"),
        state(staying, 9, "hijacked", source="/somebody/else"),
        record(STATE, staying, 4, "partner.unheard_of", {"state": "odd"}),
        state(gone, 1, "applied"),
        state(gone, 2, None),
        state(gone, 1, "applied"),
        state(back, 1, None, source="/somebody/else"),
        state(back, 1, "applied"),
    )
    assert read_partners(folder, broker) == {staying: "active", back: "applied"}
    send(STATE, state(staying, 5, None), state(gone, 1, "applied"), state(new, 7, "in_review"))
    for _ in range(2):
        assert read_partners(folder, broker) == {back: "applied", new: "in_review"}
