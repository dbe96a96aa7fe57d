"""The fake steps promise what the real ones do, so that tests with them mean something."""

import pytest
from tests.unit.provisioning.fake_outside import OWN_STEPS, FakeOutside, FakeStep, fake_steps
from tests.unit.provisioning.step_contract import StepContract, Things


class FakeWorld:
    """The fake steps, and what stands in memory."""

    def __init__(self) -> None:
        self._outside = FakeOutside()
        self.steps: dict[str, FakeStep] = fake_steps(self._outside)
        self.inventory = self

    def of(self, product: str) -> Things:
        return {
            step: [(str(grant_id), state) for (grant_id, name), state in self._standing() if name == step]
            for step in OWN_STEPS[product]
        }

    def _standing(self) -> list[tuple[tuple[object, str], str]]:
        return sorted(self._outside.standing.items(), key=repr)


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


class TestFakeSteps(StepContract):
    """The fakes, against the same suite."""
