"""Wiring of the example."""

from collections.abc import Mapping

from chassis.service import Service, database_of
from chassis.settings import read_common_settings


def build_service(environ: Mapping[str, str]) -> Service:
    settings = read_common_settings(environ, "greetings")
    return Service(name="greetings", settings=settings, database=database_of(settings))
