"""Whatever is stuck: all brakes are on, and only what depends on the stuck step is left."""

from itertools import combinations

import pytest
from tests.unit.provisioning.conftest import ProvisioningInMemory
from tests.unit.provisioning.fake_outside import BRAKES, OWN_STEPS, Mishap
from tests.unit.provisioning.products import PRODUCTS

from chassis.failures import NeverPossible, NotNow
from provisioning.domain.grant_states import State
from provisioning.domain.refusals import Refused
from provisioning.handlers.commands import ForceGrant, SkipStep
from provisioning.handlers.grants import force_grant, skip_step

SUBSETS = [
    (product, stuck)
    for product, steps in OWN_STEPS.items()
    for size in range(1, len(steps) + 1)
    for stuck in combinations(steps, size)
]
PASSING, FINAL = NotNow("throttled", "Slow down."), NeverPossible("refused", "Refused.")


def left_by(product: str, stuck: tuple[str, ...]) -> set[str]:
    """What may stand in the end: the stuck and what they hold, without what went with its container."""
    held = {name for step in stuck for name in PRODUCTS[product].step(step).holds}
    left = set(stuck) | held
    return {step for step in left if PRODUCTS[product].step(step).inside in {None, *left}}


@pytest.mark.parametrize(
    ("product", "stuck", "failure"),
    [
        *((product, stuck, FINAL) for product, stuck in SUBSETS),
        # Patience ends for each step alone.
        *((product, stuck, PASSING) for product, stuck in SUBSETS if len(stuck) == 1),
    ],
)
def test_offboarding_takes_away_all_that_does_not_depend_on_what_is_stuck(
    provisioning: ProvisioningInMemory, product: str, stuck: tuple[str, ...], failure: Exception
) -> None:
    partner_id = provisioning.active(product)
    for step in stuck:
        provisioning.outside.will("undo", step, Mishap(failure, times=10_000))
    provisioning.after("offboarding_started", partner_id)

    grant = provisioning.grant(partner_id, product)
    left = {step.name for step in grant.steps if step.may_stand_outside}
    assert left == left_by(product, stuck)
    held = {name for step in stuck for name in PRODUCTS[product].step(step).holds}
    assert {step.name for step in grant.steps if step.is_stuck} == (left & set(stuck)) - held
    assert grant.state is (State.REVOKING if left else State.REVOKED)
    first_calls = [step for action, step in provisioning.outside.calls if action == "undo"]
    brakes = [step for step in OWN_STEPS[product] if step in BRAKES]
    assert set(first_calls[: len(brakes)]) == set(brakes), "every brake was tried before anything was tidied"
    assert ("access.cleared" in provisioning.database.names()) == (not left)

    with provisioning.database.open() as work:
        if left:
            force_grant(work, ForceGrant(grant.grant_id))
    provisioning.run()
    for step in left & set(stuck):
        provisioning.do(skip_step, SkipStep(grant_id=grant.grant_id, step=step, reason="Gone by hand."))
    provisioning.run()
    assert provisioning.database.names()[-1] == "access.cleared"


@pytest.mark.parametrize("is_forced", [False, True])
def test_what_is_skipped_or_forced_holds_nothing_up(
    provisioning: ProvisioningInMemory, *, is_forced: bool
) -> None:
    provisioning.outside.will("undo", "iot_certificate", Mishap(FINAL, times=10_000))
    partner_id = provisioning.active("iot")
    provisioning.after("offboarding_started", partner_id)
    assert {"iot_policy", "iot_gateway"} < set(provisioning.standing())
    grant_id = provisioning.grant(partner_id, "iot").grant_id
    if is_forced:
        provisioning.do(force_grant, ForceGrant(grant_id))
    else:
        command = SkipStep(grant_id=grant_id, step="iot_certificate", reason="Gone by hand.")
        provisioning.do(skip_step, command)
    provisioning.run()
    assert provisioning.standing() == ["iot_certificate"]
    assert provisioning.grant(partner_id, "iot").state is (State.REVOKING if is_forced else State.REVOKED)


def test_what_is_wanted_is_neither_skipped_nor_forced_away(provisioning: ProvisioningInMemory) -> None:
    grant_id = provisioning.grant(provisioning.active("crm"), "crm").grant_id
    with pytest.raises(Refused, match="step_is_wanted"):
        provisioning.do(skip_step, SkipStep(grant_id=grant_id, step="crm_users", reason="Seen there."))
    with pytest.raises(Refused, match="still_wanted"):
        provisioning.do(force_grant, ForceGrant(grant_id))


@pytest.mark.parametrize("product", PRODUCTS)
def test_suspension_puts_on_every_brake_that_is_not_stuck(
    provisioning: ProvisioningInMemory, product: str
) -> None:
    """It says frozen only when all are on, and says what is stuck."""
    partner_id = provisioning.active(product)
    brakes = [step for step in OWN_STEPS[product] if step in BRAKES]
    provisioning.outside.will("freeze", brakes[-1], Mishap(FINAL, times=10_000))
    provisioning.after("suspended", partner_id)
    grant = provisioning.grant(partner_id, product)
    off = {step for (_, step), switch in provisioning.outside.standing.items() if switch == "off"}
    assert off == set(brakes[:-1])
    assert grant.state is State.GRANTED
    [stuck] = provisioning.data_of("access.stuck")
    assert (stuck["wanted"], stuck["step"], stuck["code"]) == ("frozen", brakes[-1], "refused")
    provisioning.do(skip_step, SkipStep(grant_id=grant.grant_id, step=brakes[-1], reason="Off by hand."))
    assert provisioning.grant(partner_id, product).state is State.FROZEN


@pytest.mark.parametrize(("product", "step"), [(p, s) for p, steps in OWN_STEPS.items() for s in steps])
def test_making_goes_on_with_all_that_does_not_need_what_fails(
    provisioning: ProvisioningInMemory, product: str, step: str
) -> None:
    provisioning.outside.will("apply", step, Mishap(FINAL))
    provisioning.active(product)
    missing = {step}
    for other in PRODUCTS[product].plan:
        if missing & set(other.needs):
            missing.add(other.name)
    assert set(provisioning.standing()) == set(OWN_STEPS[product]) - missing


def test_what_does_not_show_outside_is_not_told(provisioning: ProvisioningInMemory) -> None:
    """The freeze is answered well and does nothing: it is waited for, then stuck."""
    partner_id = provisioning.active("crm")
    grant_id = provisioning.grant(partner_id, "crm").grant_id
    step = provisioning.advance.steps["crm_users"]
    step.freeze = lambda order, outputs: None  # type: ignore[method-assign]
    provisioning.after("suspended", partner_id)
    assert "access.frozen" not in provisioning.database.names()
    stuck = provisioning.grant(partner_id, "crm").stuck_step
    assert stuck
    assert stuck.cause
    assert stuck.cause.code == "not_seen_yet"
    assert provisioning.outside.standing[grant_id, "crm_users"] == "on"


def test_what_is_to_be_off_does_not_wait_for_all_that_is_being_made(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id = provisioning.active("crm")
    urgent = []
    for event in ("suspended", "resumed", "offboarding_started"):
        provisioning.hear(event, {"partner_id": partner_id})
        urgent.append([job.is_urgent for job in provisioning.database.jobs])
        provisioning.run()
    assert urgent == [[True], [False], [True]]
