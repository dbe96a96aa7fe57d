"""What the catalogue of today would change in a plan is listed first, and then done by the same code."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.unit.provisioning.conftest import CATALOGUE, ProvisioningInMemory, approval, entry_for
from tests.unit.provisioning.products import PRODUCTS

from provisioning.domain.catalogue import CatalogueEntry
from provisioning.domain.grant_states import State
from provisioning.domain.plan_changes import Kind, PlanPreview
from provisioning.domain.refusals import Refused
from provisioning.handlers.commands import ChangePlan, PreviewPlan, RetryGrant
from provisioning.handlers.grants import retry_grant
from provisioning.handlers.make_rounds import make_rounds
from provisioning.handlers.plans import change_plan, preview_plan
from provisioning.handlers.ports import Policies

CHANGEABLE = {**PRODUCTS, "crm": replace(PRODUCTS["crm"], changeable=("seats",))}


class Planning:
    """One partner with a CRM and an IoT grant, under a catalogue that can be exchanged."""

    def __init__(self, provisioning: ProvisioningInMemory) -> None:
        self.provisioning = provisioning
        self.offer(entry("crm", seats=5), entry("iot"))
        self.partner_id = provisioning.active("crm", "iot", "analytics")

    def offer(self, *entries: CatalogueEntry) -> None:
        catalogue = replace(CATALOGUE, entries=entries, products=CHANGEABLE)
        self.provisioning.database.policies = Policies(catalogue=catalogue)

    def preview(self) -> PlanPreview:
        with self.provisioning.database.open() as work:
            return preview_plan(work, PreviewPlan(self.partner_id))

    def change(self, listed: PlanPreview) -> None:
        with self.provisioning.database.open() as work:
            command = ChangePlan(partner_id=self.partner_id, preview_id=listed.preview_id)
            assert change_plan(work, command) == listed
        self.provisioning.run()

    def kinds(self) -> dict[str, Kind]:
        return {one.product: one.kind for one in self.preview().differences}

    def state(self, product: str) -> State:
        return self.provisioning.grant(self.partner_id, product).state


def entry(product: str, *, required: bool = True, **parameters: Any) -> CatalogueEntry:
    return replace(entry_for(product, required=required), parameters=parameters)


@pytest.fixture
def planning(provisioning: ProvisioningInMemory) -> Planning:
    return Planning(provisioning)


def planned(provisioning: ProvisioningInMemory) -> list[Mapping[str, Any]]:
    return provisioning.data_of("access.planned")


def test_the_catalogue_that_made_it_changes_nothing(planning: Planning) -> None:
    listed = planning.preview()
    assert listed.differences == ()
    planning.change(listed)
    assert len(planned(planning.provisioning)) == 1


def test_differences_are_listed_with_their_entries_and_nothing_is_done(planning: Planning) -> None:
    planning.offer(entry("analytics"), entry("crm", seats=9, required=False))
    told = {one.product: one for one in planning.preview().differences}
    assert {name: (one.kind, one.entry) for name, one in told.items()} == {
        "analytics": (Kind.ADDED, 1),
        "crm": (Kind.CHANGED, 2),
        "iot": (Kind.TAKEN_AWAY, None),
    }
    assert told["crm"].changes == {"required": (True, False), "seats": (5, 9)}
    assert planning.state("iot") is State.GRANTED


def test_what_was_listed_is_carried_out_and_then_nothing_differs(planning: Planning) -> None:
    provisioning = planning.provisioning
    provisioning.outside.calls.clear()
    planning.offer(entry("analytics"), entry("crm", seats=9, required=False))
    planning.change(planning.preview())

    assert planning.state("analytics") is State.GRANTED
    assert planning.state("iot") is State.REVOKED
    crm = provisioning.grant(planning.partner_id, "crm")
    assert (crm.state, crm.parameters, crm.is_required) == (State.GRANTED, {"seats": 9}, False)
    done = [step for action, step in provisioning.outside.calls if action == "apply" and "crm" in step]
    assert done == ["crm_group", "crm_users"]
    products = {grant["product"]: grant["required"] for grant in planned(provisioning)[-1]["grants"]}
    assert products == {"analytics": True, "crm": False, "iot": False}
    assert planning.kinds() == {}


def test_what_cannot_be_changed_in_place_is_listed_and_left(planning: Planning) -> None:
    planning.offer(entry("crm", seats=9, group="friends"), entry("iot"))
    [listed] = planning.preview().differences
    assert listed.held_up_by == ("group",)
    planning.change(planning.preview())
    assert planning.provisioning.grant(planning.partner_id, "crm").parameters == {"seats": 5}


def test_what_was_taken_away_is_not_brought_back(planning: Planning) -> None:
    planning.offer(entry("crm", seats=5))
    planning.change(planning.preview())
    planning.offer(entry("crm", seats=5), entry("iot"))
    assert planning.kinds() == {"iot": Kind.LEFT}
    planning.change(planning.preview())
    assert planning.state("iot") is State.REVOKED


def test_another_catalogue_or_grant_than_was_seen_is_not_carried_out(planning: Planning) -> None:
    planning.offer(entry("crm", seats=9), entry("iot"))
    seen = planning.preview()
    planning.offer(entry("crm", seats=99), entry("iot"))
    with pytest.raises(Refused, match="preview_outdated"):
        planning.change(seen)
    assert planning.provisioning.grant(planning.partner_id, "crm").parameters == {"seats": 5}


def test_what_is_added_for_a_suspended_partner_is_made_when_it_is_resumed(planning: Planning) -> None:
    planning.provisioning.hear("suspended", {"partner_id": planning.partner_id})
    planning.provisioning.run()
    planning.offer(entry("analytics"), entry("crm", seats=9), entry("iot"))
    planning.change(planning.preview())
    assert planning.state("analytics") is State.PLANNED
    assert planning.state("crm") is State.FROZEN
    planning.provisioning.hear("resumed", {"partner_id": planning.partner_id})
    planning.provisioning.run()
    assert planning.state("analytics") is planning.state("crm") is State.GRANTED


def test_a_suspended_partner_without_any_grant_gets_nothing_before_it_is_resumed(
    provisioning: ProvisioningInMemory,
) -> None:
    planning = Planning(provisioning)
    planning.offer()
    planning.partner_id = provisioning.active("crm")
    provisioning.hear("suspended", {"partner_id": planning.partner_id})
    planning.offer(entry("crm", seats=5))
    planning.change(planning.preview())
    assert planning.state("crm") is State.PLANNED
    provisioning.hear("resumed", {"partner_id": planning.partner_id})
    provisioning.run()
    assert planning.state("crm") is State.GRANTED


@pytest.mark.parametrize("moment", ["unknown", "approved", "leaving"])
def test_without_a_plan_there_is_nothing_to_change(planning: Planning, moment: str) -> None:
    if moment == "leaving":
        planning.provisioning.hear("offboarding_started", {"partner_id": planning.partner_id})
    else:
        planning.partner_id = UUID(int=uuid4().int)
    with pytest.raises(Refused, match="no_plan"):
        planning.preview()


def test_another_tier_does_what_differs_because_of_it_alone(planning: Planning) -> None:
    provisioning = planning.provisioning
    planning.offer(
        replace(entry("analytics"), tiers=frozenset({"premier"}), only_if_wanted=False),
        replace(entry("crm", seats=50), tiers=frozenset({"premier"})),
        replace(entry("crm", seats=9), tiers=frozenset({"select"})),
        replace(entry("iot"), tiers=frozenset({"select"})),
    )
    with provisioning.database.open() as work:
        listed = preview_plan(work, PreviewPlan(planning.partner_id, "premier")).differences
    assert {one.product: one.kind for one in listed} == {
        "analytics": Kind.ADDED,
        "crm": Kind.CHANGED,
        "iot": Kind.TAKEN_AWAY,
    }
    provisioning.hear("tier_changed", {"partner_id": planning.partner_id, "tier": "premier"})
    provisioning.run()
    assert planning.state("analytics") is planning.state("crm") is State.GRANTED
    assert planning.state("iot") is State.REVOKED
    assert provisioning.grant(planning.partner_id, "crm").parameters == {"seats": 50}


def test_what_a_tier_took_away_does_not_come_back_with_the_former_one(planning: Planning) -> None:
    provisioning = planning.provisioning
    planning.offer(replace(entry("crm", seats=5), tiers=frozenset({"select"})), entry("iot"))
    for tier in ("premier", "select"):
        provisioning.hear("tier_changed", {"partner_id": planning.partner_id, "tier": tier})
        provisioning.run()
    assert planning.state("crm") is State.REVOKED
    assert planning.kinds() == {"crm": Kind.LEFT}


def test_a_new_catalogue_waits_for_an_operator_also_when_the_tier_changes(planning: Planning) -> None:
    planning.offer(entry("crm", seats=9), entry("iot"))
    planning.provisioning.hear("tier_changed", {"partner_id": planning.partner_id, "tier": "premier"})
    assert planning.provisioning.grant(planning.partner_id, "crm").parameters == {"seats": 5}
    assert planning.kinds() == {"crm": Kind.CHANGED}


def test_an_older_tier_that_comes_late_and_one_of_a_partner_that_leaves_change_nothing(
    planning: Planning,
) -> None:
    provisioning = planning.provisioning
    planning.offer(replace(entry("crm", seats=5), tiers=frozenset({"select"})), entry("iot"))
    late = provisioning.last_sequence + 1
    provisioning.last_sequence += 1
    provisioning.hear("tier_changed", {"partner_id": planning.partner_id, "tier": "select"})
    provisioning.hear("tier_changed", {"partner_id": planning.partner_id, "tier": "premier"}, late)
    assert planning.kinds() == {}
    provisioning.hear("offboarding_started", {"partner_id": planning.partner_id})
    provisioning.hear("tier_changed", {"partner_id": planning.partner_id, "tier": "premier"})
    provisioning.run()
    assert planning.state("crm") is State.REVOKED


def test_before_the_agreement_a_tier_is_kept_for_the_plan(provisioning: ProvisioningInMemory) -> None:
    partner_id = uuid4()
    entries = (replace(entry("crm"), tiers=frozenset({"premier"})),)
    catalogue = replace(CATALOGUE, entries=entries, products=CHANGEABLE)
    provisioning.database.policies = Policies(catalogue=catalogue)
    provisioning.hear("approved", approval(partner_id, ["crm"]))
    provisioning.hear("tier_changed", {"partner_id": partner_id, "tier": "premier"})
    provisioning.hear("approved", approval(partner_id, ["crm"]), 1)
    provisioning.hear("agreement_accepted", {"partner_id": partner_id})
    provisioning.run()
    assert provisioning.grant(partner_id, "crm").state is State.GRANTED


def test_a_tier_that_comes_late_for_a_partner_that_left_unknown_is_no_reason_to_wait(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id = uuid4()
    provisioning.hear("offboarding_started", {"partner_id": partner_id})
    provisioning.hear("tier_changed", {"partner_id": partner_id, "tier": "premier"}, 1)


@pytest.mark.parametrize(("days", "moved"), [(60, 30), (10, 0)])
def test_a_longer_time_moves_the_end_on_and_a_shorter_one_leaves_it(
    provisioning: ProvisioningInMemory, days: int, moved: int
) -> None:
    planning = Planning(provisioning)
    planning.offer(entry("crm", lease_days=30))
    planning.partner_id = provisioning.active("crm")
    lease = provisioning.grant(planning.partner_id, "crm").lease
    assert lease is not None
    before = lease.ends_at
    planning.offer(entry("crm", lease_days=days))
    planning.change(planning.preview())
    lease = provisioning.grant(planning.partner_id, "crm").lease
    assert lease is not None
    assert (lease.ends_at - before, lease.terms.days) == (timedelta(days=moved), days)


def test_another_plan_does_not_hide_what_somebody_switched_off(planning: Planning) -> None:
    """It is as the new plan says once an operator gives it back."""
    provisioning = planning.provisioning
    grant_id = provisioning.grant(planning.partner_id, "crm").grant_id
    provisioning.outside.standing[grant_id, "crm_users"] = "off"
    provisioning.later(36 * 3600)
    provisioning.do(make_rounds)
    provisioning.run()
    planning.offer(entry("crm", seats=9), entry("iot"))
    planning.change(planning.preview())
    stuck = provisioning.grant(planning.partner_id, "crm").stuck_step
    assert (planning.state("crm"), stuck and stuck.name) == (State.FAILED, "crm_users")
    provisioning.do(retry_grant, RetryGrant(grant_id))
    provisioning.run()
    assert planning.state("crm") is State.GRANTED
    assert ("unfreeze", "crm_users") in provisioning.outside.calls
