"""Suspension, resumption and offboarding, wherever the grants stand."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.unit.provisioning.conftest import ProvisioningInMemory
from tests.unit.provisioning.fake_database import Killed
from tests.unit.provisioning.fake_outside import BRAKES, OWN_STEPS, Mishap

from chassis.failures import Kind, NeverPossible, NotNow
from provisioning.domain.grant_states import State
from provisioning.handlers.commands import RetryGrant, SkipStep
from provisioning.handlers.grants import retry_grant, skip_step

EVERY_STEP = [(product, step) for product, steps in OWN_STEPS.items() for step in steps]


def test_suspension_puts_all_brakes_on_and_destroys_nothing(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.active("cloud_sandbox")
    provisioning.after("suspended", partner_id)
    assert provisioning.database.names()[-1] == "access.frozen"
    assert provisioning.outside.calls[-2:] == [("freeze", "sandbox_sign_in"), ("freeze", "sandbox_unit")]
    assert sorted(provisioning.standing()) == sorted(OWN_STEPS["cloud_sandbox"])
    assert provisioning.switches() == {"off"}


def test_resumption_switches_on_again(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.active("crm")
    provisioning.after("suspended", partner_id)
    provisioning.later()
    provisioning.after("resumed", partner_id)
    assert provisioning.database.names()[-2:] == ["access.frozen", "access.unfrozen"]
    assert set(provisioning.outside.standing.values()) == {"on"}
    assert provisioning.grant(partner_id, "crm").state is State.GRANTED


def test_a_seat_counts_for_other_partners_only_while_it_is_on(provisioning: ProvisioningInMemory) -> None:
    """What is off, or left as it stands, keeps none of them from switching the person off."""
    partner_id = provisioning.active("crm")

    def seats() -> list[bool]:
        return [seat.is_on for seat in provisioning.database.rows.seats.values()]

    provisioning.after("suspended", partner_id)
    assert seats() == [False]
    provisioning.after("resumed", partner_id)
    assert seats() == [True]
    refused = Mishap(NeverPossible("refused", "Refused."), times=99)
    provisioning.outside.will("undo", "crm_users", refused)
    provisioning.after("offboarding_started", partner_id)
    assert len(seats()) == 1
    grant_id = provisioning.grant(partner_id, "crm").grant_id
    provisioning.do(skip_step, SkipStep(grant_id=grant_id, step="crm_users", reason="Gone by hand."))
    assert seats() == []


@pytest.mark.parametrize(("product", "step"), [one for one in EVERY_STEP if one[1] in BRAKES])
def test_a_freeze_that_was_cut_after_its_work_was_ours_and_is_lifted(
    provisioning: ProvisioningInMemory, product: str, step: str
) -> None:
    partner_id = provisioning.active(product)
    provisioning.outside.will("freeze", step, Mishap(Killed(), after_the_work=True))
    provisioning.after("suspended", partner_id)
    assert provisioning.switches() == {"off"}
    provisioning.after("resumed", partner_id)
    assert provisioning.grant(partner_id, product).state is State.GRANTED
    assert provisioning.switches() == {"on"}


def test_an_old_suspension_that_comes_late_is_not_followed(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.active("crm")
    provisioning.hear("resumed", {"partner_id": partner_id})
    provisioning.hear("suspended", {"partner_id": partner_id}, sequence=provisioning.last_sequence - 1)
    provisioning.run()
    assert set(provisioning.outside.standing.values()) == {"on"}


def test_order_is_told_by_numbers_and_not_by_clocks(provisioning: ProvisioningInMemory) -> None:
    """Whoever told of the resumption had a clock that went an hour slow."""
    partner_id = provisioning.active("crm")
    provisioning.after("suspended", partner_id)
    provisioning.later(-3600)
    provisioning.after("resumed", partner_id)
    assert set(provisioning.outside.standing.values()) == {"on"}


def test_suspension_overtakes_a_step_in_backoff_and_resumption_goes_on(
    provisioning: ProvisioningInMemory,
) -> None:
    provisioning.outside.will("apply", "crm_users", Mishap(NotNow("throttled", "Slow down.")))
    partner_id = provisioning.plan("crm")
    grant_id = provisioning.grant(partner_id, "crm").grant_id
    provisioning.advance(grant_id)
    provisioning.advance(grant_id)
    provisioning.after("suspended", partner_id)
    assert provisioning.grant(partner_id, "crm").state is State.FROZEN
    assert provisioning.outside.standing == {}
    provisioning.later()
    provisioning.after("resumed", partner_id)
    assert provisioning.database.names()[-3:] == [
        "access.failed",
        "access.provisioning_started",
        "access.granted",
    ]
    assert set(provisioning.outside.standing.values()) == {"on"}


def test_offboarding_begins_with_the_brakes_and_clears_once(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.active("crm", "iot")
    provisioning.hear("offboarding_started", {"partner_id": partner_id})
    provisioning.after("offboarding_started", partner_id)
    provisioning.hear("offboarding_started", {"partner_id": partner_id})
    undone = [step for action, step in provisioning.outside.calls if action == "undo"]
    others = [step for step in reversed(OWN_STEPS["iot"]) if step not in BRAKES]
    assert [step for step in undone if step.startswith("iot")] == ["iot_certificate", *others]
    assert provisioning.outside.standing == {}
    assert provisioning.database.names()[-1] == "access.cleared"
    assert provisioning.database.names().count("access.cleared") == 1
    assert provisioning.database.names().count("access.revoked") == 2
    assert {grant.look_at for grant in provisioning.database.rows.grants.values()} == {None}, "no look more"


def test_offboarding_where_nothing_was_clears_too(provisioning: ProvisioningInMemory) -> None:
    provisioning.hear("offboarding_started", {"partner_id": uuid4()})
    provisioning.hear("offboarding_started", {"partner_id": provisioning.plan()})
    assert provisioning.database.names().count("access.cleared") == 2


def test_what_no_step_has_begun_is_cancelled(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.plan("crm")
    provisioning.hear("offboarding_started", {"partner_id": partner_id})
    assert provisioning.database.names() == ["access.planned", "access.cleared"]
    provisioning.run()
    assert provisioning.outside.calls == []
    assert provisioning.grant(partner_id, "crm").state is State.CANCELLED


def test_an_agreement_that_comes_after_the_offboarding_makes_nothing(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id = provisioning.plan("crm")
    provisioning.hear("offboarding_started", {"partner_id": partner_id})
    provisioning.after("agreement_accepted", partner_id)
    assert provisioning.outside.standing == {}
    assert provisioning.database.names().count("access.planned") == 1


@pytest.mark.parametrize(("product", "step"), EVERY_STEP)
@pytest.mark.parametrize("after_the_work", [False, True])
def test_a_worker_killed_while_undoing_leaves_nothing(
    provisioning: ProvisioningInMemory, product: str, step: str, after_the_work: bool
) -> None:
    partner_id = provisioning.active(product)
    provisioning.outside.will("undo", step, Mishap(Killed(), after_the_work=after_the_work))
    provisioning.after("offboarding_started", partner_id)
    assert provisioning.outside.standing == {}
    assert provisioning.database.names()[-2:] == ["access.revoked", "access.cleared"]


@pytest.mark.parametrize(("product", "step"), EVERY_STEP)
def test_a_step_that_died_half_made_is_undone_too(
    provisioning: ProvisioningInMemory, product: str, step: str
) -> None:
    partner_id = provisioning.plan(product)
    grant_id = provisioning.grant(partner_id, product).grant_id
    provisioning.outside.will("apply", step, Mishap(Killed(), after_the_work=True))
    with pytest.raises(Killed):
        provisioning.advance(grant_id)
    assert step in provisioning.standing()
    provisioning.after("offboarding_started", partner_id)
    assert provisioning.outside.standing == {}
    assert provisioning.database.names()[-1] == "access.cleared"


def test_an_undo_that_fails_for_good_keeps_the_partner_until_an_operator_retries(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id = provisioning.active("crm")
    provisioning.outside.will("undo", "crm_users", Mishap(NeverPossible("refused", "Refused.")))
    provisioning.after("offboarding_started", partner_id)
    assert provisioning.database.names()[-1] == "access.stuck"
    assert provisioning.grant(partner_id, "crm").state is State.REVOKING
    provisioning.do(retry_grant, RetryGrant(provisioning.grant(partner_id, "crm").grant_id))
    provisioning.run()
    assert provisioning.database.names()[-1] == "access.cleared"
    assert provisioning.outside.standing == {}


def test_a_failed_grant_is_undone_with_a_fresh_count(provisioning: ProvisioningInMemory) -> None:
    provisioning.outside.will("apply", "crm_users", Mishap(NotNow("unreachable", "No answer."), times=3))
    partner_id = provisioning.active("crm")
    provisioning.outside.will("undo", "crm_users", Mishap(NotNow("unreachable", "No answer."), times=2))
    provisioning.after("offboarding_started", partner_id)
    assert provisioning.database.names()[-1] == "access.cleared"


def test_a_suspended_partner_can_leave(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.active("crm")
    provisioning.after("suspended", partner_id)
    provisioning.after("offboarding_started", partner_id)
    assert provisioning.outside.standing == {}
    assert provisioning.database.names()[-2:] == ["access.revoked", "access.cleared"]


@pytest.mark.parametrize("mishap", [NotNow("unreachable", "No answer."), Killed()])
def test_a_switch_whose_end_nobody_saw_is_made_again_when_another_is_wanted(
    provisioning: ProvisioningInMemory, mishap: BaseException
) -> None:
    """Freezing is done outside, its answer is lost, and the partner is resumed; then the other way round."""
    partner_id = provisioning.active("crm")
    grant_id = provisioning.grant(partner_id, "crm").grant_id

    def switch(event: str) -> None:
        provisioning.later()
        provisioning.hear(event, {"partner_id": partner_id})

    def switch_and_lose_the_answer(event: str, action: str) -> None:
        provisioning.outside.will(action, "crm_users", Mishap(mishap, after_the_work=True))
        switch(event)
        while provisioning.outside.mishaps[action, "crm_users"]:
            with suppress(Killed):
                provisioning.advance(grant_id)

    switch_and_lose_the_answer("suspended", "freeze")
    switch("resumed")
    provisioning.run()
    assert set(provisioning.outside.standing.values()) == {"on"}

    switch("suspended")
    provisioning.run()
    switch_and_lose_the_answer("resumed", "unfreeze")
    switch("suspended")
    provisioning.run()
    assert set(provisioning.outside.standing.values()) == {"off"}
    assert provisioning.grant(partner_id, "crm").state is State.FROZEN


def test_attempts_are_counted_anew_by_a_new_intent_and_never_below_none(
    provisioning: ProvisioningInMemory,
) -> None:
    """Suspended and resumed while AWS is asked, which then only says that it is still at work."""
    partner_id = provisioning.plan("cloud_sandbox")
    grant_id = provisioning.grant(partner_id, "cloud_sandbox").grant_id
    begun = provisioning.begin(grant_id)
    provisioning.hear("suspended", {"partner_id": partner_id})
    provisioning.hear("resumed", {"partner_id": partner_id})
    at_work = NotNow("at_work", "Being made.", retry_after=timedelta(seconds=5), kind=Kind.UNDER_WAY)
    provisioning.outside.will("apply", "sandbox_account", Mishap(at_work))
    provisioning.note(begun, provisioning.call(begun))
    provisioning.outside.will("apply", "sandbox_account", Mishap(NotNow("throttled", "Slow down.")))
    provisioning.run()
    [failed] = provisioning.data_of("access.failed")
    assert failed["attempt"] == 1


def test_a_switch_that_lost_its_lock_is_looked_at_once_more(provisioning: ProvisioningInMemory) -> None:
    """Another worker resumes the grant while a call that was cut off from its lock still freezes it."""
    partner_id = provisioning.active("crm")
    grant_id = provisioning.grant(partner_id, "crm").grant_id
    provisioning.later()
    provisioning.hear("suspended", {"partner_id": partner_id})
    begun = provisioning.begin(grant_id)
    provisioning.later()
    provisioning.after("resumed", partner_id)
    outcome = provisioning.call(begun)
    assert set(provisioning.outside.standing.values()) == {"off"}
    provisioning.note(begun, outcome)
    provisioning.run()
    assert set(provisioning.outside.standing.values()) == {"on"}
    assert provisioning.grant(partner_id, "crm").state is State.GRANTED


@pytest.mark.parametrize("fails", [False, True])
def test_who_leaves_while_a_shared_thing_is_made_is_not_held_up_by_it(
    provisioning: ProvisioningInMemory, *, fails: bool
) -> None:
    """What all partners share is left, so no other attempt ever tells that it is gone."""
    partner_id = provisioning.plan("crm")
    grant_id = provisioning.grant(partner_id, "crm").grant_id
    begun = provisioning.begin(grant_id)
    provisioning.hear("offboarding_started", {"partner_id": partner_id})
    if fails:
        provisioning.outside.will("apply", "crm_group", Mishap(NotNow("throttled", "Slow down.")))
    provisioning.note(begun, provisioning.call(begun))
    provisioning.run()
    grant = provisioning.grant(partner_id, "crm")
    assert (grant.state, grant.leaves_nothing_outside) == (State.REVOKED, True)
