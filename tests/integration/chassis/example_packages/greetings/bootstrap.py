"""Wiring of the example."""

from collections.abc import Mapping

from chassis.database.pool import Database
from chassis.messaging.outbox import Outbox
from chassis.service import Service
from chassis.settings import read_common_settings


def build_service(environ: Mapping[str, str]) -> Service:
    settings = read_common_settings(environ, "greetings")
    events = Outbox(type_prefix=settings.event_type_prefix, source=settings.event_source)
    database = Database(settings.database_url, events=events, timeouts=settings.database_timeouts)
    return Service(name="greetings", settings=settings, database=database)
