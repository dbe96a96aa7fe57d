"""From a record to something a handler can take, or to the reason why it never will."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError

from chassis import traces
from chassis.events import ReceivedEvent
from chassis.failures import NeverPossible, NotNow
from chassis.messaging.envelope import (
    Envelope,
    envelope_of_bare_tombstone,
    is_bare_tombstone,
    read_envelope,
    read_event,
    split_type,
)
from chassis.messaging.records import Record
from chassis.messaging.subscriptions import EventHandler, Forget, Subscriptions
from chassis.unit_of_work import UnitOfWork

LONGEST_MESSAGE = 2_000


@dataclass(slots=True)
class Incoming:
    """A record as far as it could be read.

    No ``envelope``: it belongs to no lane. ``failure``: it is a dead letter. ``not_now``: its handler said
    so, and its lane is to be parked. No ``handler``: it is of a type that nobody here asked for.
    ``is_compacted``: its topic is, so a jump to its number is no hole. ``forget``: what a tombstone does.
    """

    record: Record
    envelope: Envelope | None = None
    event: ReceivedEvent | None = None
    handler: EventHandler[Any] | None = None
    data: Mapping[str, Any] | None = None
    failure: NeverPossible | None = None
    not_now: NotNow | None = None
    is_compacted: bool = False
    is_tombstone: bool = False
    forget: Forget[Any] | None = None

    @property
    def lane(self) -> tuple[str, str] | None:
        return None if self.envelope is None else (self.record.topic, self.envelope.subject)

    def take_effect(self, work: UnitOfWork) -> str:
        """Give it its effect and say what became of it; what a handler raises passes through."""
        traceparent = self.envelope.traceparent if self.envelope else None
        if self.is_tombstone:
            if self.forget is not None and self.envelope is not None:
                with traces.continued(traceparent):
                    self.forget(work, self.envelope.subject)
            return "tombstone"
        if self.handler is None or self.event is None or self.data is None:
            return "skipped"
        with traces.continued(traceparent):
            self.handler.handle(work, self.event, self.data)
        return "handled"


class Reader:
    """Reads records with one group's table of handlers."""

    def __init__(self, subscriptions: Subscriptions[Any], type_prefix: str) -> None:
        self._topics = subscriptions.topics
        self._compacted = subscriptions.compacted
        self._type_prefix = type_prefix
        self._types: dict[str, tuple[str, int] | None] = {}

    def read(self, record: Record) -> Incoming:
        """Never raises for what a record may contain."""
        incoming = Incoming(record, is_compacted=record.topic in self._compacted)
        incoming.is_tombstone = is_bare_tombstone(record) or (incoming.is_compacted and record.value is None)
        try:
            if incoming.is_tombstone:
                self._read_tombstone(incoming)
            else:
                incoming.envelope = read_envelope(record)
                self._read_known(incoming, incoming.envelope)
        except NeverPossible as failure:
            incoming.failure = failure
        except ValidationError as error:
            incoming.failure = NeverPossible("data_refused_by_schema", _told(error))
        return incoming

    def _read_tombstone(self, incoming: Incoming) -> None:
        if incoming.is_compacted:
            record = incoming.record
            is_bare = is_bare_tombstone(record)
            incoming.envelope = envelope_of_bare_tombstone(record) if is_bare else read_envelope(record)
            incoming.forget = self._compacted[record.topic]

    def _read_known(self, incoming: Incoming, envelope: Envelope) -> None:
        known = self._split(envelope.type)
        if known is None:
            return
        name, version = known
        handler = self._topics.get(incoming.record.topic, {}).get(f"{name}.v{version}")
        if handler is None:
            return
        incoming.handler = handler
        incoming.event = read_event(incoming.record, envelope, name, version)
        incoming.data = handler.schema.load(incoming.event.data)

    def _split(self, type: str) -> tuple[str, int] | None:
        if type not in self._types:
            if len(self._types) > 10_000:
                self._types.clear()
            self._types[type] = split_type(type, self._type_prefix)
        return self._types[type]


def _told(error: ValidationError) -> str:
    """Which fields are wrong and why; never their values, which may be personal."""
    lines: list[str] = []

    def walk(path: str, messages: Any) -> None:
        if isinstance(messages, dict):
            for key, value in messages.items():
                walk(f"{path}/{key}", value)
        elif isinstance(messages, list):
            lines.append(f"{path or '/'}: {' '.join(str(message) for message in messages)}")
        else:
            lines.append(f"{path or '/'}: {messages}")

    walk("", error.messages)
    return "; ".join(lines)[:LONGEST_MESSAGE]
