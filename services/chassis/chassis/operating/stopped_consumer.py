"""What lets a stopped consumer go on: skip a record, clear the flood, accept that records were lost.

Each is one function behind both faces, HTTP and the process's own command line, and leaves one entry in the
operators' log.
"""

from uuid import UUID

from chassis.database.operators_log import BEGUN, conclude_action, note_action
from chassis.messaging.consumer.accepting_loss import Moved, accept_loss
from chassis.messaging.consumer.flood import clear_flood
from chassis.messaging.consumer.skips import Place, ask_to_skip
from chassis.operating.listening import subscriptions_of
from chassis.service import Service


class TopicNotRead(Exception):
    """The service does not subscribe to the topic."""


def skip_record(service: Service, place: Place, *, actor: str, reason: str) -> None:
    """Have the consumer make the record a dead letter.

    Raises NoSubscriptions, TopicNotRead and AlreadyAsked.
    """
    subscriptions = subscriptions_of(service)
    if place[0] not in subscriptions.topics:
        raise TopicNotRead(f"{service.name} does not read {place[0]}.")
    with service.database.begin() as work:
        ask_to_skip(work.connection, subscriptions.group, place, actor=actor, reason=reason)


def clear_flood_of(service: Service, *, actor: str, reason: str) -> int:
    """Forget the counts of dead letters; return how many partitions were stopped. Raises NoSubscriptions."""
    group = subscriptions_of(service).group
    with service.database.begin() as work:
        stopped = clear_flood(work.connection, group)
        note_action(work.connection, actor=actor, action="clear flood", target=group, reason=reason)
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
