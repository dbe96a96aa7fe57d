"""docs/upgrading.md names every setting that a service does not start without."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import console.settings
import integrations.settings
import notifications.settings
import onboarding.settings
import provisioning.settings
from chassis.settings import SettingsRefused

PAGE = (Path(__file__).parents[2] / "docs" / "upgrading.md").read_text(encoding="utf-8")
READERS: dict[str, Callable[[Mapping[str, str]], object]] = {
    "onboarding": onboarding.settings.read_settings,
    "provisioning": provisioning.settings.read_settings,
    "notifications": notifications.settings.read_settings,
    "integrations": integrations.settings.read_settings,
    "console": console.settings.read_settings,
}


@pytest.mark.parametrize("service", READERS)
def test_settings_without_a_default_stand_there(service: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        READERS[service]({})

    named = ", ".join(f"`{name}`" for name in sorted(refused.value.problems))
    assert f"| {service} | {named} |" in PAGE
