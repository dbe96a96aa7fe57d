"""A person who leaves a partner loses all that it gave, whatever goes on; it is told once, when seen."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from tests.unit.provisioning.conftest import ProvisioningInMemory, approval, member, steps_of
from tests.unit.provisioning.fake_database import Killed
from tests.unit.provisioning.fake_outside import Mishap
from tests.unit.provisioning.products import PRODUCTS

from chassis.failures import NeverPossible, NotNow
from provisioning.domain.grant_states import Intent, State
from provisioning.domain.standings import Standing
from provisioning.handlers.commands import RetryGrant, SkipStep
from provisioning.handlers.grants import retry_grant, skip_step
from provisioning.handlers.ports import RefusedFor

WITH_PEOPLE = {name: product.people_step for name, product in PRODUCTS.items() if product.people_step}
THROTTLED, REFUSED = NotNow("throttled", "Slow down."), NeverPossible("refused", "Refused.")


def seated(provisioning: ProvisioningInMemory, partner_id: UUID, product: str) -> list[UUID]:
    grant = provisioning.grant(partner_id, product)
    return provisioning.outside.people.get((grant.grant_id, WITH_PEOPLE[product]), [])


def joined(provisioning: ProvisioningInMemory, *products: str) -> tuple[UUID, UUID]:
    partner_id = provisioning.active(*products)
    ana = provisioning.join(partner_id)
    provisioning.run()
    return partner_id, ana


def left_nothing(provisioning: ProvisioningInMemory, partner_id: UUID, person: UUID) -> None:
    theirs = [
        people for (_, step), people in provisioning.outside.people.items() if step in WITH_PEOPLE.values()
    ]
    assert all(person not in people for people in theirs)
    assert all(member_id != person for _, member_id in provisioning.database.rows.seats)
    partner = provisioning.database.rows.partners[partner_id]
    assert (partner.leavers, person in partner.members_removed) == ((), True)


def test_who_leaves_has_nothing_left_and_it_is_told_once(provisioning: ProvisioningInMemory) -> None:
    partner_id, ana = joined(provisioning, *PRODUCTS)
    calls = len(provisioning.outside.calls)
    for _ in range(2):
        provisioning.remove(partner_id, ana)
    assert provisioning.told_gone(ana) == []
    provisioning.run()
    provisioning.remove(partner_id, ana)
    provisioning.run()
    assert sorted(provisioning.outside.calls[calls:]) == sorted(
        call for step in WITH_PEOPLE.values() for call in (("undo", f"{step}_leaving"), ("apply", step))
    )
    for product in WITH_PEOPLE:
        assert len(seated(provisioning, partner_id, product)) == 1
        assert ana not in provisioning.told_to_have(product)
        assert provisioning.grant(partner_id, product).state is State.GRANTED
    assert [sorted(told) for told in provisioning.told_gone(ana)] == [sorted(WITH_PEOPLE)]
    left_nothing(provisioning, partner_id, ana)


def test_removal_comes_before_all_else_and_before_the_queue(provisioning: ProvisioningInMemory) -> None:
    partner_id, ana = joined(provisioning, "crm")
    provisioning.join(partner_id, "ben@example.com")
    provisioning.database.jobs.clear()
    provisioning.remove(partner_id, ana)
    assert [job.is_urgent for job in provisioning.database.jobs] == [True]
    provisioning.run()
    assert provisioning.outside.calls[-2:] == [("undo", "crm_users_leaving"), ("apply", "crm_users")]


def test_removed_before_added_never_comes(provisioning: ProvisioningInMemory) -> None:
    """Order is kept per partner, but a dead letter is replayed late."""
    partner_id = provisioning.active("crm")
    ana = member(given_name="Ana", email="ana@example.com", is_contact=False)
    provisioning.remove(partner_id, UUID(str(ana["member_id"])))
    provisioning.hear("member_added", {"partner_id": partner_id, "member": ana})
    provisioning.run()
    assert len(seated(provisioning, partner_id, "crm")) == 1
    assert provisioning.told_gone(UUID(str(ana["member_id"]))) == []


def test_a_late_approval_brings_nobody_back(provisioning: ProvisioningInMemory) -> None:
    partner_id = uuid4()
    approved = approval(partner_id, ["crm"])
    ben = member(given_name="Ben", email="ben@example.com", is_contact=False)
    approved["members"] = [*approved["members"], ben]
    provisioning.hear("approved", approved)
    provisioning.remove(partner_id, ben["member_id"])
    provisioning.hear("approved", approved)
    provisioning.hear("agreement_accepted", {"partner_id": partner_id})
    provisioning.run()
    assert ben["member_id"] not in seated(provisioning, partner_id, "crm")
    assert provisioning.told(ben["member_id"]) == []
    assert provisioning.told_gone(ben["member_id"]) == [[]]


@pytest.mark.parametrize("product", WITH_PEOPLE)
def test_who_leaves_while_the_seat_is_being_made(provisioning: ProvisioningInMemory, product: str) -> None:
    """The call that is under way makes the seat all the same; it is taken away after it."""
    partner_id = provisioning.plan(product)
    ana = provisioning.join(partner_id)
    grant_id = provisioning.grant(partner_id, product).grant_id
    begun = provisioning.begin_at(grant_id, WITH_PEOPLE[product])
    provisioning.remove(partner_id, ana)
    provisioning.note(begun, provisioning.call(begun))
    assert provisioning.told_gone(ana) == []
    provisioning.run()
    left_nothing(provisioning, partner_id, ana)
    assert provisioning.told(ana) == []
    assert provisioning.told_gone(ana) == [[product]]
    assert provisioning.grant(partner_id, product).state is State.GRANTED


@pytest.mark.parametrize("product", WITH_PEOPLE)
@pytest.mark.parametrize("after_the_work", [False, True])
def test_a_killed_worker_takes_it_away_all_the_same(
    provisioning: ProvisioningInMemory, product: str, after_the_work: bool
) -> None:
    partner_id, ana = joined(provisioning, product)
    step = f"{WITH_PEOPLE[product]}_leaving"
    provisioning.outside.will("undo", step, Mishap(Killed(), after_the_work=after_the_work))
    provisioning.remove(partner_id, ana)
    provisioning.run()
    left_nothing(provisioning, partner_id, ana)
    assert provisioning.told_gone(ana) == [[product]]


@pytest.mark.parametrize("product", WITH_PEOPLE)
def test_while_the_partner_is_suspended(provisioning: ProvisioningInMemory, product: str) -> None:
    partner_id, ana = joined(provisioning, product)
    provisioning.hear("suspended", {"partner_id": partner_id})
    provisioning.run()
    provisioning.remove(partner_id, ana)
    provisioning.run()
    left_nothing(provisioning, partner_id, ana)
    assert provisioning.told_gone(ana) == [[product]]
    assert provisioning.grant(partner_id, product).state is State.FROZEN
    assert provisioning.switches() == {"off"}
    provisioning.hear("resumed", {"partner_id": partner_id})
    provisioning.run()
    assert provisioning.grant(partner_id, product).state is State.GRANTED
    left_nothing(provisioning, partner_id, ana)


def test_what_cannot_be_taken_away_is_stuck_and_seen_and_takes_nothing_from_others(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id, ana = joined(provisioning, "crm")
    provisioning.outside.will("undo", "crm_users_leaving", Mishap(REFUSED))
    provisioning.remove(partner_id, ana)
    provisioning.run()
    grant = provisioning.grant(partner_id, "crm")
    assert (grant.state, grant.intent) == (State.GRANTED, Intent.ON)
    assert grant.stuck_step is not None
    assert (grant.stuck_step.name, grant.stuck_step.cause and grant.stuck_step.cause.code) == (
        "crm_users_leaving",
        "refused",
    )
    stuck = next(one.data for one in provisioning.database.events if one.name == "access.stuck")
    assert (stuck["step"], stuck["wanted"], stuck["code"]) == ("crm_users_leaving", "off", "refused")
    assert provisioning.told_gone(ana) == []
    assert ana in {member_id for _, member_id in provisioning.database.rows.seats}
    with provisioning.database.open() as work:
        retry_grant(work, RetryGrant(grant.grant_id))
    provisioning.run()
    left_nothing(provisioning, partner_id, ana)
    assert provisioning.told_gone(ana) == [["crm"]]


def test_a_step_that_an_operator_skips_is_not_told_as_gone(provisioning: ProvisioningInMemory) -> None:
    partner_id, ana = joined(provisioning, "crm", "analytics")
    provisioning.outside.will("undo", "crm_users_leaving", Mishap(REFUSED))
    provisioning.remove(partner_id, ana)
    provisioning.run()
    grant_id = provisioning.grant(partner_id, "crm").grant_id
    with provisioning.database.open() as work:
        skip_step(work, SkipStep(grant_id=grant_id, step="crm_users_leaving", reason="Done by hand."))
    assert provisioning.told_gone(ana) == [["analytics"]]
    assert provisioning.database.rows.partners[partner_id].leavers == ()


def test_who_leaves_after_one_that_an_operator_skipped_is_taken_away(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id, ana = joined(provisioning, "crm")
    provisioning.outside.will("undo", "crm_users_leaving", Mishap(REFUSED))
    provisioning.remove(partner_id, ana)
    provisioning.run()
    grant_id = provisioning.grant(partner_id, "crm").grant_id
    skip = SkipStep(grant_id=grant_id, step="crm_users_leaving", reason="Done by hand.")
    provisioning.do(skip_step, skip)
    ben = provisioning.join(partner_id, "ben@example.com")
    provisioning.run()
    provisioning.remove(partner_id, ben)
    provisioning.run()
    left_nothing(provisioning, partner_id, ben)
    assert provisioning.told_gone(ben) == [["crm"]]


def test_what_is_stuck_and_was_done_by_hand_is_found_by_the_next_look(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id, ana = joined(provisioning, "crm")
    provisioning.outside.will("undo", "crm_users_leaving", Mishap(REFUSED))
    provisioning.remove(partner_id, ana)
    provisioning.run()
    grant = provisioning.grant(partner_id, "crm")
    provisioning.outside.people[grant.grant_id, "crm_users"].remove(ana)
    provisioning.later(3600)
    provisioning.advance(grant.grant_id)
    provisioning.run()
    assert provisioning.told_gone(ana) == [["crm"]]
    assert provisioning.grant(partner_id, "crm").stuck_step is None


def test_whoever_was_refused_holds_up_nobody_once_gone(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.plan("crm")
    ana = provisioning.join(partner_id)
    provisioning.outside.will("apply", "crm_users", Mishap(RefusedFor(REFUSED, [ana])))
    provisioning.run()
    assert provisioning.grant(partner_id, "crm").state is State.FAILED
    provisioning.remove(partner_id, ana)
    provisioning.run()
    assert provisioning.grant(partner_id, "crm").state is State.GRANTED
    left_nothing(provisioning, partner_id, ana)


def test_offboarding_meanwhile_waits_until_the_person_is_gone(provisioning: ProvisioningInMemory) -> None:
    partner_id, ana = joined(provisioning, "crm")
    provisioning.outside.will("undo", "crm_users_leaving", Mishap(REFUSED, times=1))
    provisioning.remove(partner_id, ana)
    provisioning.advance(provisioning.grant(partner_id, "crm").grant_id)
    provisioning.hear("offboarding_started", {"partner_id": partner_id})
    provisioning.run()
    left_nothing(provisioning, partner_id, ana)
    assert provisioning.told_gone(ana) == [["crm"]]
    assert provisioning.database.rows.seats == {}
    assert provisioning.database.names()[-1] == "access.cleared"


def test_a_partner_is_not_told_gone_before_who_left_it_is(provisioning: ProvisioningInMemory) -> None:
    partner_id, ana = joined(provisioning, "crm")
    provisioning.outside.will("undo", "crm_users_leaving", Mishap(REFUSED, times=99))
    provisioning.remove(partner_id, ana)
    provisioning.after("offboarding_started", partner_id)
    grant = provisioning.grant(partner_id, "crm")
    assert (grant.state, grant.stuck_step) == (State.REVOKING, grant.leaving)
    assert not {"access.revoked", "access.cleared"} & set(provisioning.database.names())
    provisioning.outside.mishaps.clear()
    provisioning.do(retry_grant, RetryGrant(grant.grant_id))
    provisioning.run()
    assert provisioning.database.names()[-2:] == ["access.cleared", "access.member_removed"]
    left_nothing(provisioning, partner_id, ana)


def test_added_again_by_another_membership_right_after(provisioning: ProvisioningInMemory) -> None:
    partner_id, ana = joined(provisioning, "crm", "analytics")
    provisioning.remove(partner_id, ana)
    anew = provisioning.join(partner_id)
    provisioning.run()
    for product in ("crm", "analytics"):
        assert anew in seated(provisioning, partner_id, product)
        assert ana not in seated(provisioning, partner_id, product)
    assert provisioning.told_gone(ana) == [["analytics", "crm"]]
    assert [sorted(told) for told in provisioning.told(anew)] == [["analytics", "crm"]]


def test_two_who_leave_one_while_the_other_is_under_way(provisioning: ProvisioningInMemory) -> None:
    partner_id, ana = joined(provisioning, "crm")
    ben = provisioning.join(partner_id, "ben@example.com")
    provisioning.run()
    grant_id = provisioning.grant(partner_id, "crm").grant_id
    provisioning.remove(partner_id, ana)
    begun = provisioning.begin(grant_id)
    assert steps_of(begun) == ["crm_users_leaving"]
    provisioning.remove(partner_id, ben)
    provisioning.note(begun, provisioning.call(begun))
    assert provisioning.told_gone(ana) == provisioning.told_gone(ben) == []
    provisioning.run()
    for person in (ana, ben):
        left_nothing(provisioning, partner_id, person)
        assert provisioning.told_gone(person) == [["crm"]]


def test_another_worker_at_work_on_the_person_is_waited_for(provisioning: ProvisioningInMemory) -> None:
    partner_id, ana = joined(provisioning, "crm")
    [person] = [
        one for one in provisioning.database.rows.partners[partner_id].members if one.member_id == ana
    ]
    provisioning.remove(partner_id, ana)
    provisioning.locks.held_by_another.add(person.person_id)
    provisioning.advance(provisioning.grant(partner_id, "crm").grant_id)
    assert ana in seated(provisioning, partner_id, "crm")
    provisioning.locks.held_by_another.clear()
    provisioning.run()
    left_nothing(provisioning, partner_id, ana)


def test_a_new_contact_is_told_outside_and_the_former_one_hears_nothing_twice(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id, ana = joined(provisioning, "cloud_sandbox")
    partner = provisioning.database.rows.partners[partner_id]
    [former] = [one.member_id for one in partner.members if one.is_contact]
    calls = len(provisioning.outside.calls)
    for _ in range(2):
        provisioning.hear(
            "contact_changed", {"partner_id": partner_id, "member_id": ana, "changed_at": datetime.now(UTC)}
        )
        provisioning.run()
    assert provisioning.outside.calls[calls:] == [("apply", "sandbox_budget")]
    contacts = [
        one.member_id for one in provisioning.database.rows.partners[partner_id].members if one.is_contact
    ]
    assert contacts == [ana]
    assert provisioning.told(former) == []
    provisioning.remove(partner_id, former)
    provisioning.run()
    assert provisioning.told_gone(former) == [["cloud_sandbox"]]


def test_a_later_person_is_not_held_up_by_a_removal_in_backoff(provisioning: ProvisioningInMemory) -> None:
    partner_id, ana = joined(provisioning, "crm")
    provisioning.outside.will("undo", "crm_users_leaving", Mishap(THROTTLED))
    provisioning.remove(partner_id, ana)
    ben = provisioning.join(partner_id, "ben@example.com")
    provisioning.advance(provisioning.grant(partner_id, "crm").grant_id)
    assert ben in seated(provisioning, partner_id, "crm")
    leaving = provisioning.grant(partner_id, "crm").leaving
    assert leaving is not None
    assert (leaving.standing, leaving.retry_at is not None) == (Standing.UNKNOWN, True)
    assert "access.failed" not in provisioning.database.names()
    provisioning.run()
    left_nothing(provisioning, partner_id, ana)


def test_a_worker_who_lost_its_lock_and_seats_who_is_gone_by_now(provisioning: ProvisioningInMemory) -> None:
    partner_id, ana = joined(provisioning, "crm")
    grant_id = provisioning.grant(partner_id, "crm").grant_id
    provisioning.join(partner_id, "ben@example.com")
    late = provisioning.begin(grant_id)
    assert [(call.attempt.step_name, call.attempt.target) for call in late] == [("crm_users", Intent.ON)]
    provisioning.remove(partner_id, ana)
    provisioning.run()
    assert provisioning.told_gone(ana) == [["crm"]]
    provisioning.note(late, provisioning.call(late))
    provisioning.run()
    left_nothing(provisioning, partner_id, ana)
