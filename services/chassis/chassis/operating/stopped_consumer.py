"""Where a consumer stands, and what lets a stopped one go on: skip, clear the flood, accept a loss.

Each act is one function behind both faces, HTTP and the process's own command line, and leaves one entry in
the operators' log.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis.database.operators_log import BEGUN, conclude_action, note_action
from chassis.messaging.consumer.accepting_loss import Moved, accept_loss
from chassis.messaging.consumer.flood import clear_flood, flooded_partitions
from chassis.messaging.consumer.from_outside import partitions_behind, unread_stretches
from chassis.messaging.consumer.skips import Place, ask_to_skip
from chassis.operating.listening import subscriptions_of
from chassis.service import Service

# The console waits 3 s for the whole answer.
_ANSWER_MS = 2_000
MOST_LET_THROUGH = 1_000_000


class TopicNotRead(Exception):
    """The service does not subscribe to the topic."""


class NoSuchPartition(Exception):
    """The topic has no partition of this number."""


class NotYetWritten(Exception):
    """Nothing stands at this place so far: what comes there may be a good event."""


class ReadAlready(Exception):
    """The consumer is past the record, so it does not stop there."""


def positions_of(service: Service) -> list[Mapping[str, Any]]:
    """Where its consumer has not read everything, or stopped. Raises NoSubscriptions and KafkaError."""
    subscriptions = subscriptions_of(service)
    group = subscriptions.group
    with service.database.begin() as work:
        stopped = flooded_partitions(work.connection, group)
    behind = {
        (one.topic, one.partition): one
        for one in partitions_behind(service.settings.kafka, group, sorted(subscriptions.topics), _ANSWER_MS)
    }
    return [
        {
            "topic": topic,
            "partition": partition,
            "next_offset": one.next_offset if (one := behind.get((topic, partition))) else None,
            "unread": one.unread if one else 0,
            "stopped_because": stopped.get((topic, partition)),
        }
        for topic, partition in sorted({*behind, *stopped})
    ]


def skip_record(service: Service, place: Place, *, actor: str, reason: str) -> None:
    """Have the consumer make the record a dead letter: one that is there, and that it has not read.

    Where a poll is killed by one of its records, the group has committed the place before the first of them,
    so each record that is unread may be the one.

    Raises NoSubscriptions, TopicNotRead, NoSuchPartition, NotYetWritten, ReadAlready, AlreadyAsked
    and KafkaError.
    """
    subscriptions = subscriptions_of(service)
    if place[0] not in subscriptions.topics:
        raise TopicNotRead(f"{service.name} does not read {place[0]}.")
    _expect_unread(service, subscriptions.group, place)
    with service.database.begin() as work:
        ask_to_skip(work.connection, subscriptions.group, place, actor=actor, reason=reason)


def _expect_unread(service: Service, group: str, place: Place) -> None:
    topic, partition, offset = place
    found = unread_stretches(service.settings.kafka, group, [topic], _ANSWER_MS)
    if (topic, partition) not in found:
        raise NoSuchPartition(f"{topic} has no partition {partition}.")
    unread = found[topic, partition]
    if offset >= unread.end:
        raise NotYetWritten(f"{topic}/{partition} ends before {unread.end}: there is no record {offset} yet.")
    if offset < unread.next_offset:
        raise ReadAlready(f"{topic}/{partition}@{offset} was read: {unread.next_offset} comes next.")


def clear_flood_of(service: Service, *, actor: str, reason: str, let_through: int = 0) -> int:
    """Forget the counts of dead letters; return how many partitions were stopped. Raises NoSubscriptions."""
    group = subscriptions_of(service).group
    told = {"actor": actor, "action": "clear flood", "target": group, "reason": reason}
    outcome = f"done; {let_through} more let through" if let_through else "done"
    with service.database.begin() as work:
        stopped = clear_flood(work.connection, group, let_through)
        note_action(work.connection, **told, outcome=outcome)
    return stopped


def accept_loss_of(service: Service, *, actor: str, reason: str) -> list[Moved]:
    """Go on at the log's start where records were dropped before they were read; return what moved.

    Blocks on Kafka, outside of any transaction. Raises NoSubscriptions, ConsumerRuns and KafkaError.
    """
    subscriptions = subscriptions_of(service)
    group = subscriptions.group
    told = {"actor": actor, "action": "accept loss", "target": group, "reason": reason}
    with service.database.begin() as work:
        entry_id = note_action(work.connection, **told, outcome=BEGUN)
    try:
        moved = accept_loss(service.settings.kafka, group, sorted(subscriptions.topics))
    except Exception as error:
        _conclude(service, entry_id, f"failed: {type(error).__name__}")
        raise
    _conclude(service, entry_id, "; ".join(["done", *map(str, moved)]))
    return moved


def _conclude(service: Service, entry_id: UUID, outcome: str) -> None:
    with service.database.begin() as work:
        conclude_action(work.connection, entry_id, outcome)
