"""Wiring of the example."""

from collections.abc import Mapping

from chassis.service import Service, database_of
from chassis.settings import common_settings, settings_from


def build_service(environ: Mapping[str, str]) -> Service:
    with settings_from(environ) as reader:
        settings = common_settings(reader, "greetings")
    return Service(name="greetings", settings=settings, database=database_of(settings))
