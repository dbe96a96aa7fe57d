"""Whatever any test lets a service emit keeps the contract, formats included; one place sees to it.

A test whose service passes on a value that joined an enum elsewhere (`x-grows`) is marked
`passes_on_grown_values`: its events are held to what readers are promised.
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from chassis.events import OutgoingEvent, Tombstone
from chassis.messaging.outbox import Outbox
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


def breaches(event: OutgoingEvent, *, for_readers: bool = False) -> list[str]:
    """Where the event breaks its contract; empty for topics that no contract knows (the chassis' tests)."""
    topic = _contracts().topics.get(event.topic)
    if topic is None or isinstance(event, Tombstone):
        return []
    key = f"{event.name}.v{event.version}"
    if key not in topic.events:
        return [f"{key} does not belong on {event.topic}"]
    data = json.loads(json.dumps(event.data))
    check = _validator(key, for_readers=for_readers)
    found = [f"{key}: {error.json_path}: {error.message}" for error in check.iter_errors(data)]
    if data.get(topic.key) != event.subject:
        found.append(f"{key}: the subject is not its {topic.key}")
    return found


@pytest.fixture(autouse=True)
def emitted_events_keep_their_contracts(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each event is checked when it becomes a row, in the test's own process."""
    for_readers = request.node.get_closest_marker("passes_on_grown_values") is not None
    found: list[str] = []
    row: Callable[..., dict[str, Any]] = Outbox._row

    def checked(self: Outbox, event: OutgoingEvent, *rest: int) -> dict[str, Any]:
        found.extend(breaches(event, for_readers=for_readers))
        return row(self, event, *rest)

    # No monkeypatch: tests may undo theirs in the middle.
    with patch.object(Outbox, "_row", checked):
        yield
    assert found == []
