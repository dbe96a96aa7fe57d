"""The settings of a service that has none of its own."""

from collections.abc import Mapping

from chassis.settings import CommonSettings, common_settings, settings_from


def read_common_settings(environ: Mapping[str, str], service_name: str) -> CommonSettings:
    """Raises `SettingsRefused`."""
    with settings_from(environ) as reader:
        return common_settings(reader, service_name)
