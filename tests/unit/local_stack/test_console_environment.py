"""The stack's console is told of the services that the stack runs, and of no others."""

from pathlib import Path

import pytest

from console.settings import read_settings
from local_stack.kafka_cluster.cluster import KafkaAddress
from local_stack.keys import keep_keys
from local_stack.port_plan import EVERY_SERVICE, SERVICES
from local_stack.processes.environments import Environments
from local_stack.settings import read_stack_settings


def no_kafka() -> KafkaAddress:
    raise AssertionError("the console has no Kafka")


@pytest.mark.parametrize(("with_integrations", "expected"), [("yes", EVERY_SERVICE), ("no", SERVICES)])
def test_the_console_asks_what_runs(
    with_integrations: str, expected: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OIDC_ISSUER", "INTEGRATIONS_URL"):
        monkeypatch.delenv(name, raising=False)
    given = {"GANGWAY_HOME": str(tmp_path), "GANGWAY_INTEGRATIONS": with_integrations}
    environments = Environments(read_stack_settings(given), keep_keys(tmp_path), no_kafka)
    assert read_settings(environments.of_console()).services == expected
