"""The CRM: our users come and go, people who were there before stay as they are."""

import dataclasses

import httpx
import pytest
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for

from provisioning.adapters.outside import Outside


def add_by_hand(world: World, user_name: str) -> None:
    body = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": user_name,
        "active": True,
    }
    headers = {
        "Authorization": f"Bearer {world.settings.scim_token}",
        "Content-Type": "application/scim+json",
    }
    httpx.post(f"{world.settings.scim_url}/Users", json=body, headers=headers).raise_for_status()


def test_a_person_who_was_there_before_is_in_the_group_or_not_and_never_switched_off(world: World) -> None:
    order = order_for("crm")
    ours, theirs = order.members[1].email, order.members[0].email
    add_by_hand(world, theirs)
    granting = Granting(order, world.steps)

    granting.apply()
    assert world.inventory.of("crm")["users"] == [(theirs, True), (ours, True)]
    assert len(world.inventory.of("crm")["members"]) == 2

    granting.freeze()
    assert world.inventory.of("crm")["users"] == [(theirs, True), (ours, False)]
    assert world.inventory.of("crm")["members"] == []
    granting.unfreeze()
    assert world.inventory.of("crm")["users"] == [(theirs, True), (ours, True)]
    assert len(world.inventory.of("crm")["members"]) == 2

    granting.freeze()
    granting.undo()
    assert world.inventory.of("crm")["users"] == [(theirs, True)]
    assert world.inventory.of("crm")["members"] == []


def test_users_can_be_switched_off_instead_of_deleted(world: World) -> None:
    settings = dataclasses.replace(world.settings, scim_removal="deactivate")
    granting = Granting(order_for("crm"), Outside(settings, world.aws, world.crm).steps())
    granting.apply()
    granting.undo()

    assert [is_active for _, is_active in world.inventory.of("crm")["users"]] == [False, False]
    assert world.inventory.of("crm")["members"] == []


def test_partners_of_a_tier_share_one_group(world: World) -> None:
    for name in ("One", "Two"):
        Granting(order_for("crm", name), world.steps).apply()

    assert world.inventory.of("crm")["groups"] == ["partners-select"]
    assert len(world.inventory.of("crm")["members"]) == 4


@pytest.mark.parametrize("group", ['Partners "premier"', "Café \\ Zürich"])
def test_names_are_quoted_in_filters(world: World, group: str) -> None:
    order = dataclasses.replace(order_for("crm"), parameters={"scim_group": group})
    granting = Granting(order, world.steps)
    granting.apply()
    granting.apply()

    assert world.inventory.of("crm")["groups"] == [group]
