"""What the example hears: one effect, one answer and one job per event."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from chassis.database.deferred_jobs import Job
from chassis.database.unit_of_work import UnitOfWork
from chassis.events import Event, ReceivedEvent
from chassis.failures import NeverPossible, NotNow
from chassis.messaging.subscriptions import EventHandler, OpenSchema, Subscriptions, TopicOwner
from tallies.bootstrap import TallyService


class SaidSchema(OpenSchema):
    number = fields.Integer(required=True, strict=True)
    needs = fields.String()
    never = fields.Boolean()
    crash = fields.Boolean()
    text = fields.String()


class ThingHeard(Event, name="thing.heard", subject_field="thing"):
    thing: str
    number: int


def create_subscriptions(service: TallyService) -> Subscriptions[UnitOfWork]:
    """The whole table: `thing.said.v1` on the topic that is heard."""

    class Heard(ThingHeard, topic=service.answer_topic):
        pass

    def when_said(work: UnitOfWork, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
        row = (event.subject, data["number"], event.id, data.get("text"))
        work.connection.exec_driver_sql(
            "INSERT INTO tally (subject, number, event_id, remark) VALUES (%s, %s, %s, %s)", row
        )
        _refuse_where_asked(work, data)
        work.emit(Heard(thing=event.subject, number=data["number"]))
        work.defer(Job(task="note", arguments={"event_id": event.id}))

    handlers = {"thing.said.v1": EventHandler(SaidSchema(), when_said)}
    return Subscriptions(
        group=service.group,
        topics={service.heard_topic: handlers},
        owners={service.heard_topic: TopicOwner(sources=service.settings.sources_of("tallies"))},
    )


def _refuse_where_asked(work: UnitOfWork, data: Mapping[str, Any]) -> None:
    if needed := data.get("needs"):
        found = work.connection.exec_driver_sql("SELECT 1 FROM facts WHERE name = %s", (needed,)).first()
        if found is None:
            raise NotNow("fact_missing", f"{needed} is not known yet")
    if data.get("never"):
        raise NeverPossible("never", "It was said so.")
    if data.get("crash"):
        raise ZeroDivisionError("a fault of ours")
