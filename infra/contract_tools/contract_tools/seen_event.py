"""Look at a Kafka record through the contracts: what it is, what is wrong with it, what may be shown."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from chassis.failures import NeverPossible
from chassis.messaging.envelope import (
    Envelope,
    EnvelopeRefused,
    event_time,
    read_envelope,
    read_event,
    split_type,
)
from chassis.messaging.records import Record
from contract_tools.model import Contracts, Event
from contract_tools.redaction import redacted
from contract_tools.validation import validator
from operator_cli.printable import in_json, one_line

HIDDEN = "[hidden: no contract says what is personal]"
FORGOTTEN = "[forgotten: a tombstone]"
LONGEST_LINE = 4_000
LONGEST_DATA = 100_000
_NAMES_ONLY = {"required", "additionalProperties"}


@dataclass(frozen=True, kw_only=True)
class SeenEvent:
    """One record as it is shown; ``problems`` is empty where it keeps its contract."""

    time: datetime
    topic: str
    partition: int
    offset: int
    source: str | None = None
    type: str | None = None
    event_key: str | None = None
    partner: str | None = None
    sequence: int | None = None
    id: str | None = None
    data: Any = HIDDEN
    problems: tuple[str, ...] = ()


class EventWatcher:
    """Turns records into what is shown; personal fields stay hidden unless asked for."""

    def __init__(
        self,
        contracts: Contracts,
        *,
        type_prefix: str,
        source_prefix: str = "/gangway",
        include_personal: bool = False,
    ) -> None:
        self._contracts = contracts
        self._type_prefix = type_prefix
        self._source_prefix = source_prefix
        self._include_personal = include_personal
        self._validators = {key: validator(event.schema) for key, event in contracts.events.items()}

    def look(self, record: Record) -> SeenEvent:
        """Whatever the record holds, this answers; rubbish is an event with a problem."""
        seen = SeenEvent(
            time=event_time(None, record.timestamp),
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
        )
        try:
            envelope = read_envelope(record)
        except EnvelopeRefused as problem:
            return replace(_known(seen, problem.known), problems=(str(problem),))
        seen = _known(seen, envelope)
        named = split_type(envelope.type, self._type_prefix)
        if named is None:
            return replace(seen, problems=(f"not of type {self._type_prefix}.<name>.vN",))
        seen = replace(seen, event_key=f"{named[0]}.v{named[1]}")
        topic = self._contracts.topics.get(record.topic)
        if record.value is None and topic is not None and topic.cleanup == "compact":
            return replace(seen, data=FORGOTTEN)
        try:
            event = read_event(record, envelope, *named)
        except NeverPossible as problem:
            return replace(seen, problems=(str(problem),))
        return self._look_inside(replace(seen, time=event.occurred_at), record, event.data)

    def _look_inside(self, seen: SeenEvent, record: Record, data: Mapping[str, Any]) -> SeenEvent:
        contract = self._contracts.events.get(seen.event_key or "")
        if contract is None:
            return replace(seen, data=data if self._include_personal else HIDDEN, problems=("no contract",))
        problems = (*self._misplaced(seen, record, contract, data), *self._misfits(contract, data))
        shown = data if self._include_personal else redacted(data, contract.schema)
        return replace(seen, data=shown, problems=problems)

    def _misplaced(
        self, seen: SeenEvent, record: Record, contract: Event, data: Mapping[str, Any]
    ) -> Iterator[str]:
        topic = self._contracts.topic_of(contract.key)
        # Dead letters of a topic stand on <topic>.<consumer>.dlq.
        if topic is None or not f"{seen.topic}.".startswith(f"{topic.name}."):
            yield f"does not belong on {seen.topic}"
        elif seen.source != f"{self._source_prefix}/{topic.owner}":
            yield "does not come from the topic's owner"
        if (record.key or b"") != (seen.partner or "").encode():
            yield "the record key is not the subject"
        if topic is not None and data.get(topic.key) != seen.partner:
            yield f"{topic.key} in the data is not the subject"
        if seen.sequence is None:
            yield "no usable ce_sequence"

    def _misfits(self, contract: Event, data: Mapping[str, Any]) -> Iterator[str]:
        for error in self._validators[contract.key].iter_errors(dict(data)):
            # Other messages quote the value, which may be personal.
            tells_no_value = self._include_personal or error.validator in _NAMES_ONLY
            what = error.message if tells_no_value else f"breaks {error.validator!r}"
            yield f"{error.json_path}: {what}"


def as_json(seen: SeenEvent) -> str:
    """One line for programs."""
    place = {"topic": seen.topic, "partition": seen.partition, "offset": seen.offset}
    attributes = {
        "source": seen.source,
        "type": seen.type,
        "partner": seen.partner,
        "sequence": seen.sequence,
        "id": seen.id,
    }
    rest = {"data": _with_an_end(seen.data), "problems": list(seen.problems)}
    return in_json({"time": seen.time.isoformat(), **place, **attributes, **rest})


def as_text(seen: SeenEvent) -> str:
    """Two lines and one more per problem, for people."""
    time = seen.time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] + "Z"
    number = "#?" if seen.sequence is None else f"#{seen.sequence}"
    what = seen.event_key or seen.type or "(no CloudEvent)"
    place = f"{seen.topic}[{seen.partition}]@{seen.offset}"
    lines = [
        f"{time}  {what}  partner {seen.partner or '?'}  {number}  id {seen.id or '?'}"
        f"  from {seen.source or '?'}  {place}",
        "    " + json.dumps(seen.data, ensure_ascii=False),
        *(f"    ! {problem}" for problem in seen.problems),
    ]
    return "\n".join(one_line(line, LONGEST_LINE) for line in lines)


def _with_an_end(data: Any) -> Any:
    size = len(json.dumps(data))
    return data if size <= LONGEST_DATA else f"[{size} characters of data, too many to be shown]"


def _known(seen: SeenEvent, envelope: Envelope | None) -> SeenEvent:
    """With what could be read of the envelope."""
    if envelope is None:
        return seen
    return replace(
        seen,
        source=envelope.source,
        type=envelope.type or None,
        partner=envelope.subject,
        sequence=envelope.sequence,
        id=envelope.id or None,
    )
