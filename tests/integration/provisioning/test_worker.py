"""Grants are made and unmade by the real worker on a real PostgreSQL."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from tests.integration.provisioning.conftest import ProvisioningOnPostgres
from tests.unit.provisioning.fake_outside import OWN_STEPS, Mishap
from tests.unit.provisioning.products import PRODUCTS

from chassis.failures import NeverPossible, NotNow
from provisioning.domain.grant_states import State
from provisioning.handlers.commands import RetryGrant
from provisioning.handlers.grants import retry_grant

STEPS = sum(map(len, OWN_STEPS.values()))


def test_from_agreement_to_everything_granted_and_gone_again(provisioning: ProvisioningOnPostgres) -> None:
    partner_id = provisioning.plan(*PRODUCTS)
    provisioning.work_off()
    for product in PRODUCTS:
        assert provisioning.grant(partner_id, product).state is State.GRANTED
    assert len(provisioning.outside.standing) == STEPS
    provisioning.hear("offboarding_started", {"partner_id": str(partner_id)})
    provisioning.work_off()
    assert provisioning.outside.standing == {}
    events = provisioning.events(partner_id)
    assert events[0] == "gangway.access.planned.v1"
    assert events[-1] == "gangway.access.cleared.v1"
    assert len(events) == 1 + 3 * len(PRODUCTS) + 1


def test_a_failing_step_is_tried_again_then_given_up_then_retried(
    provisioning: ProvisioningOnPostgres,
) -> None:
    provisioning.outside.will("apply", "crm_users", Mishap(NotNow("unreachable", "No answer."), times=999))
    partner_id = provisioning.plan("crm", "iot")
    provisioning.work_off()
    provisioning.outside.mishaps.clear()
    grant = provisioning.grant(partner_id, "crm")
    assert grant.state is State.FAILED
    assert provisioning.grant(partner_id, "iot").state is State.GRANTED
    with provisioning.service.open_work() as work:
        retry_grant(work, RetryGrant(grant.grant_id))
    provisioning.work_off()
    assert provisioning.grant(partner_id, "crm").state is State.GRANTED


def test_suspending_and_resuming(provisioning: ProvisioningOnPostgres) -> None:
    partner_id = provisioning.plan("crm")
    provisioning.work_off()
    provisioning.hear("suspended", {"partner_id": str(partner_id)})
    provisioning.work_off()
    assert set(provisioning.outside.standing.values()) == {"off"}
    provisioning.hear("resumed", {"partner_id": str(partner_id)})
    provisioning.work_off()
    assert set(provisioning.outside.standing.values()) == {"on"}


def test_two_undos_at_a_time_clear_the_partner_once(provisioning: ProvisioningOnPostgres) -> None:
    """The last two grants end in the same moment: each transaction must see the other's end."""
    partners = [provisioning.plan("crm", "iot", "analytics", "cloud_sandbox") for _ in range(3)]
    provisioning.work_off()
    for partner_id in partners:
        provisioning.hear("offboarding_started", {"partner_id": str(partner_id)})
    grants = [provisioning.grant(p, product).grant_id for p in partners for product in PRODUCTS]
    with ThreadPoolExecutor(6) as threads:
        for _ in range(10):
            list(threads.map(provisioning.service.advance_grant, grants))
    for partner_id in partners:
        assert provisioning.events(partner_id).count("gangway.access.cleared.v1") == 1


def test_ten_jobs_for_one_grant_make_each_thing_once(provisioning: ProvisioningOnPostgres) -> None:
    partner_id = provisioning.plan("iot")
    grant_id = provisioning.grant(partner_id, "iot").grant_id
    with ThreadPoolExecutor(5) as threads:
        list(threads.map(provisioning.service.advance_grant, [grant_id] * 10))
    provisioning.work_off()
    applied = [step for action, step in provisioning.outside.calls if action == "apply"]
    assert sorted(applied) == sorted(PRODUCTS["iot"].steps)


@pytest.mark.parametrize("ending", [None, NotNow("unreachable", "No answer.")])
def test_a_lock_whose_connection_breaks_during_the_call_makes_nothing_twice(
    provisioning: ProvisioningOnPostgres, ending: NotNow | None
) -> None:
    """Another worker takes the grant over and ends it while the first one's call is still on its way."""
    partner_id = provisioning.plan("crm")
    grant_id = provisioning.grant(partner_id, "crm").grant_id
    is_calling, may_end = Event(), Event()
    meet = provisioning.outside.meet

    @contextmanager
    def meet_slowly(action: str, step: str) -> Iterator[None]:
        provisioning.outside.meet = meet  # type: ignore[method-assign]
        is_calling.set()
        assert may_end.wait(20)
        if ending:
            raise ending
        with meet(action, step):
            yield

    provisioning.outside.meet = meet_slowly  # type: ignore[method-assign, assignment]
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(provisioning.service.advance_grant, grant_id)
        assert is_calling.wait(20)
        with provisioning.service.open_work() as work:
            work.connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE locktype = 'advisory' AND datname = current_database()"
            )
        provisioning.service.advance_grant(grant_id)
        may_end.set()
        first.result(20)
    provisioning.work_off()
    assert provisioning.grant(partner_id, "crm").state is State.GRANTED
    assert set(provisioning.outside.standing.values()) == {"on"}
    assert provisioning.events(partner_id) == [
        "gangway.access.planned.v1",
        "gangway.access.provisioning_started.v1",
        "gangway.access.granted.v1",
    ]


def test_what_never_can_be_keeps_its_cause(provisioning: ProvisioningOnPostgres) -> None:
    provisioning.outside.will("apply", "crm_group", Mishap(NeverPossible("name_taken", "The name is taken.")))
    partner_id = provisioning.plan("crm")
    provisioning.work_off()
    stuck = provisioning.grant(partner_id, "crm").stuck_step
    assert stuck
    assert stuck.cause
    assert stuck.cause.code == "name_taken"
    assert provisioning.events(partner_id)[-1] == "gangway.access.failed.v1"
