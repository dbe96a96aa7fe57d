"""From a record to something a handler can take, or to the reason why it never will."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from marshmallow import ValidationError

from chassis.database.unit_of_work import UnitOfWork
from chassis.events import ReceivedEvent
from chassis.failures import NeverPossible, NotNow
from chassis.messaging.envelope import (
    Envelope,
    EnvelopeRefused,
    is_bare_tombstone,
    read_envelope,
    read_event,
    split_type,
)
from chassis.messaging.records import Record
from chassis.messaging.subscriptions import EventHandler, Forget, Subscriptions, TopicOwner
from chassis.telemetry import traces
from chassis.validation_messages import leaves

log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True)
class Incoming:
    """A record as far as it could be read.

    ``failure``: it is a dead letter. ``is_foreign``: it cannot be shown to be the topic owner's event about
    its subject, so it touches no lane. ``not_now``: its handler said so, and its lane is to be parked. No
    ``handler``: it is of a type without a handler here. ``is_compacted``: its topic is, so a jump to
    its number is no hole. ``forget``: what a tombstone does.
    """

    record: Record
    envelope: Envelope | None = None
    event: ReceivedEvent | None = None
    handler: EventHandler[Any] | None = None
    data: Mapping[str, Any] | None = None
    failure: NeverPossible | None = None
    not_now: NotNow | None = None
    is_foreign: bool = False
    is_compacted: bool = False
    is_tombstone: bool = False
    forget: Forget[Any] | None = None

    @property
    def is_last_word(self) -> bool:
        """Whether it says that its subject is no more."""
        return self.handler is not None and self.handler.is_last_word

    @property
    def ends_its_subject(self) -> bool:
        """Whether its effect reaches the subject's lanes of all topics."""
        return self.is_last_word or self.forget is not None

    @property
    def lane(self) -> tuple[str, str] | None:
        """Its topic and subject; None where it belongs to no lane."""
        if self.envelope is None or self.is_foreign or not (self.envelope.id or self.envelope.sequence):
            return None
        return self.record.topic, self.envelope.subject

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


class Foreign(NeverPossible):
    """The record is not, or cannot be shown to be, the topic owner's event about its subject."""


class Reader:
    """Reads records with one group's table of handlers."""

    def __init__(self, subscriptions: Subscriptions[Any], type_prefix: str) -> None:
        self.topics = subscriptions.topics
        self._owners = subscriptions.owners
        self._compacted = subscriptions.compacted
        self._type_prefix = type_prefix
        self._types: dict[str, tuple[str, int] | None] = {}

    def read(self, record: Record) -> Incoming:
        """Never raises, whatever a record contains: what stands in the way is the ``failure``."""
        incoming = Incoming(record, is_compacted=record.topic in self._compacted)
        try:
            self._read(incoming)
        except NeverPossible as failure:
            incoming.failure = failure
            incoming.is_foreign = isinstance(failure, Foreign)
        except ValidationError as error:
            incoming.failure = NeverPossible("data_refused_by_schema", _told(error))
        except Exception as error:
            # Nothing but the record differs from one reading to the next.
            log.exception("record cannot be read", topic=record.topic, offset=record.offset)
            incoming.failure = NeverPossible("record_unreadable", type(error).__name__)
        return incoming

    def is_urgent(self, record: Record) -> bool:
        """Whether somebody may wait for its effect, by its type alone; yes where none is told."""
        types = [value for name, value in record.headers or () if name == "ce_type"]
        known = self._split((types[0] or b"").decode(errors="replace")) if types else None
        if known is None:
            return not types
        handler = self.topics.get(record.topic, {}).get(f"{known[0]}.v{known[1]}")
        return handler is not None and handler.is_urgent

    def _read(self, incoming: Incoming) -> None:
        record = incoming.record
        owner = self._owners.get(record.topic)
        if owner is None:
            raise NeverPossible("topic_not_read", "This topic is read here no longer.")
        if is_bare_tombstone(record) and self._compacted.get(record.topic) is None:
            incoming.is_tombstone = True
            return
        try:
            envelope = read_envelope(record)
        except EnvelopeRefused as refused:
            if refused.known is None:
                raise Foreign(refused.code, refused.message) from refused
            incoming.envelope = refused.known
            _check_origin(refused.known, record, owner)
            raise
        incoming.envelope = envelope
        _check_origin(envelope, record, owner)
        if incoming.is_compacted and record.value is None:
            incoming.is_tombstone = True
            incoming.forget = self._compacted[record.topic]
        else:
            self._read_known(incoming, envelope, owner)

    def _read_known(self, incoming: Incoming, envelope: Envelope, owner: TopicOwner) -> None:
        known = self._split(envelope.type)
        if known is None:
            return
        name, version = known
        handler = self.topics[incoming.record.topic].get(f"{name}.v{version}")
        if handler is None:
            return
        event = read_event(incoming.record, envelope, name, version)
        if owner.subject_field is not None:
            field = owner.subject_field
            if event.data.get(field, event.subject) != event.subject:
                told = f"{field} in the data is not the event's subject."
                raise Foreign(f"{field}_and_subject_differ", told)
        incoming.handler = handler
        incoming.event = event
        incoming.data = handler.schema.load(event.data)

    def _split(self, type: str) -> tuple[str, int] | None:
        if type not in self._types:
            if len(self._types) > 10_000:
                self._types.clear()
            self._types[type] = split_type(type, self._type_prefix)
        return self._types[type]


def _check_origin(envelope: Envelope, record: Record, owner: TopicOwner) -> None:
    """Raise Foreign unless the record says to come from the owner, and key and subject are one."""
    if envelope.source not in owner.sources:
        raise Foreign("source_not_the_owner", f"{envelope.source!r} does not own this topic.")
    if record.key != envelope.subject.encode():
        raise Foreign("key_and_subject_differ", "The record's key is not the event's subject.")


def _told(error: ValidationError) -> str:
    """Which fields are wrong and why; never their values, which may be personal."""
    found = leaves(error.messages)
    return "; ".join(f"{''.join(f'/{part}' for part in place) or '/'}: {told}" for place, told in found)
