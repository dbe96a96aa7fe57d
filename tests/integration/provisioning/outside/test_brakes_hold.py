"""A partner has left and one step is stuck for good: no key and no sign-in of it works any more."""

from dataclasses import replace
from typing import Any

import pytest
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.conftest import CATALOGUE, ProvisioningInMemory
from tests.unit.provisioning.fake_outside import OWN_STEPS
from tests.unit.provisioning.granting import PARAMETERS
from tests.unit.provisioning.products import PRODUCTS

from chassis.failures import NeverPossible
from provisioning.domain.grant_states import State
from provisioning.handlers.ports import Policies, Step

STUCK_STEPS = [(p, step) for p in ("cloud_sandbox", "iot") for step in OWN_STEPS[p]]


class Stuck:
    """A step whose undoing is refused for good; everything else reaches the outside."""

    def __init__(self, step: Step) -> None:
        self._step = step

    def __getattr__(self, name: str) -> Any:
        return getattr(self._step, name)

    def undo(self, *_: Any) -> None:
        raise NeverPossible("refused", "Refused.")


def worker_on(world: World, stuck: str) -> ProvisioningInMemory:
    """The worker with the real steps, on rows in memory."""
    provisioning = ProvisioningInMemory()
    entries = (replace(entry, parameters=PARAMETERS[entry.product_name]) for entry in CATALOGUE.entries)
    provisioning.database.policies = Policies(catalogue=replace(CATALOGUE, entries=tuple(entries)))
    steps = {**world.steps, stuck: Stuck(world.steps[stuck])}
    provisioning.advance = replace(provisioning.advance, steps=steps)
    return provisioning


@pytest.mark.parametrize(("product", "stuck"), STUCK_STEPS)
def test_nothing_works_any_more_whatever_is_stuck(world: World, product: str, stuck: str) -> None:
    provisioning = worker_on(world, stuck)
    partner_id = provisioning.active(product)
    assert provisioning.grant(partner_id, product).state is State.GRANTED
    provisioning.after("offboarding_started", partner_id)

    things = world.inventory.of(product)
    if product == "iot":
        active = [each for each in things["certificates"] if each[0] == "ACTIVE"]
        assert bool(active) == (stuck == "iot_certificate"), "only its own stuck brake stays on"
        return
    [(_, status, unit, *_)] = things["accounts"]
    assert status == "SUSPENDED" or unit == "Closed", "keys inside work no more"
    assert (status == "SUSPENDED") == (stuck != "sandbox_account"), "what is inside never keeps it open"
    assert bool(things["assignments"]) == (stuck == "sandbox_sign_in"), "nobody signs in"
    still = {step.name for step in provisioning.grant(partner_id, product).steps if step.may_stand_outside}
    inside = {step.name for step in PRODUCTS[product].plan if step.inside}
    assert still == {stuck} - inside, "what is inside went with the account"
