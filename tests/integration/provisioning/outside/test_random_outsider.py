"""Somebody changes the outside at random, calls go wrong, workers are killed: afterwards the outside is as it
is wanted, or an operator is told of what is not.

    OUTSIDER=30 SEED=any .venv/bin/pytest tests/integration/provisioning/outside/test_random_outsider.py -s
"""

import os

import pytest
from tests.integration.provisioning.outside.hostile_proxy import HostileProxy
from tests.integration.provisioning.outside.random_outsider import RandomRun
from tests.integration.provisioning.outside.world import World

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
