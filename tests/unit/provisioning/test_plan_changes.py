"""What the catalogue of today would change in a plan is listed first, and then done by the same code."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.unit.provisioning.conftest import CATALOGUE, ProvisioningInMemory, entry_for
from tests.unit.provisioning.products import PRODUCTS

from provisioning.domain.catalogue import CatalogueEntry
from provisioning.domain.grant_states import State
from provisioning.domain.plan_changes import Kind, PlanPreview
from provisioning.domain.refusals import NoPlan, PreviewOutdated
from provisioning.handlers.commands import ChangePlan, PreviewPlan
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
    with pytest.raises(PreviewOutdated):
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
    with pytest.raises(NoPlan):
        planning.preview()
