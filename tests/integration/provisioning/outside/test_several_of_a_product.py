"""A partner has two of every product: each lives and ends by itself, and nothing shared goes early."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from tests.integration.provisioning.conftest import ProvisioningOnPostgres, provisioning_on
from tests.integration.provisioning.outside.test_sweeping import every
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.fake_outside import FakeOutside
from tests.unit.provisioning.products import PRODUCTS
from tests.unit.provisioning.step_contract import Things

from provisioning.domain.findings import Owner, Thing
from provisioning.domain.grant_states import State
from provisioning.domain.grants import Grant
from provisioning.handlers import jobs
from provisioning.handlers.commands import ChangePlan, FreezeGrant, PreviewPlan, ReinstateGrant
from provisioning.handlers.leases import freeze_grant, reinstate_grant
from provisioning.handlers.plans import change_plan, preview_plan

ONE_EACH = """
version: "1"
entries:
  - {product: cloud_sandbox, only_if_wanted: true, required: true,
     parameters: {budget_usd_per_month: 50, budget_thresholds_percent: [80], lease_days: 90}}
  - {product: analytics, only_if_wanted: true, required: true,
     parameters: {scan_limit_bytes: 10000000000, quicksight_role: READER}}
  - {product: crm, only_if_wanted: true, required: true, parameters: {scim_group: partners}}
  - {product: iot, only_if_wanted: true, required: true, parameters: {gateway_count: 1}}
"""
ANOTHER_EACH = """
  - {product: cloud_sandbox, name: lab, only_if_wanted: true, required: false,
     parameters: {budget_usd_per_month: 20, budget_thresholds_percent: [80], lease_days: 30}}
  - {product: analytics, name: lab, only_if_wanted: true, required: false,
     parameters: {scan_limit_bytes: 20000000000, quicksight_role: AUTHOR}}
  - {product: crm, name: lab, only_if_wanted: true, required: false, parameters: {scim_group: testers}}
  - {product: iot, name: lab, only_if_wanted: true, required: false, parameters: {gateway_count: 1}}
"""


class Twofold:
    """The service with the real outside, under a catalogue that can be exchanged."""

    def __init__(self, database_url: str, world: World, folder: Path) -> None:
        self.world, self._database_url, self._file = world, database_url, folder / "catalogue.yaml"
        self.inventories = every(world)

    @contextmanager
    def under(self, catalogue: str) -> Iterator[ProvisioningOnPostgres]:
        self._file.write_text(catalogue)
        environ = {"CATALOGUE_FILE": str(self._file), "STEP_PATIENCE_SECONDS": "60"}
        with provisioning_on(self._database_url, self.world.steps, FakeOutside(), environ) as provisioning:
            yield provisioning

    def stands(self) -> dict[str, Things]:
        return {product: self.world.inventory.of(product) for product in PRODUCTS}

    def owned(self, provisioning: ProvisioningOnPostgres) -> list[tuple[Thing, Owner]]:
        """All that a sweep lists, with whose it is."""
        things = [thing for one in self.inventories.values() for thing in one.page(None).things]
        with provisioning.service.open_work() as work:
            return list(zip(things, work.findings.owners(things), strict=True))


@pytest.fixture
def twofold(database_url: str, world: World, tmp_path: Path) -> Twofold:
    return Twofold(database_url, world, tmp_path)


def grants(provisioning: ProvisioningOnPostgres, partner_id: UUID, entry_name: str) -> dict[str, Grant]:
    with provisioning.service.open_work() as work:
        every = work.grants.of_partner(partner_id)
    return {grant.product_name: grant for grant in every if grant.entry_name == entry_name}


def states(provisioning: ProvisioningOnPostgres, partner_id: UUID, entry_name: str) -> set[State]:
    return {grant.state for grant in grants(provisioning, partner_id, entry_name).values()}


def freeze_and_give_back(provisioning: ProvisioningOnPostgres, partner_id: UUID) -> None:
    """Each of the second ones is off while the first ones are looked at, and stay as they are."""
    seconds = grants(provisioning, partner_id, "lab").values()
    for command, handle in ((FreezeGrant, freeze_grant), (ReinstateGrant, reinstate_grant)):
        with provisioning.service.open_work() as work:
            for grant in seconds:
                handle(work, command(grant.grant_id))
        look_at_all(provisioning, partner_id)
        expected = State.FROZEN if command is FreezeGrant else State.GRANTED
        assert states(provisioning, partner_id, "lab") == {expected}
        assert states(provisioning, partner_id, "") == {State.GRANTED}


def look_at_all(provisioning: ProvisioningOnPostgres, partner_id: UUID) -> None:
    provisioning.work_off()
    with provisioning.service.open_work() as work:
        for grant in work.grants.of_partner(partner_id):
            grant.look_by(work.now())
            work.grants.save(grant)
            work.defer(jobs.advance_grant(grant.grant_id))
    provisioning.work_off()


def test_two_of_each_live_and_end_by_themselves(twofold: Twofold) -> None:
    with twofold.under(ONE_EACH) as provisioning:
        partner_id = provisioning.plan(*PRODUCTS)
        provisioning.join(partner_id, "ana@example.com")
        look_at_all(provisioning, partner_id)
        assert states(provisioning, partner_id, "") == {State.GRANTED}
        one_each = twofold.stands()
    with twofold.under(ONE_EACH + ANOTHER_EACH) as provisioning:
        carry_out(provisioning, partner_id)
        look_at_all(provisioning, partner_id)
        assert states(provisioning, partner_id, "lab") == {State.GRANTED}
        assert states(provisioning, partner_id, "") == {State.GRANTED}
        first, second = (grants(provisioning, partner_id, name) for name in ("", "lab"))
        for product, grant in second.items():
            assert grant.identifiers["entry_name"] == "lab"
            shared = grant.identifiers.items() & first[product].identifiers.items()
            assert {name for name, _ in shared} <= {"sign_in_url", "user_count", "region", "endpoint"}
        assert all(owner.is_live for _, owner in twofold.owned(provisioning))
        freeze_and_give_back(provisioning, partner_id)

    with twofold.under(ONE_EACH) as provisioning:
        carry_out(provisioning, partner_id)
        look_at_all(provisioning, partner_id)
        assert states(provisioning, partner_id, "lab") == {State.REVOKED}
        assert states(provisioning, partner_id, "") == {State.GRANTED}
        left = twofold.stands()
        closed = [one for one in left["cloud_sandbox"].pop("accounts") if one[1] == "ACTIVE"]
        assert closed == one_each["cloud_sandbox"].pop("accounts")
        for stands in (left, one_each):
            stands["crm"].pop("groups")  # shared by all partners, and left
            stands["cloud_sandbox"].pop("policies")
        assert left == one_each
        leave_something_of(twofold, second["iot"])
        [(orphan, owner)] = [one for one in twofold.owned(provisioning) if not one[1].is_live]
        assert (orphan.mark.entry_name, owner.partner_id) == ("lab", partner_id)

        provisioning.hear("offboarding_started", {"partner_id": str(partner_id)})
        provisioning.work_off()
        assert states(provisioning, partner_id, "") == {State.REVOKED}
        assert not any(owner.is_live for _, owner in twofold.owned(provisioning))


def carry_out(provisioning: ProvisioningOnPostgres, partner_id: UUID) -> None:
    with provisioning.service.open_work() as work:
        listed = preview_plan(work, PreviewPlan(partner_id))
        assert {one.entry_name for one in listed.differences} == {"lab"}
        change_plan(work, ChangePlan(partner_id=partner_id, preview_id=listed.preview_id))


def leave_something_of(twofold: Twofold, grant: Grant) -> None:
    group = grant.outputs["thing_group"]
    twofold.world.inventory.aws("iot").create_thing_group(thingGroupName=group)
