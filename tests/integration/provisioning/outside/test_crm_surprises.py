"""The CRM as others leave it: users switched off, groups gone, names taken, one page of many."""

import dataclasses
from typing import Any

import httpx
import pytest
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for

from chassis.failures import Kind
from provisioning.adapters.outside import Outside
from provisioning.domain.orders import GrantOrder, Member
from provisioning.handlers.ports import RefusedFor

GROUP = "partners-select"


class Admin:
    """Somebody who works in the CRM itself."""

    def __init__(self, world: World) -> None:
        headers = {
            "Authorization": f"Bearer {world.settings.scim_token}",
            "Content-Type": "application/scim+json",
        }
        self._http = httpx.Client(base_url=world.settings.scim_url, headers=headers)

    def __call__(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self._http.request(method, path, json=body).raise_for_status()
        return answer.json() if answer.content else None

    def add(self, user_name: str, *, active: bool) -> None:
        schemas = ["urn:ietf:params:scim:schemas:core:2.0:User"]
        self("POST", "Users", {"schemas": schemas, "userName": user_name, "active": active})

    def set_active(self, user_name: str, active: bool) -> None:
        schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
        change = {"op": "replace", "path": "active", "value": active}
        body = {"schemas": schemas, "Operations": [change]}
        self("PATCH", f"Users/{self.id_of('Users', user_name)}", body)

    def rename_group(self, name: str, new: str) -> None:
        schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
        change = {"op": "replace", "path": "displayName", "value": new}
        self("PATCH", f"Groups/{self.id_of('Groups', name)}", {"schemas": schemas, "Operations": [change]})

    def delete(self, kind: str, name: str) -> None:
        self("DELETE", f"{kind}/{self.id_of(kind, name)}")

    def id_of(self, kind: str, name: str) -> str:
        [found] = [
            each
            for each in self("GET", kind)["Resources"]
            if name in (each.get("userName"), each.get("displayName"))
        ]
        return str(found["id"])

    def close(self) -> None:
        self._http.close()


@pytest.fixture
def admin(world: World) -> Any:
    admin = Admin(world)
    yield admin
    admin.close()


def people(order: GrantOrder) -> tuple[Member, Member]:
    one, other = order.members
    return one, other


def state(world: World) -> tuple[dict[str, bool], int]:
    """Who is on, and how many are in the group."""
    things = world.inventory.of("crm")
    return dict(things["users"]), len(things["members"])


def refused(granting: Granting, verb: str) -> RefusedFor:
    with pytest.raises(RefusedFor, match="crm_user_inactive") as caught:
        getattr(granting, verb)()
    assert caught.value.kind is Kind.DRIFT
    return caught.value


def test_who_was_switched_off_before_us_is_refused_by_name_and_the_others_get_in(
    world: World, admin: Admin
) -> None:
    order = order_for("crm")
    theirs, ours = people(order)
    admin.add(theirs.email, active=False)

    assert refused(Granting(order, world.steps), "apply").member_ids == {theirs.member_id}
    assert state(world) == ({theirs.email: False, ours.email: True}, 1)


def test_resuming_switches_on_only_whom_we_switched_off(world: World, admin: Admin) -> None:
    granting = Granting(order_for("crm"), world.steps)
    granting.apply()
    one, other = people(granting.order)
    admin.set_active(one.email, False)
    granting.freeze()
    assert state(world) == ({one.email: False, other.email: False}, 0)

    assert refused(granting, "unfreeze").member_ids == {one.member_id}
    assert state(world) == ({one.email: False, other.email: True}, 1)
    admin.set_active(one.email, True)
    granting.unfreeze()
    assert state(world) == ({one.email: True, other.email: True}, 2)


def test_whom_the_admin_switched_on_and_off_again_stays_off(world: World, admin: Admin) -> None:
    granting = Granting(order_for("crm"), world.steps)
    granting.apply()
    one, _ = people(granting.order)
    granting.freeze()
    admin.set_active(one.email, True)
    granting.unfreeze()
    admin.set_active(one.email, False)

    refused(granting, "apply")


def test_who_returns_is_switched_on_again(world: World, admin: Admin) -> None:
    """And leaves once more; whom the admin switched off meanwhile stays off."""
    deactivating = Outside(
        dataclasses.replace(world.settings, scim_removal="deactivate"), world.aws, world.crm
    ).steps()
    order = order_for("crm")
    one, other = people(order)
    for _ in range(2):
        granting = Granting(order, deactivating)
        granting.apply()
        assert state(world) == ({one.email: True, other.email: True}, 2)
        granting.undo()
        assert state(world) == ({one.email: False, other.email: False}, 0)
    Granting(order, deactivating).apply()
    admin.set_active(one.email, False)
    Granting(order, deactivating).undo()

    assert refused(Granting(order, deactivating), "apply").member_ids == {one.member_id}


def test_whom_an_older_version_switched_off_is_switched_on(world: World, admin: Admin) -> None:
    granting = Granting(order_for("crm"), world.steps)
    granting.apply()
    for member in granting.order.members:
        admin.set_active(member.email, False)
    granting.outputs["crm_unmarked"] = True
    granting.unfreeze()

    assert set(state(world)[0].values()) == {True}


@pytest.mark.parametrize("verb", ["apply", "unfreeze"])
def test_a_group_that_vanished_is_made_again(world: World, admin: Admin, verb: str) -> None:
    granting = Granting(order_for("crm"), world.steps)
    granting.apply()
    if verb == "unfreeze":
        granting.freeze()
    admin.delete("Groups", GROUP)
    if verb == "apply":
        made = world.steps["crm_users"].apply(granting.order, granting.outputs)
        assert made["group_id"] == admin.id_of("Groups", GROUP)
    else:
        granting.unfreeze()

    assert state(world)[1] == 2


def test_a_group_is_known_by_its_id(world: World, admin: Admin) -> None:
    granting = Granting(order_for("crm"), world.steps)
    granting.apply()
    admin.rename_group(GROUP, "Partners (old)")
    granting.apply()
    assert world.inventory.of("crm")["groups"] == ["Partners (old)"]
    granting.freeze()
    assert state(world)[1] == 0


def test_a_user_deleted_meanwhile_is_made_again_or_gone(world: World, admin: Admin) -> None:
    granting = Granting(order_for("crm"), world.steps)
    granting.apply()
    one, other = people(granting.order)
    admin.delete("Users", one.email)
    granting.freeze()
    assert state(world)[0] == {other.email: False}
    granting.unfreeze()
    assert state(world)[0] == {one.email: True, other.email: True}


def test_a_name_that_differs_in_case_only_is_the_same_user(world: World, admin: Admin) -> None:
    order = order_for("crm")
    one, other = people(order)
    admin.add(one.email.upper(), active=True)
    Granting(order, world.steps).apply()

    assert state(world) == ({one.email.upper(): True, other.email: True}, 2)
