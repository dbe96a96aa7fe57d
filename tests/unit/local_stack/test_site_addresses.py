"""Where the stack's services are told that they live, with and without the one address."""

from pathlib import Path

import pytest

from local_stack.kafka_cluster.cluster import KafkaAddress
from local_stack.keys import keep_keys
from local_stack.port_plan import EVERY_SERVICE, SITE_PATHS, PortPlan
from local_stack.processes.environments import Environments
from local_stack.processes.service_plan import ServicePlan
from local_stack.settings import StackSettings, read_stack_settings

PORTS = PortPlan(20_000)
KAFKA = KafkaAddress("embedded", "127.0.0.1:9", None)


def settings_of(folder: Path, **more: str) -> StackSettings:
    return read_stack_settings({"GANGWAY_HOME": str(folder), "PORT_BASE": str(PORTS.base), **more})


def environments_of(settings: StackSettings) -> Environments:
    return Environments(settings, keep_keys(settings.home), lambda: KAFKA)


@pytest.mark.parametrize("with_site", ["yes", "no"])
def test_addresses_for_people_are_those_that_services_are_told(tmp_path: Path, with_site: str) -> None:
    environments = environments_of(settings_of(tmp_path, GANGWAY_SITE=with_site))
    found, console = environments.addresses(), environments.of_console()
    site = PORTS.url("site")
    expected = {
        name: site + path if with_site == "yes" else PORTS.url(name) for name, path in SITE_PATHS.items()
    }
    assert {name: found[name] for name in SITE_PATHS} == expected
    assert found.get("site") == (site if with_site == "yes" else None)
    told = {name: environments.of(name, "web")["PUBLIC_URL"] for name in EVERY_SERVICE}
    assert {**told, "console": console["PUBLIC_URL"]} == expected
    # The console asks the services themselves, wherever people find them.
    asked = {name: console[f"{name.upper()}_URL"] for name in EVERY_SERVICE}
    assert asked == {name: PORTS.url(name) for name in EVERY_SERVICE}


def test_the_foot_of_pages_leads_to_the_portal_only_where_there_is_one(tmp_path: Path) -> None:
    without = {"GANGWAY_SITE": "no"}, {"GANGWAY_INTEGRATIONS": "no"}
    assert "SITE_LINKS_FILE" in environments_of(settings_of(tmp_path)).inherited()
    for settings in without:
        assert "SITE_LINKS_FILE" not in environments_of(settings_of(tmp_path, **settings)).inherited()


def test_the_address_leads_to_what_the_stack_runs_and_stops_before_it(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, GANGWAY_INTEGRATIONS="no")
    spec = ServicePlan(settings, environments_of(settings), lambda: None).site(settings.fronts)
    command = list(spec.command())
    led = {command[at + 1]: command[at + 2] for at, word in enumerate(command) if word == "--lead"}
    assert led == {SITE_PATHS[name]: PORTS.url(name) for name in settings.fronts}
    assert set(spec.stops_before) == {f"{name}-web" for name in settings.fronts}
    assert "/integrations" not in led
