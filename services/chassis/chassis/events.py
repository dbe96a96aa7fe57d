"""The shapes of an event: a fact in its own class, as it goes into the outbox, and as it was received."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import Enum
from typing import Any, ClassVar, Self
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.frozen import Frozen
from chassis.telemetry import traces


class Event(Frozen):
    """A fact that a service sends: its fields are those of the contract.

        class ThingSold(Event, topic="thing.lifecycle.v1", name="thing.sold", subject_field="thing_id"):
            thing_id: UUID
            sold_at: datetime
            discount: int = 0

    A field that the contract does not require has a default, and is left out of the data while it has that
    value. ``subject_field`` holds the record key and unit of order. A snapshot replaces the one that was
    emitted before it in the same transaction. What ``may_wait`` is not urgent: it goes out within a
    second, together with others, or with the next that may not.
    """

    topic: ClassVar[str]
    name: ClassVar[str]
    version: ClassVar[int] = 1
    subject_field: ClassVar[str]
    is_snapshot: ClassVar[bool] = False
    may_wait: ClassVar[bool] = False

    def __init_subclass__(cls, **attributes: str | int) -> None:
        if unknown := attributes.keys() - Event.__annotations__.keys():
            raise TypeError(f"an event has no {', '.join(sorted(unknown))}")
        for name, value in attributes.items():
            setattr(cls, name, value)
        super().__init_subclass__()

    @property
    def subject(self) -> str:
        return str(getattr(self, self.subject_field))


@dataclass(frozen=True)
class Tombstone:
    """The end of a subject on the compacted topic of a snapshot: Kafka forgets the records before it."""

    of: type[Event]
    subject: str


class OutgoingEvent(Frozen):
    """An event as stored in the outbox: it commits together with the state it describes.

    ``data`` is plain JSON values, None for a tombstone. ``traceparent`` is the trace it was made in. One
    that ``may_wait`` need not be sent at once.
    """

    topic: str
    subject: str
    name: str
    data: Mapping[str, Any] | None
    version: int = 1
    id: UUID = field(default_factory=uuid7)
    occurred_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    traceparent: str | None = field(default_factory=traces.current, repr=False, compare=False)
    may_wait: bool = False

    @classmethod
    def of(cls, event: Event | Tombstone, occurred_at: datetime) -> Self:
        kind = event.of if isinstance(event, Tombstone) else event
        return cls(
            topic=kind.topic,
            subject=event.subject,
            name=kind.name,
            version=kind.version,
            data=None if isinstance(event, Tombstone) else as_json(event),
            occurred_at=occurred_at,
            may_wait=kind.may_wait,
        )


def as_json(value: Any) -> Any:
    """Domain values as plain JSON values: the only place that knows how each is serialized in an event."""
    match value:
        case Enum():
            written = value.value
        case str() | int() | float() | None:
            written = value
        case UUID():
            written = str(value)
        case datetime():
            written = value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case tuple() | list():
            written = [as_json(item) for item in value]
        case Mapping():
            written = {name: as_json(member) for name, member in value.items()}
        case _:
            members = ((member, getattr(value, member.name)) for member in fields(value))
            written = {member.name: as_json(found) for member, found in members if found != member.default}
    return written


class ReceivedEvent(Frozen):
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
