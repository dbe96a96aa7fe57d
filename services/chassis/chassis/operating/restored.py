"""What a service does before it goes on with a database that was restored from a backup."""

from chassis.database.operators_log import note_action
from chassis.messaging.given_numbers import Forgotten, go_on_behind, newest_numbers
from chassis.messaging.topic_contracts import topic_contracts
from chassis.service import Service


def restore_numbers(service: Service, *, actor: str, reason: str) -> list[Forgotten]:
    """Go on behind the numbers that the service's topics have; return where it had forgotten some.

    Raises KafkaError.
    """
    settings = service.settings
    contracts = topic_contracts(settings.contracts_folder / "topics")
    topics = [str(one["topic"]) for one in contracts if one["owner"] == service.name]
    newest = newest_numbers(settings.kafka, topics, settings.sources_of(service.name))
    with service.database.begin() as work:
        forgotten = list(go_on_behind(work.connection, newest))
        told = f"done: {sum(one.is_usable for one in forgotten)} of {len(newest)}"
        entry = {"actor": actor, "action": "restore numbers", "target": service.name, "reason": reason}
        note_action(work.connection, **entry, outcome=told)
    return forgotten
