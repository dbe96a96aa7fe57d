"""The consumer of the chassis, lanes and all, with a handler whose effect is one row.

``python -m tests.benchmarks.lane_consumer MODE DATABASE_URL SERVERS VERSION TOPIC GROUP`` runs until SIGTERM.
MODE `gathered`: the rows of a poll are written together, as onboarding writes its timelines;
`each`: the handler writes its row at once.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from marshmallow import fields
from tests.benchmarks.addresses import address_of
from tests.benchmarks.backlog import SOURCE
from tests.benchmarks.effects import INSERT

from chassis.database.pool import Database
from chassis.database.round_trips import write_later
from chassis.database.unit_of_work import UnitOfWork
from chassis.events import ReceivedEvent
from chassis.messaging.consumer.consumer import Consumer
from chassis.messaging.outbox import Outbox
from chassis.messaging.subscriptions import EventHandler, OpenSchema, Subscriptions, TopicOwner
from chassis.running.runner import stop_on_signals
from chassis.settings.kafka_address import KafkaAddress

_INSERT_ALL = """
INSERT INTO effects (subject, event_id, legal_name)
SELECT row ->> 0, row ->> 1, row ->> 2 FROM jsonb_array_elements(%s) AS row
"""


class AppliedSchema(OpenSchema):
    """What is read of `partner.applied`."""

    partner_id = fields.UUID(required=True)
    legal_name = fields.String(required=True)
    country = fields.String(required=True)


class EffectsWork(UnitOfWork):
    """A transaction that writes its effects together at the end."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.effects: list[tuple[str, str, str]] = []

    def flush(self) -> None:
        effects, self.effects = self.effects, []
        if effects:
            write_later(self.connection, _INSERT_ALL, (json.dumps(effects),))
        super().flush()


def gather(work: EffectsWork, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
    """One row, later."""
    work.effects.append((event.subject, event.id, data["legal_name"]))


def write_each(work: EffectsWork, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
    """One row, now."""
    work.connection.exec_driver_sql(INSERT, (event.subject, event.id, data["legal_name"]))


def main(mode: str, url: str, address: KafkaAddress, topic: str, group: str) -> None:
    """Consume until SIGTERM."""
    stop = stop_on_signals()
    handle = gather if mode == "gathered" else write_each
    handlers = {"partner.applied.v1": EventHandler(AppliedSchema(), handle)}
    owner = TopicOwner(sources=frozenset({SOURCE}), subject_field="partner_id")
    subscriptions = Subscriptions(group=group, topics={topic: handlers}, owners={topic: owner})
    database = Database(url, events=Outbox(type_prefix="gangway", source="/gangway/benchmark"))
    Consumer(database, subscriptions, EffectsWork, address).run(stop)


if __name__ == "__main__":
    mode_name, database_url, servers, version, *names = sys.argv[1:]
    main(mode_name, database_url, address_of(servers, version), *names)
