"""The two shapes of an event: one that we are about to send, one that reached us."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.telemetry import traces


@dataclass(frozen=True, kw_only=True)
class OutgoingEvent:
    """A fact that commits together with the state it tells about.

    ``topic`` is where it goes, ``subject`` the record key and the unit of order,
    ``name`` the past-tense name without prefix and version (``partner.applied``),
    ``data`` plain JSON values that match the contract. ``traceparent`` is the trace it was made in.
    """

    topic: str
    subject: str
    name: str
    data: Mapping[str, Any]
    version: int = 1
    id: UUID = field(default_factory=uuid7)
    occurred_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    traceparent: str | None = field(default_factory=traces.current, repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Tombstone(OutgoingEvent):
    """The end of a subject on a compacted topic: a record without a value; Kafka forgets those before it.

    ``name`` is that of the topic's events, whose numbers it continues.
    """

    data: Mapping[str, Any] = field(default_factory=dict, init=False)


@dataclass(frozen=True, kw_only=True)
class ReceivedEvent:
    """An event as the consumer read it; ``data`` is decoded JSON, not yet checked by a schema.

    ``name`` and ``version`` are taken from the CloudEvents ``type`` after the prefix.
    ``sequence`` counts the events of one subject on one topic from 1.
    """

    id: str
    name: str
    version: int
    source: str
    subject: str
    sequence: int | None
    occurred_at: datetime
    data: Mapping[str, Any]
    topic: str
    partition: int
    offset: int
    traceparent: str | None = None
