"""Wiring of the example; topics and group come from the environment, so that each test has its own."""

from collections.abc import Mapping

from chassis.service import Service, database_of
from chassis.settings import common_settings, settings_from


class TallyService(Service):
    """Hears on one topic, answers on another."""

    heard_topic: str
    answer_topic: str
    group: str


def build_service(environ: Mapping[str, str]) -> TallyService:
    with settings_from(environ) as reader:
        settings = common_settings(reader, "tallies")
    return TallyService(
        name="tallies",
        settings=settings,
        database=database_of(settings),
        heard_topic=environ["TALLY_HEARD_TOPIC"],
        answer_topic=environ["TALLY_ANSWER_TOPIC"],
        group=environ["TALLY_GROUP"],
    )
