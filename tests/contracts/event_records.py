"""Kafka records as services send them, for the contracts' examples."""

import json
from datetime import UTC, datetime
from typing import Any

from chassis.messaging.envelope import write_headers
from chassis.messaging.records import KeptRecord
from contract_tools import Contracts

PREFIX = "gangway"
HAPPENED = datetime(2026, 3, 3, 10, 2, 11, 250_000, tzinfo=UTC)


def record_of(contracts: Contracts, key: str, **changes: Any) -> KeptRecord:
    """The record of an event's main example, with some of its data changed."""
    event = contracts.events[key]
    topic = contracts.topic_of(key)
    assert topic is not None
    data = {**event.examples[""], **changes}
    partner = event.examples[""][topic.key]
    headers = write_headers(
        event_id="0193f0a2-7c1e-7d2b-9a54-3f6c1b0e8d99",
        type=f"{PREFIX}.{key}",
        source=f"/gangway/{topic.owner}",
        subject=partner,
        sequence=3,
        occurred_at=HAPPENED,
        dataschema=event.schema["$id"],
        traceparent=None,
    )
    value = json.dumps(data, ensure_ascii=False).encode()
    return KeptRecord(topic.name, 2, 17, 1_772_532_131_000, partner.encode(), value, headers)
