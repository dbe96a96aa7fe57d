"""What others change outside is noticed, told, and put right unless it is somebody's decision."""

import pytest
from tests.unit.provisioning.conftest import ProvisioningInMemory
from tests.unit.provisioning.fake_outside import BRAKES, OWN_STEPS

from provisioning.domain.grant_states import State
from provisioning.domain.grants import Grant
from provisioning.handlers.commands import RepairGrant, RetryGrant
from provisioning.handlers.grants import repair_grant, retry_grant
from provisioning.handlers.make_rounds import make_rounds

EVERY_BRAKE = [(product, step) for product, steps in OWN_STEPS.items() for step in steps if step in BRAKES]
EVERY_STEP = [(product, step) for product, steps in OWN_STEPS.items() for step in steps]


def look(provisioning: ProvisioningInMemory) -> None:
    """A day and a half later the round comes by."""
    provisioning.later(36 * 3600)
    with provisioning.database.open() as work:
        make_rounds(work, 10)
    provisioning.run()


def drifts(provisioning: ProvisioningInMemory) -> list[tuple[str, str, str, bool]]:
    told = [event.data for event in provisioning.database.events if event.name == "access.drift_detected"]
    return [(data["step"], data["expected"], data["found"], data["is_left"]) for data in told]


def grant_of(provisioning: ProvisioningInMemory, product: str) -> Grant:
    [grant] = [g for g in provisioning.database.rows.grants.values() if g.product_name == product]
    return grant


def test_a_look_at_what_is_as_it_should_be_changes_and_tells_nothing(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id = provisioning.active(*OWN_STEPS)
    events, calls = len(provisioning.database.events), len(provisioning.outside.calls)
    look(provisioning)
    assert len(provisioning.outside.looks) >= len(EVERY_STEP)
    provisioning.hear("suspended", {"partner_id": partner_id})
    provisioning.run()
    events, calls = len(provisioning.database.events), len(provisioning.outside.calls)
    look(provisioning)
    assert (events, calls) == (len(provisioning.database.events), len(provisioning.outside.calls))


@pytest.mark.parametrize(("product", "step"), EVERY_STEP)
def test_what_vanished_is_made_again_with_all_that_hung_on_it(
    provisioning: ProvisioningInMemory, product: str, step: str
) -> None:
    provisioning.active(product)
    grant = grant_of(provisioning, product)
    del provisioning.outside.standing[grant.grant_id, step]
    before = len(provisioning.outside.calls)
    look(provisioning)
    assert drifts(provisioning) == [(step, "on", "absent", False)]
    assert grant_of(provisioning, product).state is State.GRANTED
    assert sorted(provisioning.standing()) == sorted(OWN_STEPS[product])
    made = [name for action, name in provisioning.outside.calls[before:] if action == "apply"]
    needing = [other.name for other in grant.product.plan if step in other.needs]
    assert set(made) == {step, *needing}


@pytest.mark.parametrize(("product", "step"), EVERY_BRAKE)
def test_what_somebody_switched_off_stays_off_until_an_operator_gives_it_back(
    provisioning: ProvisioningInMemory, product: str, step: str
) -> None:
    partner_id = provisioning.active(product)
    grant_id = grant_of(provisioning, product).grant_id
    provisioning.outside.standing[grant_id, step] = "off"
    look(provisioning)
    assert drifts(provisioning) == [(step, "on", "held", True)]
    assert grant_of(provisioning, product).state is State.FAILED, "not granted: nobody can use it"

    provisioning.hear("suspended", {"partner_id": partner_id})
    provisioning.run()
    assert grant_of(provisioning, product).state is State.FROZEN
    provisioning.hear("resumed", {"partner_id": partner_id})
    provisioning.run()
    assert provisioning.outside.standing[grant_id, step] == "off", "not given back by a resumption"
    stuck = grant_of(provisioning, product).stuck_step
    assert stuck
    assert stuck.name == step

    with provisioning.database.open() as work:
        retry_grant(work, RetryGrant(grant_id))
    provisioning.run()
    assert provisioning.switches() == {"on"}
    assert grant_of(provisioning, product).state is State.GRANTED


@pytest.mark.parametrize(("product", "step"), EVERY_BRAKE)
def test_what_somebody_switched_on_during_a_suspension_is_switched_off_again(
    provisioning: ProvisioningInMemory, product: str, step: str
) -> None:
    partner_id = provisioning.active(product)
    provisioning.hear("suspended", {"partner_id": partner_id})
    provisioning.run()
    provisioning.outside.standing[grant_of(provisioning, product).grant_id, step] = "on"
    look(provisioning)
    assert drifts(provisioning) == [(step, "off", "on", False)]
    assert provisioning.switches() == {"off"}


def test_repair_looks_now_and_gives_back(provisioning: ProvisioningInMemory) -> None:
    provisioning.active("iot")
    grant_id = grant_of(provisioning, "iot").grant_id
    del provisioning.outside.standing[grant_id, "iot_policy"]
    provisioning.outside.standing[grant_id, "iot_certificate"] = "off"
    for _ in range(2):
        with provisioning.database.open() as work:
            repair_grant(work, RepairGrant(grant_id))
        provisioning.run()
    assert sorted(provisioning.standing()) == sorted(OWN_STEPS["iot"])
    assert provisioning.switches() == {"on"}
    assert grant_of(provisioning, "iot").state is State.GRANTED
