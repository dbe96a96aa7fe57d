"""What others change outside is noticed, told, and put right unless it is somebody's decision."""

from datetime import timedelta
from typing import Any

import pytest
from tests.unit.provisioning.conftest import ProvisioningInMemory
from tests.unit.provisioning.fake_outside import BRAKES, OWN_STEPS, Mishap
from tests.unit.provisioning.products import PRODUCTS

from chassis.failures import Kind, NeverPossible, NotNow
from provisioning.domain.grant_states import State
from provisioning.domain.grants import Grant
from provisioning.domain.standings import ABSENT, Standing
from provisioning.handlers.commands import RepairGrant, RetryGrant
from provisioning.handlers.grants import repair_grant, retry_grant
from provisioning.handlers.jobs import advance_grant
from provisioning.handlers.make_rounds import make_rounds

EVERY_BRAKE = [(product, step) for product, steps in OWN_STEPS.items() for step in steps if step in BRAKES]
EVERY_STEP = [(product, step) for product, steps in OWN_STEPS.items() for step in steps]


def look(provisioning: ProvisioningInMemory) -> None:
    """A day and a half later the round comes by."""
    provisioning.later(36 * 3600)
    provisioning.do(make_rounds)
    provisioning.run()


def drifts(provisioning: ProvisioningInMemory) -> list[tuple[str, str, str, bool]]:
    told = provisioning.data_of("access.drift_detected")
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
    provisioning.after("suspended", partner_id)
    events, calls = len(provisioning.database.events), len(provisioning.outside.calls)
    look(provisioning)
    assert (events, calls) == (len(provisioning.database.events), len(provisioning.outside.calls))


def test_no_look_at_people_with_whom_another_grant_is_at_work(provisioning: ProvisioningInMemory) -> None:
    """What it would see is half of what the other one does."""
    partner_id = provisioning.active("crm")
    [person] = provisioning.database.rows.partners[partner_id].members
    provisioning.locks.held_by_another.add(person.person_id)
    provisioning.later(36 * 3600)
    looks = len(provisioning.outside.looks)
    provisioning.advance(grant_of(provisioning, "crm").grant_id)
    assert len(provisioning.outside.looks) == looks
    provisioning.locks.held_by_another.clear()
    provisioning.advance(grant_of(provisioning, "crm").grant_id)
    assert len(provisioning.outside.looks) > looks


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
    [told] = provisioning.data_of("access.stuck")
    assert (told["wanted"], told["step"]) == ("on", step)

    provisioning.after("suspended", partner_id)
    assert grant_of(provisioning, product).state is State.FROZEN
    provisioning.after("resumed", partner_id)
    assert provisioning.outside.standing[grant_id, step] == "off", "not given back by a resumption"
    stuck = grant_of(provisioning, product).stuck_step
    assert stuck
    assert stuck.name == step

    provisioning.do(retry_grant, RetryGrant(grant_id))
    provisioning.run()
    assert provisioning.switches() == {"on"}
    assert grant_of(provisioning, product).state is State.GRANTED


@pytest.mark.parametrize(("product", "step"), EVERY_BRAKE)
def test_what_somebody_switched_on_during_a_suspension_is_switched_off_again(
    provisioning: ProvisioningInMemory, product: str, step: str
) -> None:
    partner_id = provisioning.active(product)
    provisioning.after("suspended", partner_id)
    provisioning.outside.standing[grant_of(provisioning, product).grant_id, step] = "on"
    look(provisioning)
    assert drifts(provisioning) == [(step, "off", "on", False)]
    assert provisioning.switches() == {"off"}


def test_repair_looks_now_and_gives_back(provisioning: ProvisioningInMemory) -> None:
    provisioning.active("iot")
    grant_id = grant_of(provisioning, "iot").grant_id
    del provisioning.outside.standing[grant_id, "iot_policy"]
    provisioning.outside.standing[grant_id, "iot_certificate"] = "off"
    provisioning.do(repair_grant, RepairGrant(grant_id))
    provisioning.run()
    assert sorted(drifts(provisioning)) == [
        ("iot_certificate", "on", "held", False),
        ("iot_policy", "on", "absent", False),
    ]
    assert sorted(provisioning.standing()) == sorted(OWN_STEPS["iot"])
    assert provisioning.switches() == {"on"}
    assert grant_of(provisioning, "iot").state is State.GRANTED


@pytest.mark.parametrize(("product", "step"), EVERY_BRAKE)
def test_what_was_off_before_a_freeze_is_not_given_back_after_it(
    provisioning: ProvisioningInMemory, product: str, step: str
) -> None:
    """A freeze notes what it switched off itself; the look of a day may come too late for that."""
    partner_id = provisioning.active(product)
    grant_id = grant_of(provisioning, product).grant_id
    provisioning.outside.standing[grant_id, step] = "off"
    provisioning.after("suspended", partner_id)
    assert grant_of(provisioning, product).state is State.FROZEN
    assert provisioning.switches() == {"off"}
    assert drifts(provisioning) == [(step, "on", "held", True)]

    provisioning.after("resumed", partner_id)
    assert provisioning.outside.standing[grant_id, step] == "off"
    assert grant_of(provisioning, product).state is not State.GRANTED
    [told] = provisioning.data_of("access.stuck")
    assert (told["wanted"], told["step"], told["code"]) == ("on", step, "switched_off_outside")


@pytest.mark.parametrize(("product", "step"), EVERY_BRAKE)
def test_what_was_off_before_a_freeze_waits_for_an_operator_if_it_is_wanted_on_meanwhile(
    provisioning: ProvisioningInMemory, product: str, step: str
) -> None:
    """The partner is resumed while the freeze looks."""
    partner_id = provisioning.active(product)
    grant_id = grant_of(provisioning, product).grant_id
    provisioning.outside.standing[grant_id, step] = "off"
    provisioning.hear("suspended", {"partner_id": partner_id})
    begun = provisioning.begin_at(grant_id, step)
    outcomes = provisioning.call(begun)
    provisioning.hear("resumed", {"partner_id": partner_id})
    provisioning.note(begun, outcomes)
    provisioning.run()
    grant = grant_of(provisioning, product)
    assert grant.state is not State.GRANTED
    assert grant.stuck_step is grant.step(step)
    assert provisioning.database.names().count("access.stuck") == 1
    provisioning.do(retry_grant, RetryGrant(grant_id))
    provisioning.run()
    assert grant_of(provisioning, product).state is State.GRANTED
    assert provisioning.switches() == {"on"}


@pytest.mark.parametrize(("product", "step"), EVERY_BRAKE)
def test_what_cannot_be_seen_is_switched_off_all_the_same(
    provisioning: ProvisioningInMemory, product: str, step: str
) -> None:
    partner_id = provisioning.active(product)
    grant_id = grant_of(provisioning, product).grant_id
    provisioning.outside.will("observe", step, Mishap(NotNow("throttled", "Slow down.")))
    provisioning.after("suspended", partner_id)
    assert provisioning.outside.standing[grant_id, step] == "off"


def test_what_a_look_saw_gone_is_taken_away_once_when_the_partner_leaves(
    provisioning: ProvisioningInMemory,
) -> None:
    """A group that others deleted says nothing of the people that the step made for it."""
    partner_id = provisioning.active("cloud_sandbox")
    grant_id = grant_of(provisioning, "cloud_sandbox").grant_id
    provisioning.after("suspended", partner_id)
    del provisioning.outside.standing[grant_id, "sandbox_sign_in"]
    look(provisioning)
    assert not grant_of(provisioning, "cloud_sandbox").step("sandbox_sign_in").may_stand_outside
    provisioning.after("offboarding_started", partner_id)
    assert ("undo", "sandbox_sign_in") in provisioning.outside.calls
    assert provisioning.database.rows.seats == {}


def test_what_is_refused_and_seen_off_is_not_told_as_granted(provisioning: ProvisioningInMemory) -> None:
    """A person joins, and the refusal shows that everybody was switched off meanwhile."""
    partner_id = provisioning.active("crm")
    grant_id = grant_of(provisioning, "crm").grant_id
    provisioning.outside.standing[grant_id, "crm_users"] = "off"
    provisioning.outside.will("apply", "crm_users", Mishap(NeverPossible("crm_user_inactive", "Off.")))
    provisioning.join(partner_id)
    provisioning.run()
    grant = grant_of(provisioning, "crm")
    assert (grant.state, grant.step("crm_users").standing) == (State.FAILED, Standing.OFF)


def test_a_look_that_misses_something_comes_again_soon_and_then_less_often(
    provisioning: ProvisioningInMemory,
) -> None:
    provisioning.active("iot")
    provisioning.outside.will("observe", "iot_policy", Mishap(NotNow("throttled", "Slow down.")))
    waits = []
    for _ in range(10):
        look(provisioning)
        look_at = grant_of(provisioning, "iot").look_at
        assert look_at
        waits.append(round((look_at - provisioning.clock.at).total_seconds() / 60))
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440]
    provisioning.outside.mishaps.clear()
    look(provisioning)
    assert grant_of(provisioning, "iot").looks_missed == 0


@pytest.mark.parametrize("is_made_by_hand", [True, False])
def test_what_was_given_up_is_looked_at_once_more(
    provisioning: ProvisioningInMemory, *, is_made_by_hand: bool
) -> None:
    """Somebody did it by hand, or it came late: then it is as good as done, and told."""
    partner_id = provisioning.active("iot")
    grant_id = grant_of(provisioning, "iot").grant_id
    provisioning.outside.will("undo", "iot_thing_group", Mishap(NeverPossible("holds", "Others' groups.")))
    provisioning.after("offboarding_started", partner_id)
    stuck_at = provisioning.clock.at
    if is_made_by_hand:
        del provisioning.outside.standing[grant_id, "iot_thing_group"]
    provisioning.later(2 * provisioning.advance.patience.most_seconds)
    provisioning.do(make_rounds)
    provisioning.run()
    assert provisioning.clock.at < stuck_at + timedelta(minutes=30)
    grant = grant_of(provisioning, "iot")
    assert (grant.state is State.REVOKED, grant.stuck_step is None) == (is_made_by_hand, is_made_by_hand)


@pytest.mark.parametrize("is_final", [True, False])
@pytest.mark.parametrize(
    ("product", "gone", "failing"),
    [(p, n, s.name) for p in PRODUCTS for s in PRODUCTS[p].plan for n in s.needs if n in OWN_STEPS[p]],
)
def test_what_vanished_under_a_step_is_made_again_while_the_step_is_made(
    provisioning: ProvisioningInMemory, product: str, gone: str, failing: str, *, is_final: bool
) -> None:
    """The step fails as long as what it needs is not there."""
    partner_id = provisioning.active(product)
    grant_id = grant_of(provisioning, product).grant_id
    step = provisioning.advance.steps[failing]
    make, standing = step.apply, provisioning.outside.standing

    def make_on_what_is_there(order: Any, outputs: Any) -> dict[str, Any]:
        if (grant_id, gone) not in standing:
            message = "There is no such thing."
            raise (
                NeverPossible("gone", message)
                if is_final
                else NotNow("gone", message, kind=Kind.EVENTUAL_CONSISTENCY)
            )
        return make(order, outputs)

    step.apply = make_on_what_is_there  # type: ignore[method-assign]
    del standing[grant_id, gone], standing[grant_id, failing]
    with provisioning.database.open() as work:
        grant = work.grants.get(grant_id)
        assert grant
        grant.step(failing).see(ABSENT, None)
        work.grants.save(grant)
        work.defer(advance_grant(grant_id))
    provisioning.run()
    if is_final:
        provisioning.later(2 * provisioning.advance.patience.most_seconds)
        provisioning.do(make_rounds)
        provisioning.run()
    assert sorted(provisioning.standing()) == sorted(OWN_STEPS[product])
    assert provisioning.grant(partner_id, product).state is State.GRANTED
    assert (gone, "on", "absent", False) in drifts(provisioning)


def test_what_was_just_begun_and_does_not_show_is_not_taken_for_gone(
    provisioning: ProvisioningInMemory,
) -> None:
    """A look comes while it is made; when the partner leaves then, it is taken away."""
    partner_id = provisioning.plan("iot")
    lost = NotNow("lost", "No answer.", retry_after=timedelta(hours=1), kind=Kind.UNDER_WAY)
    provisioning.outside.will("apply", "iot_policy", Mishap(lost, after_the_work=True))
    [job] = provisioning.database.jobs
    grant_id = grant_of(provisioning, "iot").grant_id
    provisioning.advance(grant_id)
    provisioning.database.jobs.remove(job)
    hidden = provisioning.outside.standing.pop((grant_id, "iot_policy"))
    with provisioning.database.open() as work:
        grant = work.grants.get(grant_id)
        assert grant
        grant.look_by(provisioning.clock.at)
        work.grants.save(grant)
    provisioning.advance(grant_id)
    assert "iot_policy" in provisioning.outside.looks
    provisioning.outside.standing[grant_id, "iot_policy"] = hidden
    provisioning.after("offboarding_started", partner_id)
    assert provisioning.standing() == []


def test_what_was_put_right_by_hand_is_seen_right_and_no_longer_stuck(
    provisioning: ProvisioningInMemory,
) -> None:
    provisioning.active("cloud_sandbox")
    grant_id = grant_of(provisioning, "cloud_sandbox").grant_id
    provisioning.outside.standing[grant_id, "sandbox_unit"] = "differs"
    for action in ("apply", "unfreeze"):
        refused = NeverPossible("account_moved_elsewhere", "Somebody moved it.", kind=Kind.DRIFT)
        provisioning.outside.will(action, "sandbox_unit", Mishap(refused, times=50))
    look(provisioning)
    grant = grant_of(provisioning, "cloud_sandbox")
    assert (grant.state, grant.stuck_step and grant.stuck_step.name) == (State.GRANTED, "sandbox_unit")
    provisioning.outside.standing[grant_id, "sandbox_unit"] = "on"
    provisioning.outside.mishaps.clear()
    look(provisioning)
    grant = grant_of(provisioning, "cloud_sandbox")
    assert (grant.state, grant.stuck_step) == (State.GRANTED, None)


def test_what_making_does_not_repair_is_not_told_as_repaired(provisioning: ProvisioningInMemory) -> None:
    provisioning.active("iot")
    grant_id = grant_of(provisioning, "iot").grant_id
    provisioning.outside.standing[grant_id, "iot_policy"] = "differs"
    provisioning.advance.steps["iot_policy"].unfreeze = lambda *_: None  # type: ignore[method-assign]
    look(provisioning)
    stuck = grant_of(provisioning, "iot").stuck_step
    assert stuck
    assert (stuck.name, stuck.cause and stuck.cause.code) == ("iot_policy", "not_seen_yet")
