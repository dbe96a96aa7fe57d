"""Events as records of their topics, and a service's consumer without its broker."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from chassis.messaging.consumer.flood import FloodGauges
from chassis.messaging.consumer.poll import Poll
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.envelope import write_headers
from chassis.messaging.records import KeptRecord
from chassis.service import Service

OWNERS = {"access": "provisioning", "learning": "notifications", "message": "notifications"}
TOPICS = {
    "access": "access.lifecycle.v1",
    "learning": "learning.progress.v1",
    "message": "message.delivery.v1",
}


def poll_of(service: Service) -> Poll:
    heard = service.subscriptions
    assert heard is not None
    reader = Reader(heard, service.settings.event_type_prefix)
    return Poll(service.database, service.work_factory, reader, heard.group, FloodGauges(heard.group))


def record(sequence: int, name: str, partner_id: str, **data: Any) -> KeptRecord:
    """As the relay of the topic's owner sends it."""
    family = name.partition(".")[0]
    headers = write_headers(
        event_id=str(uuid4()),
        type=f"gangway.{name}.v1",
        source=f"/gangway/{OWNERS.get(family, 'onboarding')}",
        subject=partner_id,
        sequence=sequence,
        occurred_at=datetime.now(UTC),
        dataschema=None,
        traceparent=None,
    )
    value = json.dumps({**data, "partner_id": partner_id}).encode()
    place = (TOPICS.get(family, "partner.lifecycle.v1"), 0, sequence, 1_700_000_000_000)
    return KeptRecord(*place, partner_id.encode(), value, headers)
