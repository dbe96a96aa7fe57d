"""Whatever any test lets a service emit keeps the contract, formats included; one place sees to it.

What a test's own process emits is checked at once. Of processes that a test starts, look at what they left:
in the outbox by `outbox_breaches`, or on the topics, as the end-to-end tests and the fault runs do. Nobody
looks at what the containers of `tests/containers` send.

A test whose service passes on a value that joined an enum elsewhere (`x-grows`) is marked
`passes_on_grown_values`: its events are held to what readers are promised.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Connection

from chassis.events import Event, OutgoingEvent, Tombstone
from contract_tools import Contracts, load_contracts
from contract_tools.compatibility import as_readers_see
from contract_tools.validation import validator

FOLDER = Path(__file__).parents[1] / "contracts"


@cache
def _contracts() -> Contracts:
    return load_contracts(FOLDER)


@cache
def _validator(key: str, *, for_readers: bool) -> Any:
    schema = _contracts().events[key].schema
    return validator(as_readers_see(schema) if for_readers else schema)


def breaches(topic_name: str, subject: str, key: str, data: Any, *, for_readers: bool = False) -> list[str]:
    """Where an event breaks its contract; empty for topics that no contract knows (the chassis' tests)."""
    topic = _contracts().topics.get(topic_name)
    if topic is None or data is None:
        return []
    if key not in topic.events:
        return [f"{key} does not belong on {topic_name}"]
    check = _validator(key, for_readers=for_readers)
    found = [f"{key}: {error.json_path}: {error.message}" for error in check.iter_errors(data)]
    if data.get(topic.key) != subject:
        found.append(f"{key}: the subject is not its {topic.key}")
    return found


def outbox_breaches(connection: Connection) -> list[str]:
    """Where rows of an outbox break their contracts, whoever wrote them."""
    rows = connection.exec_driver_sql("SELECT topic, subject, type, data FROM outbox").all()
    return [
        breach
        for topic, subject, type, data in rows
        for breach in breaches(
            topic, subject, type.removeprefix("gangway."), data and json.loads(bytes(data))
        )
    ]


@pytest.fixture(autouse=True)
def emitted_events_keep_their_contracts(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each event of the test's own process is checked as it is emitted, to the outbox or to a fake of it."""
    for_readers = request.node.get_closest_marker("passes_on_grown_values") is not None
    found: list[str] = []
    outgoing = OutgoingEvent.of

    def checked(event: Event | Tombstone, occurred_at: datetime) -> OutgoingEvent:
        sent = outgoing(event, occurred_at)
        key = f"{sent.name}.v{sent.version}"
        found.extend(breaches(sent.topic, sent.subject, key, sent.data, for_readers=for_readers))
        return sent

    # No monkeypatch: tests may undo theirs in the middle.
    with patch.object(OutgoingEvent, "of", checked):
        yield
    assert found == []
