"""A person who confirms late gets a seat wherever the partner has people, and is told of it once."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.unit.provisioning.conftest import CATALOGUE, ProvisioningInMemory, approval, member
from tests.unit.provisioning.fake_database import Killed
from tests.unit.provisioning.fake_outside import Mishap
from tests.unit.provisioning.products import PRODUCTS

from chassis.failures import NeverPossible, NotNow
from provisioning.domain.grant_states import State
from provisioning.handlers.commands import RetryGrant, WaiveGrant
from provisioning.handlers.grants import retry_grant, waive_grant
from provisioning.handlers.ports import Policies, RefusedFor

WITH_PEOPLE = {name: product.people_step for name, product in PRODUCTS.items() if product.people_step}
THROTTLED, REFUSED = NotNow("throttled", "Slow down."), NeverPossible("refused", "Refused.")


def seated(provisioning: ProvisioningInMemory, partner_id: UUID, product: str) -> list[UUID]:
    grant = provisioning.grant(partner_id, product)
    return provisioning.outside.people.get((grant.grant_id, WITH_PEOPLE[product]), [])


def test_every_product_says_whether_people_have_seats_in_it() -> None:
    assert WITH_PEOPLE == {
        "cloud_sandbox": "sandbox_sign_in",
        "analytics": "analytics_seats",
        "crm": "crm_users",
    }
    assert all(step in PRODUCTS[name].steps for name, step in WITH_PEOPLE.items())


def test_who_joins_a_partner_gets_a_seat_in_everything_with_people(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id = provisioning.active(*PRODUCTS)
    calls = len(provisioning.outside.calls)
    ana = provisioning.join(partner_id)
    for product in PRODUCTS:
        assert provisioning.grant(partner_id, product).state is State.GRANTED, "for the others meanwhile"
    assert provisioning.told(ana) == []
    provisioning.run()
    assert sorted(provisioning.outside.calls[calls:]) == [
        ("apply", step) for step in sorted(WITH_PEOPLE.values())
    ]
    for product in WITH_PEOPLE:
        assert ana in seated(provisioning, partner_id, product)
        assert len(seated(provisioning, partner_id, product)) == 2
    assert [sorted(told) for told in provisioning.told(ana)] == [sorted(WITH_PEOPLE)]


def test_the_contact_is_not_told_and_others_of_the_approval_are(provisioning: ProvisioningInMemory) -> None:
    partner_id = uuid4()
    approved = approval(partner_id, ["crm"])
    ben = member(given_name="Ben", email="ben@example.com", is_contact=False)
    provisioning.hear("approved", {**approved, "members": [*approved["members"], ben]})
    provisioning.after("agreement_accepted", partner_id)
    assert provisioning.told(ben["member_id"]) == [["crm"]]
    assert provisioning.database.names().count("access.member_added") == 1


def test_the_same_news_a_second_time_changes_nothing(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.active("crm")
    ana = member(given_name="Ana", email="ana@example.com", is_contact=False)
    for _ in range(2):
        provisioning.hear("member_added", {"partner_id": partner_id, "member": ana})
        provisioning.hear("member_added", {"partner_id": partner_id, "member": ana})
        provisioning.run()
    assert provisioning.outside.calls.count(("apply", "crm_users")) == 2
    assert provisioning.told(ana["member_id"]) == [["crm"]]


def test_who_joins_before_the_agreement_is_in_the_plan_from_the_start(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id = uuid4()
    with pytest.raises(NotNow, match="partner_not_known"):
        provisioning.join(partner_id)
    approved = approval(partner_id, ["crm"])
    provisioning.hear("approved", approved)
    ana = provisioning.join(partner_id)
    provisioning.hear("approved", approved)
    provisioning.after("agreement_accepted", partner_id)
    assert ana in seated(provisioning, partner_id, "crm")
    assert provisioning.outside.calls.count(("apply", "crm_users")) == 1
    assert provisioning.told(ana) == [["crm"]]


@pytest.mark.parametrize("product", WITH_PEOPLE)
@pytest.mark.parametrize("mishap", [None, THROTTLED, REFUSED])
def test_who_joins_while_the_step_is_under_way_is_not_missed(
    provisioning: ProvisioningInMemory, product: str, mishap: Exception | None
) -> None:
    """The call that is under way knows nothing of the person, however it ends."""
    partner_id = provisioning.plan(product)
    grant_id = provisioning.grant(partner_id, product).grant_id
    begun = provisioning.begin_at(grant_id, WITH_PEOPLE[product])
    ana = provisioning.join(partner_id)
    if mishap:
        provisioning.outside.will("apply", WITH_PEOPLE[product], Mishap(mishap, after_the_work=True))
    provisioning.note(begun, provisioning.call(begun))
    provisioning.run()
    assert ana in seated(provisioning, partner_id, product)
    assert provisioning.grant(partner_id, product).state is State.GRANTED
    assert provisioning.told(ana) == [[product]]
    assert "access.failed" not in provisioning.database.names()


@pytest.mark.parametrize("product", WITH_PEOPLE)
@pytest.mark.parametrize("after_the_work", [False, True])
def test_a_worker_killed_while_it_adds_somebody_leaves_no_trace(
    provisioning: ProvisioningInMemory, product: str, after_the_work: bool
) -> None:
    partner_id = provisioning.active(product)
    provisioning.outside.will("apply", WITH_PEOPLE[product], Mishap(Killed(), after_the_work=after_the_work))
    ana = provisioning.join(partner_id)
    provisioning.run()
    assert ana in seated(provisioning, partner_id, product)
    assert provisioning.told(ana) == [[product]]


def test_a_seat_that_cannot_be_added_yet_is_tried_again_and_takes_nothing_away(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id = provisioning.active("crm")
    provisioning.outside.will("apply", "crm_users", Mishap(THROTTLED))
    ana = provisioning.join(partner_id)
    provisioning.advance(provisioning.grant(partner_id, "crm").grant_id)
    grant = provisioning.grant(partner_id, "crm")
    assert grant.state is State.GRANTED
    assert grant.people_step
    assert None not in (grant.people_step.cause, grant.people_step.retry_at)
    failed = provisioning.database.events[-1]
    assert failed.name == "access.failed"
    assert (failed.data["step"], failed.data["code"]) == ("crm_users", "throttled")
    assert provisioning.told(ana) == []
    provisioning.run()
    assert provisioning.told(ana) == [["crm"]]
    assert provisioning.database.names().count("access.granted") == 2


def test_a_seat_that_is_refused_holds_nobody_up(provisioning: ProvisioningInMemory) -> None:
    """The person hears of what is there; a second one gets in; an operator's retry brings the first in."""
    partner_id = provisioning.active("crm", "cloud_sandbox")
    provisioning.outside.will("apply", "crm_users", Mishap(REFUSED))
    ana = provisioning.join(partner_id)
    provisioning.run()
    grant = provisioning.grant(partner_id, "crm")
    assert grant.state is State.GRANTED
    assert grant.stuck_step
    assert provisioning.told(ana) == [["cloud_sandbox"]]

    only_ana = RefusedFor(REFUSED, [ana])
    provisioning.outside.will("apply", "crm_users", Mishap(only_ana, after_the_work=True))
    ben = provisioning.join(partner_id, "ben@example.com")
    provisioning.run()
    assert provisioning.grant(partner_id, "crm").stuck_step, "Ana still is refused"
    assert [sorted(told) for told in provisioning.told(ben)] == [["cloud_sandbox", "crm"]]
    assert ben in provisioning.told_to_have("crm")
    assert ana not in provisioning.told_to_have("crm")

    provisioning.do(retry_grant, RetryGrant(grant.grant_id))
    provisioning.run()
    assert ana in seated(provisioning, partner_id, "crm")
    assert not provisioning.grant(partner_id, "crm").stuck_step
    assert provisioning.told(ana) == [["cloud_sandbox"]], "told once"
    assert {ana, ben} < provisioning.told_to_have("crm")


def test_a_product_without_seats_is_told_as_the_partners(provisioning: ProvisioningInMemory) -> None:
    provisioning.active(*PRODUCTS)
    granted = provisioning.data_of("access.granted")
    assert {data["product"]: len(data.get("member_ids", [])) for data in granted} == {
        product: product in WITH_PEOPLE for product in PRODUCTS
    }


def test_of_two_who_join_together_the_refused_one_is_not_told_of_what_the_other_has(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id = provisioning.active("crm")
    ana, ben = provisioning.join(partner_id), provisioning.join(partner_id, "ben@example.com")
    only_ana = Mishap(RefusedFor(REFUSED, [ana]), after_the_work=True)
    provisioning.outside.will("apply", "crm_users", only_ana)
    provisioning.run()
    assert provisioning.told(ana) == [[]]
    assert provisioning.told(ben) == [["crm"]]


def test_who_joins_a_grant_that_failed_waits_for_the_operator_with_the_others(
    provisioning: ProvisioningInMemory,
) -> None:
    provisioning.outside.will("apply", "crm_users", Mishap(REFUSED))
    partner_id = provisioning.active("crm")
    ana = provisioning.join(partner_id)
    provisioning.run()
    grant = provisioning.grant(partner_id, "crm")
    assert grant.state is State.FAILED
    assert provisioning.told(ana) == [[]], "what failed for good holds nobody up"
    provisioning.do(retry_grant, RetryGrant(grant.grant_id))
    provisioning.run()
    assert provisioning.grant(partner_id, "crm").state is State.GRANTED
    assert ana in seated(provisioning, partner_id, "crm")


def test_a_required_product_in_the_making_is_waited_for_and_a_failed_one_is_not(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id = provisioning.plan("crm", "cloud_sandbox")
    provisioning.outside.will("apply", "sandbox_role", Mishap(REFUSED))
    ana = provisioning.join(partner_id)
    provisioning.advance(provisioning.grant(partner_id, "crm").grant_id)
    assert provisioning.told(ana) == []
    provisioning.run()
    assert provisioning.told(ana) == [["crm"]]
    provisioning.do(
        waive_grant,
        WaiveGrant(
            grant_id=provisioning.grant(partner_id, "cloud_sandbox").grant_id,
            reason="Has one.",
            by="amara",
        ),
    )
    ben = provisioning.join(partner_id, "ben@example.com")
    provisioning.run()
    assert provisioning.told(ben) == [["crm"]]
    assert provisioning.database.names().count("access.member_added") == 2


def test_a_product_that_is_not_required_is_not_waited_for_while_it_fails(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id = provisioning.plan("crm", "analytics")
    provisioning.outside.will("apply", "crm_users", Mishap(THROTTLED))
    ana = provisioning.join(partner_id)
    provisioning.advance(provisioning.grant(partner_id, "analytics").grant_id)
    assert provisioning.told(ana) == []
    provisioning.advance(provisioning.grant(partner_id, "crm").grant_id)
    assert provisioning.told(ana) == [["analytics"]]
    provisioning.run()
    assert ana in seated(provisioning, partner_id, "crm")
    assert provisioning.told(ana) == [["analytics"]]


def test_a_waiver_ends_the_waiting(provisioning: ProvisioningInMemory) -> None:
    provisioning.outside.will("apply", "sandbox_account", Mishap(THROTTLED, times=2))
    partner_id = provisioning.plan("cloud_sandbox")
    ana = provisioning.join(partner_id)
    provisioning.advance(provisioning.grant(partner_id, "cloud_sandbox").grant_id)
    assert provisioning.told(ana) == []
    provisioning.do(
        waive_grant,
        WaiveGrant(
            grant_id=provisioning.grant(partner_id, "cloud_sandbox").grant_id,
            reason="Not now.",
            by="amara",
        ),
    )
    assert provisioning.told(ana) == [[]]


def test_a_partner_without_products_for_people_still_hears_of_those_who_join(
    provisioning: ProvisioningInMemory,
) -> None:
    provisioning.database.policies = Policies(catalogue=replace(CATALOGUE, entries=()))
    ana = provisioning.join(provisioning.active())
    assert provisioning.told(ana) == [[]]


@pytest.mark.parametrize("product", WITH_PEOPLE)
def test_who_joins_a_suspended_partner_has_a_seat_when_it_is_resumed(
    provisioning: ProvisioningInMemory, product: str
) -> None:
    partner_id = provisioning.active(product)
    provisioning.after("suspended", partner_id)
    ana = provisioning.join(partner_id)
    provisioning.run()
    assert provisioning.grant(partner_id, product).state is State.FROZEN
    assert provisioning.switches() == {"off"}
    assert provisioning.told(ana) == []
    provisioning.after("resumed", partner_id)
    assert provisioning.grant(partner_id, product).state is State.GRANTED
    assert ana in seated(provisioning, partner_id, product)
    assert provisioning.told(ana) == [[product]]
    assert provisioning.database.names()[-3:] == ["access.unfrozen", "access.granted", "access.member_added"]


def test_a_seat_that_is_refused_after_the_suspension_keeps_what_was_given_back(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id = provisioning.active("crm")
    provisioning.after("suspended", partner_id)
    provisioning.join(partner_id)
    provisioning.outside.will("apply", "crm_users", Mishap(REFUSED))
    provisioning.after("resumed", partner_id)
    assert provisioning.grant(partner_id, "crm").state is State.GRANTED
    assert set(provisioning.outside.standing.values()) == {"on"}


@pytest.mark.parametrize("mishap", [None, THROTTLED, REFUSED, Killed()])
@pytest.mark.parametrize("heard", ["suspended", "offboarding_started"])
def test_taking_away_overtakes_adding(
    provisioning: ProvisioningInMemory, heard: str, mishap: BaseException | None
) -> None:
    partner_id = provisioning.active("crm")
    grant_id = provisioning.grant(partner_id, "crm").grant_id
    if mishap:
        provisioning.outside.will("apply", "crm_users", Mishap(mishap, after_the_work=True))
    provisioning.join(partner_id)
    with suppress(Killed):
        provisioning.advance(grant_id)
    provisioning.after(heard, partner_id)
    if heard == "suspended":
        assert set(provisioning.outside.standing.values()) == {"off"}
        provisioning.after("offboarding_started", partner_id)
    assert provisioning.outside.standing == {}
    assert provisioning.database.rows.seats == {}
    assert provisioning.database.names()[-1] == "access.cleared"


def test_nobody_joins_a_partner_that_leaves(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.active("crm")
    provisioning.hear("offboarding_started", {"partner_id": partner_id})
    ana = provisioning.join(partner_id)
    provisioning.run()
    provisioning.join(partner_id)
    unknown = uuid4()
    provisioning.hear("offboarding_started", {"partner_id": unknown})
    provisioning.join(unknown)
    provisioning.run()
    assert provisioning.outside.standing == {}
    assert provisioning.told(ana) == []
    assert provisioning.outside.calls.count(("apply", "crm_users")) == 1


def test_a_person_who_is_worked_on_for_another_partner_is_waited_for(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id = provisioning.plan("crm")
    [contact] = provisioning.database.rows.partners[partner_id].members
    provisioning.locks.held_by_another.add(contact.person_id)
    grant_id = provisioning.grant(partner_id, "crm").grant_id
    provisioning.database.jobs.clear()
    provisioning.advance(grant_id)
    assert provisioning.outside.calls == [("apply", "crm_group")], "only people are waited for"
    assert provisioning.database.rows.seats == {}
    provisioning.locks.held_by_another.clear()
    provisioning.run()
    assert provisioning.grant(partner_id, "crm").state is State.GRANTED


def test_a_look_before_the_next_attempt_forgets_nobody(
    provisioning: ProvisioningInMemory,
) -> None:
    """All that is seen is as it was made."""
    partner_id = provisioning.active("crm")
    grant_id = provisioning.grant(partner_id, "crm").grant_id
    later = NotNow("throttled", "Slow down.", retry_after=timedelta(minutes=10))
    provisioning.outside.will("apply", "crm_users", Mishap(later))
    ana = provisioning.join(partner_id)
    provisioning.advance(grant_id)
    with provisioning.database.open() as work:
        grant = work.grants.get(grant_id)
        assert grant
        grant.look_by(provisioning.clock.at)
        work.grants.save(grant)
    provisioning.advance(grant_id)
    assert "crm_users" in provisioning.outside.looks
    provisioning.run()
    assert ana in provisioning.told_to_have("crm")
