"""What a service listens to: a table of handlers that reads like a table of contents."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from marshmallow import EXCLUDE, Schema

from chassis.database.unit_of_work import UnitOfWork
from chassis.events import ReceivedEvent
from chassis.frozen import Frozen
from chassis.messaging.topic_contracts import topic_contract
from chassis.settings import CommonSettings

Work = TypeVar("Work", bound=UnitOfWork)
Handle = Callable[[Work, ReceivedEvent, Mapping[str, Any]], None]


class OpenSchema(Schema):
    """Of another service's data: declares only what is read here, and ignores the rest."""

    class Meta:
        unknown = EXCLUDE


@dataclass(frozen=True)
class EventHandler(Generic[Work]):
    """How one event is read and handled.

    ``schema`` declares only the fields that are read (`OpenSchema`); data it refuses is a dead letter.
    ``handle(work, event, data)`` gets what the schema loaded; it may raise `NotNow` (its lane is parked)
    or `NeverPossible` (dead letter); anything else stops the consumer. It runs inside the transaction of
    the whole poll: no outside call, no commit, harmless when repeated. What is not ``is_urgent`` may have
    its effect half a second later, together with others. ``is_last_word``: the event says that its subject
    is no more, so it is handled before what is parked in its lane, also where the subject was erased already;
    ``handle`` calls `erase_subject`, and no later event has an effect.
    """

    schema: Schema
    handle: Handle[Work]
    is_urgent: bool = True
    is_last_word: bool = False


# Gets the subject that is no more: forget it. The same rules hold as for an event's ``handle``.
Forget = Callable[[Work, str], None]


class TopicOwner(Frozen):
    """The one service whose events count on a topic.

    ``sources`` are its ``ce_source`` and those it had before; records of all others are dead letters.
    ``subject_field`` is the field of each event's data that says the subject once more, if there is one.
    """

    sources: frozenset[str]
    subject_field: str | None = None


@dataclass(frozen=True)
class Subscriptions(Generic[Work]):
    """All that one consumer group reads: by topic, then by ``name.vN`` (``partner.approved.v1``).

    A type that is not in the table is counted and skipped. ``owners`` says of each topic whose records
    count. ``compacted`` names those topics of which
    Kafka keeps only the newest record of a subject, each with what to do about a tombstone (None: it is
    counted). A jump in their numbers is no hole, since what was jumped over need not be there any more.
    """

    group: str
    topics: Mapping[str, Mapping[str, EventHandler[Work]]]
    owners: Mapping[str, TopicOwner]
    compacted: Mapping[str, Forget[Work] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.owners.keys() != self.topics.keys():
            different = sorted(self.owners.keys() ^ self.topics.keys())
            raise ValueError(f"Each topic that is read has an owner, and no other: {', '.join(different)}")


def subscribe(
    settings: CommonSettings,
    topics: Mapping[str, Mapping[str, Handle[Work]]],
    *,
    schemas: Mapping[str, Schema],
    not_urgent: Collection[Handle[Work]] = (),
    last_words: Collection[Handle[Work]] = (),
    compacted: Mapping[str, Forget[Work] | None] | None = None,
) -> Subscriptions[Work]:
    """The subscriptions of a service, its consumer group named after it, to topics that other services own.

    ``schemas`` reads the data of each event, ``compacted`` says what a tombstone does on each topic that is.
    Owner and key stand in the topic's contract. Raises OSError for a topic without one.
    """

    def handler(name: str, handle: Handle[Work]) -> EventHandler[Work]:
        is_urgent, is_last_word = handle not in not_urgent, handle in last_words
        return EventHandler(schemas[name], handle, is_urgent=is_urgent, is_last_word=is_last_word)

    def owner(topic: str) -> TopicOwner:
        contract = topic_contract(settings.contracts_folder / "topics" / f"{topic}.yaml")
        return TopicOwner(sources=settings.sources_of(contract["owner"]), subject_field=contract["key"])

    return Subscriptions(
        group=settings.service_name,
        topics={
            topic: {name: handler(name, handle) for name, handle in handlers.items()}
            for topic, handlers in topics.items()
        },
        owners={topic: owner(topic) for topic in topics},
        compacted=compacted or {},
    )
