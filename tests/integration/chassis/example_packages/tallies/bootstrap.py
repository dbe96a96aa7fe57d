"""Wiring of the example; topics and group come from the environment, so that each test has its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.database.pool import Database
from chassis.messaging.outbox import Outbox
from chassis.service import Service
from chassis.settings import read_common_settings


@dataclass(frozen=True, kw_only=True)
class TallyService(Service):
    """Hears on one topic, answers on another."""

    heard_topic: str
    answer_topic: str
    group: str


def build_service(environ: Mapping[str, str]) -> TallyService:
    settings = read_common_settings(environ, "tallies")
    events = Outbox(
        type_prefix=settings.event_type_prefix,
        source=settings.event_source,
        schemas_url=settings.schemas_url,
    )
    return TallyService(
        name="tallies",
        settings=settings,
        database=Database(settings.database_url, events=events, timeouts=settings.database_timeouts),
        heard_topic=environ["TALLY_HEARD_TOPIC"],
        answer_topic=environ["TALLY_ANSWER_TOPIC"],
        group=environ["TALLY_GROUP"],
    )
