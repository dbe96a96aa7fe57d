"""A sweep of AWS and the CRM shows what was made for grants, with its mark, and takes away just that."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import pytest
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for
from tests.unit.provisioning.products import PRODUCTS
from tests.unit.provisioning.step_contract import SHARED, Things

from provisioning.adapters.inventories import inventories
from provisioning.adapters.outside import Outside
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.domain.findings import Thing, ThingKind
from provisioning.domain.orders import GrantOrder
from provisioning.handlers.ports import Inventory

KINDS = {
    "cloud_sandbox": {ThingKind.ACCOUNT, ThingKind.SIGN_IN_GROUP, ThingKind.BUDGET},
    "analytics": {
        ThingKind.DATA_PERMISSION,
        ThingKind.QUICKSIGHT_USER,
        ThingKind.QUICKSIGHT_GROUP,
        ThingKind.DATABASE,
        ThingKind.WORKGROUP,
    },
    "crm": {ThingKind.CRM_USER},
    "iot": {
        ThingKind.CERTIFICATE,
        ThingKind.THING,
        ThingKind.DEVICE_POLICY,
        ThingKind.THING_GROUP,
        ThingKind.DEVICE_KEY,
    },
}
products = pytest.mark.parametrize("product", PRODUCTS)


def listed(inventory: Inventory) -> list[Thing]:
    things: list[Thing] = []
    cursor = None
    while True:
        page = inventory.page(cursor)
        things += page.things
        cursor = page.cursor
        if cursor is None:
            return things


def everything(world: World) -> dict[ThingKind, list[Thing]]:
    found = {kind: listed(inventory) for kind, inventory in every(world).items()}
    return {kind: things for kind, things in found.items() if things}


def every(world: World, settings: OutsideSettings | None = None) -> Mapping[ThingKind, Inventory]:
    """Without products of a catalogue, and as if no account was in use."""
    outside = Outside(settings or world.settings, world.aws, world.crm)
    return inventories(outside, {}, lambda *_, **__: [], lambda **_: None)


def is_of(thing: Thing, order: GrantOrder) -> bool:
    """Whether each thing that the mark says is true of the order, and it says something."""
    mark = thing.mark
    said = {
        "partner": (mark.partner_digits, order.partner_id.hex[-12:]),
        "digits": (mark.grant_digits, order.grant_id.hex[-12:]),
        "grant": (mark.grant_id, order.grant_id),
    }
    people = {member.person_id for member in order.members}
    is_persons = mark.person_id in people if mark.person_id else any(is_ for is_, _ in said.values())
    return is_persons and all(is_ in (None, due) for is_, due in said.values())


@products
def test_what_was_made_is_listed_with_its_mark(world: World, product: str) -> None:
    order = order_for(product)
    Granting(order, world.steps).apply()
    found = everything(world)
    assert set(found) == KINDS[product]
    for things in found.values():
        assert all(thing.product == product and is_of(thing, order) for thing in things)
    for kind, things in found.items():
        assert [every(world)[kind].find(thing.outside_id) for thing in things] == things


@products
def test_removed_one_by_one_nothing_is_left_and_nobody_elses_is_touched(world: World, product: str) -> None:
    others = Granting(order_for(product, "Stays"), world.steps)
    others.apply()
    alone = left_of(world, product)
    order = order_for(product)
    Granting(order, world.steps).apply()
    for kind in ThingKind:
        for thing in listed(every(world)[kind]):
            if is_of(thing, order):
                every(world)[kind].remove(thing)
                assert every(world)[kind].find(thing.outside_id) is None, thing
                every(world)[kind].remove(thing)
    assert left_of(world, product) == alone


def left_of(world: World, product: str) -> Things:
    """Without what the stand-ins forget to take along with users and groups; closed accounts stay listed."""
    forgotten = {*SHARED, "users", "memberships"} if product == "cloud_sandbox" else {"members"}
    left = {kind: things for kind, things in world.inventory.of(product).items() if kind not in forgotten}
    if "accounts" in left:
        left["accounts"] = [one for one in left["accounts"] if one[1] != "SUSPENDED"]
    return left


def test_accounts_in_our_units_are_known_by_their_tag_or_left_alone(world: World) -> None:
    order = order_for("cloud_sandbox")
    granting = Granting(order, world.steps)
    granting.apply()
    organizations = world.inventory.aws("organizations")
    status = organizations.create_account(AccountName="Somebody's", Email="some@body.example")
    foreign = status["CreateAccountStatus"]["AccountId"]
    assert ThingKind.ACCOUNT_IN_OUR_UNIT not in everything(world), "it stands in the root"
    root = organizations.list_parents(ChildId=foreign)["Parents"][0]["Id"]
    unit = granting.outputs["unit_id"]
    organizations.move_account(AccountId=foreign, SourceParentId=root, DestinationParentId=unit)

    settings = replace(world.settings, account_email_pattern="other+{key}@sandboxes.example.com")
    renamed = every(world, settings)
    [thing] = listed(renamed[ThingKind.ACCOUNT_IN_OUR_UNIT])
    assert thing.outside_id == foreign
    assert thing.mark.grant_id is None
    with pytest.raises(Exception, match="was not made by us"):
        renamed[ThingKind.ACCOUNT_IN_OUR_UNIT].remove(thing)

    organizations.tag_resource(
        ResourceId=foreign, Tags=[{"Key": "gangway:grant", "Value": str(order.grant_id)}]
    )
    [thing] = listed(renamed[ThingKind.ACCOUNT_IN_OUR_UNIT])
    assert thing.mark.grant_id == order.grant_id
    assert isinstance(thing.mark.grant_id, UUID)


def test_a_user_of_ours_in_no_group_is_listed_and_one_of_others_is_not(world: World) -> None:
    order = order_for("cloud_sandbox")
    granting = Granting(order, world.steps)
    granting.apply()
    store = world.inventory.aws("identitystore")
    store_id = world.inventory.aws("sso-admin").list_instances()["Instances"][0]["IdentityStoreId"]
    store.create_user(
        IdentityStoreId=store_id,
        UserName="admin",
        DisplayName="Admin",
        Name={"GivenName": "A", "FamilyName": "B"},
        Emails=[{"Value": "admin@vendor.example"}],
    )
    group = every(world)[ThingKind.SIGN_IN_GROUP]
    [thing] = listed(group)
    for page in store.list_group_memberships(IdentityStoreId=store_id, GroupId=thing.outside_id)[
        "GroupMemberships"
    ]:
        store.delete_group_membership(IdentityStoreId=store_id, MembershipId=page["MembershipId"])
    users = listed(every(world)[ThingKind.SIGN_IN_USER])
    assert {user.mark.person_id for user in users} == {member.person_id for member in order.members}
    for user in users:
        every(world)[ThingKind.SIGN_IN_USER].remove(user)
    assert world.inventory.of("cloud_sandbox")["users"] == ["admin"]
