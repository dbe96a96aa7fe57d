"""From the agreement to every product granted, with the outside failing and the worker dying."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.unit.provisioning.conftest import ProvisioningInMemory, approval
from tests.unit.provisioning.fake_database import Killed
from tests.unit.provisioning.fake_outside import OWN_STEPS, Mishap
from tests.unit.provisioning.products import PRODUCTS

from chassis.failures import Kind, NeverPossible, NotNow
from provisioning.domain.grant_states import State
from provisioning.handlers.commands import RetryGrant, WaiveGrant
from provisioning.handlers.grants import retry_grant, waive_grant

GRANTED_AT_ONCE = ["access.planned", "access.provisioning_started", "access.granted"]
MADE_FIRST_OF_IOT = ["iot_policy", "iot_thing_group"]
EVERY_STEP = [(product.name, step) for product in PRODUCTS.values() for step in product.steps]


def test_the_whole_plan_is_told_in_one_event(provisioning: ProvisioningInMemory) -> None:
    provisioning.plan("crm", "iot")
    [planned] = provisioning.database.events
    assert planned.name == "access.planned"
    assert planned.data["catalogue_version"] == "2026-01.test"
    assert [(g["product"], g["required"]) for g in planned.data["grants"]] == [("crm", False), ("iot", True)]
    assert len(provisioning.database.jobs) == 2
    assert planned.may_wait, "its products tell more"


def test_an_empty_plan_is_told_too(provisioning: ProvisioningInMemory) -> None:
    provisioning.plan()
    assert [event.data["grants"] for event in provisioning.database.events] == [[]]


@pytest.mark.parametrize("products", [[], ["crm"]])
def test_a_plan_that_requires_nothing_goes_at_once(
    provisioning: ProvisioningInMemory, products: list[str]
) -> None:
    provisioning.plan(*products)
    assert [event.may_wait for event in provisioning.database.events] == [False]


def test_repeated_events_change_nothing(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.plan("crm")
    provisioning.hear("approved", approval(partner_id, ["iot"]))
    provisioning.after("agreement_accepted", partner_id)
    assert provisioning.database.names().count("access.planned") == 1
    assert provisioning.outside.calls == [("apply", "crm_group"), ("apply", "crm_users")]


def test_an_agreement_without_an_approval_waits(provisioning: ProvisioningInMemory) -> None:
    with pytest.raises(NotNow, match="partner_not_known"):
        provisioning.hear("agreement_accepted", {"partner_id": uuid4()})


def test_a_granted_product_tells_its_identifiers(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.active("iot")
    assert provisioning.database.names() == GRANTED_AT_ONCE
    granted = provisioning.database.events[-1].data
    assert granted["identifiers"] == {
        "thing_name": "gateway-1",
        "certificate_id": "cert-1",
        "endpoint": "endpoint.example",
    }
    assert granted["collectable"] is True
    assert "secret_name" not in str(granted)
    assert provisioning.grant(partner_id, "iot").state is State.GRANTED


@pytest.mark.parametrize(("product", "step"), EVERY_STEP)
def test_a_step_that_fails_once_is_tried_again(
    provisioning: ProvisioningInMemory, product: str, step: str
) -> None:
    provisioning.outside.will("apply", step, Mishap(NotNow("throttled", "Slow down."), after_the_work=True))
    provisioning.active(product)
    [failed] = provisioning.data_of("access.failed")
    assert (failed["step"], failed["code"], failed["message"]) == (step, "throttled", "Slow down.")
    assert failed["will_retry"] is True
    assert failed["retry_at"] is not None
    assert provisioning.database.names()[-1] == "access.granted"
    assert sorted(provisioning.standing()) == sorted(OWN_STEPS[product])


def test_a_clock_that_is_behind_makes_no_job_come_again_at_once(provisioning: ProvisioningInMemory) -> None:
    """Jobs are given out by the database's clock, so a job that came is due."""
    provisioning.outside.will("apply", "crm_group", Mishap(NotNow("throttled", "Slow down.")))
    provisioning.clock.behind = timedelta(seconds=1)
    partner_id = provisioning.plan("crm")
    provisioning.database.run_jobs(provisioning.advance, most=3)
    assert provisioning.grant(partner_id, "crm").state is State.GRANTED


@pytest.mark.parametrize("behind", [timedelta(minutes=-20), timedelta(minutes=20)], ids=["ahead", "behind"])
def test_a_step_waits_as_long_whatever_the_clock_of_the_worker_says(
    provisioning: ProvisioningInMemory, behind: timedelta
) -> None:
    provisioning.outside.will("apply", "crm_group", Mishap(NotNow("throttled", "Slow down.")))
    provisioning.clock.behind = behind
    grant_id = provisioning.grant(provisioning.plan("crm"), "crm").grant_id
    provisioning.database.jobs.clear()
    provisioning.advance(grant_id)
    [job] = provisioning.database.jobs
    assert job.not_before is not None
    assert timedelta() < job.not_before - provisioning.clock.at < timedelta(minutes=1)


@pytest.mark.parametrize(("product", "step"), EVERY_STEP)
@pytest.mark.parametrize("after_the_work", [False, True])
def test_a_worker_killed_around_the_outside_call_leaves_no_trace(
    provisioning: ProvisioningInMemory, product: str, step: str, after_the_work: bool
) -> None:
    provisioning.outside.will("apply", step, Mishap(Killed(), after_the_work=after_the_work))
    provisioning.active(product)
    assert provisioning.database.names() == GRANTED_AT_ONCE
    assert sorted(provisioning.standing()) == sorted(OWN_STEPS[product])


def test_attempts_end_and_leave_the_cause(provisioning: ProvisioningInMemory) -> None:
    provisioning.outside.will("apply", "crm_users", Mishap(NotNow("unreachable", "No answer."), times=99))
    partner_id = provisioning.active("crm", "iot")
    grant = provisioning.grant(partner_id, "crm")
    assert grant.state is State.FAILED
    assert grant.stuck_step
    assert grant.stuck_step.cause
    assert grant.stuck_step.cause.code == "unreachable"
    failures = provisioning.data_of("access.failed")
    assert [(f["attempt"], f["will_retry"]) for f in failures] == [(1, True), (2, True), (3, False)]
    assert failures[-1]["retry_at"] is None
    assert provisioning.grant(partner_id, "iot").state is State.GRANTED


def test_what_can_never_be_is_not_tried_twice(provisioning: ProvisioningInMemory) -> None:
    provisioning.outside.will("apply", "crm_group", Mishap(NeverPossible("name_taken", "The name is taken.")))
    provisioning.active("crm")
    assert provisioning.outside.calls == [("apply", "crm_group")]
    assert provisioning.database.events[-1].data["will_retry"] is False


def test_a_bug_in_a_step_is_visible_and_tried_again(provisioning: ProvisioningInMemory) -> None:
    provisioning.outside.will("apply", "crm_group", Mishap(KeyError("secret")))
    provisioning.active("crm")
    [failed] = provisioning.data_of("access.failed")
    assert failed["code"] == "unexpected_error"
    assert "secret" not in failed["message"]
    assert provisioning.database.names()[-1] == "access.granted"


def test_waiting_for_the_outside_is_no_failure(provisioning: ProvisioningInMemory) -> None:
    busy = NotNow("account_in_creation", "Being made.", retry_after=timedelta(seconds=5), kind=Kind.UNDER_WAY)
    provisioning.outside.will("apply", "sandbox_account", Mishap(busy, times=50))
    provisioning.active("cloud_sandbox")
    assert "access.failed" not in provisioning.database.names()
    assert provisioning.database.names()[-1] == "access.granted"


def test_waiting_for_the_outside_has_an_end(provisioning: ProvisioningInMemory) -> None:
    busy = NotNow(
        "account_in_creation", "Being made.", retry_after=timedelta(minutes=10), kind=Kind.UNDER_WAY
    )
    provisioning.outside.will("apply", "sandbox_account", Mishap(busy, times=50))
    provisioning.active("cloud_sandbox")
    assert provisioning.database.events[-1].data["will_retry"] is False


def failures_told(provisioning: ProvisioningInMemory) -> list[bool]:
    """Whether it will be retried, of each failure told."""
    return [
        event.data["will_retry"] for event in provisioning.database.events if event.name == "access.failed"
    ]


def test_who_asks_to_wait_is_waited_for_and_counted(provisioning: ProvisioningInMemory) -> None:
    """A service that answers 503 with Retry-After for ever fails in the end, and says so each time."""
    patience = replace(provisioning.advance.patience, by_kind={Kind.UNAVAILABLE: timedelta(hours=2)})
    provisioning.advance = replace(provisioning.advance, patience=patience)
    ill = NotNow("scim_unavailable", "Down.", retry_after=timedelta(hours=1), kind=Kind.UNAVAILABLE)
    provisioning.outside.will("apply", "crm_group", Mishap(ill, times=50))
    began_at = provisioning.clock.at
    provisioning.active("crm")
    assert failures_told(provisioning) == [True, True, False]
    assert provisioning.clock.at - began_at >= timedelta(hours=2)


def test_a_quota_that_renews_is_waited_for_and_told(provisioning: ProvisioningInMemory) -> None:
    full = NotNow("close_account_quota", "Renews.", retry_after=timedelta(days=30), kind=Kind.QUOTA)
    provisioning.outside.will("apply", "crm_group", Mishap(full))
    began_at = provisioning.clock.at
    provisioning.active("crm")
    assert failures_told(provisioning) == [True]
    assert provisioning.database.names()[-1] == "access.granted"
    assert provisioning.clock.at - began_at >= timedelta(days=30)


def test_progress_uses_up_no_attempt(provisioning: ProvisioningInMemory) -> None:
    partly = NotNow("throttled", "Some are in.", made_progress=True, kind=Kind.THROTTLED)
    provisioning.outside.will("apply", "crm_group", Mishap(partly, times=40))
    provisioning.active("crm")
    assert provisioning.database.names()[-1] == "access.granted"


def test_a_job_that_comes_early_waits_for_its_time(provisioning: ProvisioningInMemory) -> None:
    provisioning.outside.will("apply", "crm_group", Mishap(NotNow("throttled", "Slow down.")))
    partner_id = provisioning.plan("crm")
    grant_id = provisioning.grant(partner_id, "crm").grant_id
    provisioning.advance(grant_id)
    provisioning.advance(grant_id)
    assert provisioning.outside.calls == [("apply", "crm_group")]
    provisioning.run()
    assert provisioning.grant(partner_id, "crm").state is State.GRANTED


def test_a_grant_that_another_worker_holds_is_looked_at_again(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.plan("crm")
    grant_id = provisioning.grant(partner_id, "crm").grant_id
    provisioning.database.jobs.clear()
    provisioning.locks.held_by_another.add(grant_id)
    provisioning.advance(grant_id)
    assert provisioning.outside.calls == []
    provisioning.locks.held_by_another.clear()
    provisioning.run()
    assert provisioning.grant(partner_id, "crm").state is State.GRANTED


def test_who_has_to_leave_leaves_the_next_step_to_a_job(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.plan("iot")
    grant_id = provisioning.grant(partner_id, "iot").grant_id
    provisioning.database.jobs.clear()
    outside = replace(provisioning.advance.outside, should_leave=lambda: True)
    replace(provisioning.advance, outside=outside)(grant_id)
    assert provisioning.standing() == MADE_FIRST_OF_IOT
    assert [job.arguments for job in provisioning.database.jobs] == [{"grant_id": str(grant_id)}]
    provisioning.run()
    assert provisioning.grant(partner_id, "iot").state is State.GRANTED


def test_an_operator_retries_what_failed_for_good(provisioning: ProvisioningInMemory) -> None:
    provisioning.outside.will("apply", "crm_users", Mishap(NeverPossible("refused", "Refused.")))
    partner_id = provisioning.active("crm")
    provisioning.do(retry_grant, RetryGrant(provisioning.grant(partner_id, "crm").grant_id))
    provisioning.run()
    assert provisioning.database.names()[-2:] == ["access.provisioning_started", "access.granted"]


def test_a_waived_grant_is_told_and_leaves_nothing_outside(provisioning: ProvisioningInMemory) -> None:
    provisioning.outside.will("apply", "iot_endpoint", Mishap(NeverPossible("refused", "Refused.")))
    partner_id = provisioning.active("iot")
    provisioning.do(
        waive_grant,
        WaiveGrant(
            grant_id=provisioning.grant(partner_id, "iot").grant_id, reason="Brings its own.", by="amara"
        ),
    )
    provisioning.run()
    waived = provisioning.database.events[-1]
    assert (waived.name, waived.data["reason"], waived.data["waived_by"]) == (
        "access.waived",
        "Brings its own.",
        "amara",
    )
    assert provisioning.grant(partner_id, "iot").state is State.WAIVED
    assert provisioning.outside.standing == {}


def test_an_attempt_that_lost_its_lock_cannot_leave_an_orphan(provisioning: ProvisioningInMemory) -> None:
    """Another worker undoes the grant while the first one's call, cut off from its lock, still makes it."""
    partner_id = provisioning.plan("iot")
    grant_id = provisioning.grant(partner_id, "iot").grant_id
    begun = provisioning.begin(grant_id)
    provisioning.after("offboarding_started", partner_id)
    outcome = provisioning.call(begun)
    assert provisioning.standing() == MADE_FIRST_OF_IOT
    provisioning.note(begun, outcome)
    provisioning.run()
    assert provisioning.standing() == []
