"""A key that was handed out is replaced: another key and certificate, and nothing left of the old ones."""

import pytest
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for

from provisioning.handlers.ports import Credentials

pytestmark = pytest.mark.timeout(300)


def granted(world: World) -> Granting:
    granting = Granting(order_for("iot"), world.steps)
    granting.apply()
    world.forget()
    return granting


def ask_for_another(granting: Granting) -> None:
    """What the grant notes when an operator releases the key."""
    granting.outputs["replaced_certificate_id"] = granting.outputs["certificate_id"]


def key_of(world: World, granting: Granting) -> Credentials:
    return world.key_vault.read(granting.order, granting.outputs)


def test_the_new_key_is_another_one_and_the_old_certificate_is_gone(world: World) -> None:
    granting = granted(world)
    before = world.inventory.of("iot")
    keys = {key_of(world, granting).private_key_pem}
    for number in (2, 3):
        old = granting.outputs["certificate_id"]
        ask_for_another(granting)
        granting.apply()
        new = granting.outputs["certificate_id"]
        keys.add(key_of(world, granting).private_key_pem)
        assert len(keys) == number
        assert new != old
        described = world.inventory.aws("iot").describe_certificate(certificateId=new)
        assert described["certificateDescription"]["status"] == "ACTIVE"
        assert (
            described["certificateDescription"]["certificatePem"] == key_of(world, granting).certificate_pem
        )
        listed = world.inventory.aws("iot").list_certificates()["certificates"]
        assert [certificate["certificateId"] for certificate in listed] == [new]
        after = world.inventory.of("iot")
        assert {kind: len(things) for kind, things in after.items()} == {
            kind: len(things) for kind, things in before.items()
        }
    granting.undo()
    assert not any(world.inventory.of("iot").values())


def test_applied_once_more_nothing_changes(world: World) -> None:
    granting = granted(world)
    ask_for_another(granting)
    granting.apply()
    replaced, key = world.inventory.of("iot"), key_of(world, granting)
    granting.apply()
    assert world.inventory.of("iot") == replaced
    assert key_of(world, granting) == key


@pytest.mark.parametrize("then", ["apply", "undo", "freeze"])
def test_cut_off_anywhere_it_leaves_no_double_and_no_orphan(world: World, then: str) -> None:
    granting = granted(world)
    ask_for_another(granting)
    granting.apply()
    writes, kinds = world.writes, {kind: len(found) for kind, found in world.inventory.of("iot").items()}
    assert writes >= 8

    for lost in range(1, writes + 1):
        world.empty()
        granting = granted(world)
        old = granting.outputs["certificate_id"]
        ask_for_another(granting)
        world.lost_answer = lost
        granting.apply_until_cut_off()
        assert granting.cut_off is not None, lost
        getattr(granting, then)()
        found = world.inventory.of("iot")
        if then == "undo":
            assert not any(found.values()), f"answer {lost} was lost"
            continue
        listed = world.inventory.aws("iot").list_certificates()["certificates"]
        if then == "freeze":
            assert {certificate["status"] for certificate in listed} == {"INACTIVE"}, lost
            granting.unfreeze()
            granting.apply()
            listed = world.inventory.aws("iot").list_certificates()["certificates"]
            found = world.inventory.of("iot")
        assert {kind: len(things) for kind, things in found.items()} == kinds, f"answer {lost} was lost"
        [certificate] = listed
        assert certificate["certificateId"] == granting.outputs["certificate_id"] != old
        assert certificate["status"] == "ACTIVE"
