"""Another tier is another size: what may change in place is changed on what stands, and never made twice.

Limits of workgroups and budgets, which moto cannot change, are tried in `test_observing`.
"""

from dataclasses import replace

from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for

from provisioning.domain.orders import OtherSeat

PREMIER = {"scim_group": "partners-premier"}


def test_seats_that_are_there_get_another_role(world: World) -> None:
    granting = Granting(order_for("analytics"), world.steps)
    granting.apply()
    before = world.inventory.of("analytics")["seats"]
    wanted = {**granting.order.parameters, "quicksight_role": "AUTHOR"}
    granting.order = replace(granting.order, parameters=wanted)
    for _ in range(2):
        world.forget()
        granting.apply()
        assert world.inventory.of("analytics")["seats"] == [(name, "AUTHOR") for name, _ in before]
    assert "quicksight:UpdateUser" not in world.calls, "once is enough"


def test_people_change_to_another_group_and_keep_their_users(world: World) -> None:
    granting = Granting(order_for("crm"), world.steps)
    granting.apply()
    users = world.inventory.of("crm")["users"]
    granting.order = replace(granting.order, parameters=PREMIER)
    for _ in range(2):
        granting.apply()
        there = world.inventory.of("crm")
        assert (there["users"], there["members"]) == (users, ["partners-premier"] * 2)
    granting.undo()
    assert world.inventory.of("crm")["members"] == []


def test_who_is_frozen_between_two_groups_is_in_neither(world: World) -> None:
    granting = Granting(order_for("crm"), world.steps)
    granting.apply()
    granting.order = replace(granting.order, parameters=PREMIER)
    granting.outputs |= world.steps["crm_group"].apply(granting.order, granting.outputs)
    granting.freeze()
    assert world.inventory.of("crm")["members"] == []


def test_changes_that_overtake_each_other_leave_nobody_behind(world: World) -> None:
    granting = Granting(order_for("crm"), world.steps)
    granting.apply()
    first = granting.order.parameters
    for parameters in (PREMIER, {"scim_group": "partners-registered"}, first, PREMIER):
        granting.order = replace(granting.order, parameters=parameters)
        granting.outputs |= world.steps["crm_group"].apply(granting.order, granting.outputs)
    granting.apply()
    assert world.inventory.of("crm")["members"] == ["partners-premier"] * 2


def test_who_was_frozen_meanwhile_comes_back_into_the_new_group(world: World) -> None:
    granting = Granting(order_for("crm"), world.steps)
    granting.apply()
    granting.freeze()
    granting.order = replace(granting.order, parameters=PREMIER)
    granting.outputs |= world.steps["crm_group"].apply(granting.order, granting.outputs)
    granting.unfreeze()
    assert world.inventory.of("crm")["members"] == ["partners-premier"] * 2


def test_who_needs_the_former_group_for_another_partner_stays_in_it(world: World) -> None:
    granting = Granting(order_for("crm"), world.steps)
    granting.apply()
    there = granting.order.members[0]
    seat = OtherSeat(member_id=there.member_id, is_on=True, parameters={"scim_group": "partners-select"})
    granting.order = replace(granting.order, parameters=PREMIER, elsewhere={there.person_id: (seat,)})
    granting.apply()
    members = world.inventory.of("crm")["members"]
    assert members == ["partners-premier", "partners-premier", "partners-select"]
