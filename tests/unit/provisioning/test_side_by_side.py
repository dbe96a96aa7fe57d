"""Steps of which none needs another are made at a time, each noted by what became of it."""

from contextvars import ContextVar
from dataclasses import replace
from threading import Barrier
from typing import Any

from tests.unit.provisioning.conftest import ProvisioningInMemory, steps_of
from tests.unit.provisioning.fake_outside import Mishap

from chassis.failures import NotNow
from provisioning.domain.grant_states import Intent, State
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import Standing
from provisioning.handlers.commands import FreezeGrant
from provisioning.handlers.leases import freeze_grant
from provisioning.handlers.ports import Outputs, Step

INSIDE = ["sandbox_unit", "sandbox_guard_rail", "sandbox_role", "sandbox_budget"]

MADE_FOR: ContextVar[str] = ContextVar("what the job binds, its trace for one")


class WaitsForOthers:
    """A step that ends only when as many are under way at a time; keeps what it is made for, as logs tell."""

    def __init__(self, step: Step, together: Barrier) -> None:
        self.name, self._step, self._together = step.name, step, together
        self.made_for: str | None = None
        self.observe, self.undo, self.freeze, self.unfreeze = (
            step.observe,
            step.undo,
            step.freeze,
            step.unfreeze,
        )

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        self._together.wait(10)
        self.made_for = MADE_FOR.get(None)
        return self._step.apply(order, outputs)


def test_what_only_needs_the_account_is_made_at_a_time(provisioning: ProvisioningInMemory) -> None:
    together = Barrier(len(INSIDE))
    steps = dict(provisioning.advance.steps)
    waiting = {name: WaitsForOthers(steps[name], together) for name in INSIDE}
    provisioning.advance = replace(provisioning.advance, steps=steps | waiting)
    token = MADE_FOR.set("this job")
    partner_id = provisioning.active("cloud_sandbox")
    MADE_FOR.reset(token)
    assert provisioning.grant(partner_id, "cloud_sandbox").state is State.GRANTED
    assert {step.made_for for step in waiting.values()} == {"this job"}


def test_one_that_fails_keeps_what_is_made_beside_it(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.plan("cloud_sandbox")
    grant_id = provisioning.grant(partner_id, "cloud_sandbox").grant_id
    begun = provisioning.begin_at(grant_id, "sandbox_role")
    assert steps_of(begun) == INSIDE
    provisioning.outside.will("apply", "sandbox_role", Mishap(NotNow("throttled", "Slow down.")))
    provisioning.note(begun, provisioning.call(begun))
    grant = provisioning.grant(partner_id, "cloud_sandbox")
    assert {name: grant.step(name).standing for name in INSIDE} == {
        name: Standing.UNKNOWN if name == "sandbox_role" else Standing.ON for name in INSIDE
    }
    assert [step.name for step in grant.steps if step.cause] == ["sandbox_role"]
    provisioning.run()
    assert provisioning.grant(partner_id, "cloud_sandbox").state is State.GRANTED


def test_brakes_are_put_on_one_after_the_other(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.active("cloud_sandbox")
    grant_id = provisioning.grant(partner_id, "cloud_sandbox").grant_id
    provisioning.do(freeze_grant, FreezeGrant(grant_id))
    for step in ("sandbox_sign_in", "sandbox_unit"):
        begun = provisioning.begin(grant_id)
        assert [(call.attempt.step_name, call.attempt.target) for call in begun] == [(step, Intent.FROZEN)]
        provisioning.note(begun, provisioning.call(begun))
