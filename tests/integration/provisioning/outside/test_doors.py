"""How people come in, as the real interfaces tell: user names, where they register, whether they have."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for

from chassis.failures import NeverPossible
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.outside import Outside
from provisioning.handlers.ports import Door, WayIn

REGION = "us-east-1"


@pytest.fixture
def open_doors(world: World) -> Mapping[str, Door]:
    return Outside(world.settings, world.aws, world.crm).doors()


def ways_in(granting: Granting, door: Door) -> list[WayIn]:
    return door.ways_in(granting.order, granting.outputs)


@pytest.mark.parametrize("product", ["cloud_sandbox", "crm"])
def test_people_sign_in_with_the_user_name_that_they_have(
    world: World, open_doors: Mapping[str, Door], product: str
) -> None:
    granting, door = Granting(order_for(product), world.steps), open_doors[product]
    granting.apply()
    names = [WayIn(user_name=member.email) for member in granting.order.members]
    world.aws.shared.forget()
    world.forget()
    assert ways_in(granting, door) == names, "that they came in is shown by neither"
    assert len(names) > 1
    assert sum(call.endswith("ListInstances") for call in world.calls) == (product == "cloud_sandbox")
    with pytest.raises(NeverPossible, match="no_registration"):
        door.registration_address(granting.order, granting.outputs, granting.order.members[0])
    granting.undo()
    assert ways_in(granting, door) == [WayIn(user_name=None)] * 2


def test_who_has_not_registered_is_given_an_address_of_their_own(
    world: World, open_doors: Mapping[str, Door]
) -> None:
    granting, door = Granting(order_for("analytics"), world.steps), open_doors["analytics"]
    granting.apply()
    before = world.inventory.of("analytics")
    assert [(way.has_come_in, way.must_register) for way in ways_in(granting, door)] == [(False, True)] * 2

    member = granting.order.members[0]
    world.rewrite["quicksight:RegisterUser"] = lambda answer: answer.update(
        UserInvitationUrl="https://signin.example/new"
    )
    address = door.registration_address(granting.order, granting.outputs, member)
    assert address == "https://signin.example/new"
    assert world.inventory.of("analytics") == before, "the seat is in its group again"

    world.rewrite["quicksight:DescribeUser"] = lambda answer: answer["User"].update(Active=True)
    assert [(way.has_come_in, way.must_register) for way in ways_in(granting, door)] == [(True, False)] * 2
    with pytest.raises(NeverPossible, match="registered_already"):
        door.registration_address(granting.order, granting.outputs, member)
    assert world.inventory.of("analytics") == before


def test_the_users_of_quicksight_live_in_its_identity_region(world: World) -> None:
    settings = replace(world.settings, quicksight_identity_region=REGION)
    aws = AwsClients(settings)
    granting = Granting(order_for("analytics"), Outside(settings, aws, world.crm).steps())
    granting.apply()
    assert world.inventory.of("analytics")["seats"] == [], "not where everything else is"
    assert {
        way.has_come_in for way in ways_in(granting, Outside(settings, aws, world.crm).doors()["analytics"])
    } == {False}
    [(principal, _)] = {
        (name, None) for name, _ in world.inventory.of("analytics")["permissions"] if "quicksight" in name
    }
    assert f":quicksight:{REGION}:" in principal
    assert granting.outputs["sign_in_url"].startswith(f"https://{REGION}.quicksight")
