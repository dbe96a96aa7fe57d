"""Somebody changes the outside at random, calls go wrong, workers are killed: afterwards the outside is as it
is wanted, or an operator is told of what is not.

    OUTSIDER=30 SEED=any .venv/bin/pytest tests/integration/provisioning/outside/test_random_outsider.py -s

The second test kills workers as processes, over PostgreSQL. Without OUTSIDER each runs once, and short.
"""

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.integration.provisioning.conftest import provisioning_on, public_pem
from tests.integration.provisioning.outside.hostile_proxy import HostileProxy
from tests.integration.provisioning.outside.killed_workers import KilledWorkersRun, MortalWorker
from tests.integration.provisioning.outside.random_outsider import RandomRun
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.fake_outside import FakeOutside

from provisioning.settings import CONFIG

RUNS = int(os.environ.get("OUTSIDER", "1"))
PARTNERS, TURNS = (2, 4) if RUNS > 1 else (1, 2)
SEED = os.environ.get("SEED", "outsider")


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("number", range(RUNS))
def test_the_outside_is_as_wanted_or_somebody_is_told(
    world: World, hostile: HostileProxy, number: int
) -> None:
    result = RandomRun(world, hostile, f"{SEED}-{number}").go(PARTNERS, TURNS)
    print(result.figure)  # noqa: T201
    assert result.wrong == [], result
    assert result.acts or result.mishaps


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("number", range(RUNS))
def test_a_worker_that_is_killed_as_a_process_is_made_up_for(
    world: World, hostile: HostileProxy, database_url: str, tmp_path: Path, number: int
) -> None:
    environ = _environ(world, hostile, database_url, tmp_path)
    seed = f"{SEED}-{number}"
    with provisioning_on(database_url, None, FakeOutside(), environ) as provisioning:
        worker = MortalWorker(environ, tmp_path)
        try:
            result = KilledWorkersRun(world, hostile, seed, provisioning, worker).go(PARTNERS, TURNS)
        finally:
            worker.stop()
    print(result.figure)  # noqa: T201
    assert result.wrong == [], result
    assert result.kills


def _environ(world: World, hostile: HostileProxy, database_url: str, folder: Path) -> dict[str, str]:
    """Patience as in the other run, but in real time."""
    catalogue = folder / "catalogue.yaml"
    devices = "gateway_count: 1\n      device_quota: 4"
    catalogue.write_text((CONFIG / "catalogue.yaml").read_text().replace("gateway_count: 1", devices))
    kinds = ("unavailable", "throttled", "denied", "eventual_consistency", "conflict", "quota")
    pem = public_pem(Ed25519PrivateKey.generate())
    return {
        "DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "SESSION_PUBLIC_KEY": pem,
        "LINK_PUBLIC_KEY": pem,
        "OPS_TOKEN_PUBLIC_KEY": pem,
        "CATALOGUE_FILE": str(catalogue),
        "AWS_ENDPOINT_URL": hostile.url,
        "AWS_DEFAULT_REGION": world.settings.aws_region,
        "SCIM_URL": world.settings.scim_url,
        "SCIM_TOKEN": world.settings.scim_token,
        "BUDGET_ALERT_EMAIL": world.settings.budget_alert_email,
        "CRM_SIGN_IN_URL": world.settings.crm_sign_in_url,
        "SANDBOX_EMAIL_PATTERN": world.settings.account_email_pattern,
        "STEP_RETRY_FIRST_SECONDS": "0.2",
        "STEP_RETRY_MOST_SECONDS": "2",
        "STEP_PATIENCE_SECONDS": "40",
        "STEP_PATIENCE_BY_KIND": ", ".join(f"{kind}=40" for kind in kinds),
        "SWEEP_EVERY_HOURS": "0",
    }
