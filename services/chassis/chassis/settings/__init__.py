"""The environment, validated at the start: what every service reads, and how a service reads its own."""

from chassis.settings.common import CommonSettings, common_settings
from chassis.settings.kafka import kafka_version
from chassis.settings.reader import SettingsReader, SettingsRefused, settings_from
from chassis.settings.serving import ServingSettings, serving_settings

__all__ = [
    "CommonSettings",
    "ServingSettings",
    "SettingsReader",
    "SettingsRefused",
    "common_settings",
    "kafka_version",
    "serving_settings",
    "settings_from",
]
