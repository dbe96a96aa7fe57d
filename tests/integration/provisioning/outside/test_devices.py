"""Devices beside the gateway, in AWS: each has its own thing, certificate and topics, and ends by itself."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.provisioning.outside.hostile_proxy import HostileProxy, Mishap, always
from tests.integration.provisioning.outside.mqtt_broker import broker_of, require_mosquitto
from tests.integration.provisioning.outside.test_foreign_things import foreign_certificate, statuses
from tests.integration.provisioning.outside.test_sweeping import every, listed
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for
from tests.unit.provisioning.products import PRODUCTS

from chassis.failures import NotNow
from provisioning.domain.findings import ThingKind
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, OFF, ON, Observation
from provisioning.handlers.ports import Credentials

DEVICES = PRODUCTS["iot"].devices
ONE, TWO = "0a1b2c3d4e5f", "1a1b2c3d4e5f"


class DeviceOf:
    """A device of a grant, as the worker makes it: two steps more, with facts of its own."""

    def __init__(self, granting: Granting, world: World, key: str) -> None:
        assert DEVICES is not None
        self.order: GrantOrder = replace(granting.order, device=key)
        self._steps = [world.steps[name] for name in DEVICES.steps]
        self._world = world
        self.outputs = {name: granting.outputs[name] for name in DEVICES.shared_facts}

    def apply(self) -> None:
        for step in self._steps:
            self.outputs |= step.apply(self.order, self.outputs)

    def freeze(self) -> None:
        for step in self._steps:
            step.freeze(self.order, self.outputs)

    def undo(self) -> None:
        for step in reversed(self._steps):
            step.undo(self.order, self.outputs)

    def stands(self) -> list[Observation]:
        return [step.observe(self.order, self.outputs) for step in self._steps]

    def key(self) -> Credentials:
        return self._world.key_vault.read(self.order, self.outputs)

    def arn(self) -> str:
        return str(self.outputs["certificate_arn"])


def granted(world: World, quota: int = 3) -> Granting:
    order = order_for("iot")
    granting = Granting(replace(order, parameters={**order.parameters, "device_quota": quota}), world.steps)
    granting.apply()
    return granting


def with_devices(world: World) -> tuple[Granting, DeviceOf, DeviceOf]:
    granting = granted(world)
    devices = [DeviceOf(granting, world, key) for key in (ONE, TWO)]
    for device in devices:
        device.apply()
    return granting, devices[0], devices[1]


def test_each_is_frozen_and_ends_by_itself(world: World) -> None:
    gateway = granted(world)
    alone = world.inventory.of("iot")
    one, two = (DeviceOf(gateway, world, key) for key in (ONE, TWO))
    assert one.stands() == [ABSENT, ABSENT]
    one.apply()
    two.apply()
    made = world.inventory.of("iot")
    one.apply()
    assert world.inventory.of("iot") == made, "made again it is the same"
    names = [device.outputs["thing_name"] for device in (one, two)]
    assert names == [f"gangway-{gateway.order.slug}-device-{key}" for key in (ONE, TWO)]
    assert all((gateway.outputs["thing_group"], name) in made["in_groups"] for name in names)
    one.freeze()
    assert (one.stands(), two.stands()) == ([ON, OFF], [ON, ON])
    assert sorted(statuses(world).values()) == ["ACTIVE", "ACTIVE", "INACTIVE"]
    one.undo()
    two.undo()
    two.undo()
    assert world.inventory.of("iot") == alone
    gateway.undo()
    assert not any(world.inventory.of("iot").values())


def test_ours_goes_from_everything_and_what_others_attached_stays(world: World) -> None:
    gateway, one, two = with_devices(world)
    iot = world.inventory.aws("iot")
    iot.create_thing(thingName="theirs")
    for thing in ("theirs", two.outputs["thing_name"]):
        iot.attach_thing_principal(thingName=thing, principal=one.arn())
    [_, shared] = one.stands()
    assert [each.code for each in shared.differences] == ["certificate_on_other_things"]
    foreign = foreign_certificate(world)
    iot.attach_thing_principal(thingName=one.outputs["thing_name"], principal=foreign)
    one.undo()
    assert one.stands() == [ABSENT, ABSENT]
    assert two.stands() == [ON, ON]
    assert statuses(world)[foreign.rsplit("/", 1)[1]] == "ACTIVE"
    assert iot.list_thing_principals(thingName="theirs")["principals"] == []
    assert iot.list_thing_principals(thingName=two.outputs["thing_name"])["principals"] == [two.arn()]
    gateway.undo()


def test_a_look_sees_what_befell_one(world: World) -> None:
    _, one, two = with_devices(world)
    iot = world.inventory.aws("iot")
    iot.detach_thing_principal(thingName=one.outputs["thing_name"], principal=one.arn())
    iot.remove_thing_from_thing_group(
        thingGroupName=two.outputs["thing_group"], thingName=two.outputs["thing_name"]
    )
    codes = [[difference.code for difference in seen.differences] for seen in (*one.stands(), *two.stands())]
    assert codes == [[], ["certificate_detached"], ["outside_group"], []]
    iot.attach_thing_principal(thingName=two.outputs["thing_name"], principal=one.arn())
    one.apply()
    two.apply()
    assert [one.stands(), two.stands()] == [[ON, ON], [ON, ON]], "one is nobody but itself again"


def test_the_policy_of_devices_names_the_thing_and_is_there_with_a_quota_only(world: World) -> None:
    single = granted(world, quota=1)
    names = [single.outputs["policy_name"]]
    assert world.inventory.of("iot")["policies"] == names
    assert single.outputs["device_quota"] is None
    several = granted(world)
    name = f"{several.outputs['policy_name']}-devices"
    iot = world.inventory.aws("iot")
    document = json.loads(iot.get_policy(policyName=name)["policyDocument"])
    thing = "${iot:Connection.Thing.ThingName}"
    root = several.outputs["topic_root"]
    assert {statement["Resource"].split(":", 5)[5] for statement in document["Statement"]} == {
        f"client/{thing}",
        f"topic/{root}/{thing}/*",
        f"topicfilter/{root}/{thing}/*",
    }
    open_to_all = json.dumps({"Version": "2012-10-17", "Statement": []})
    iot.create_policy_version(policyName=name, policyDocument=open_to_all, setAsDefault=True)
    step = world.steps["iot_policy"]
    [difference] = step.observe(several.order, several.outputs).differences
    assert (difference.code, difference.facts) == ("policy_changed", {"policy": name})
    several.apply()
    assert step.observe(several.order, several.outputs) == ON
    several.undo()
    assert world.inventory.of("iot")["policies"] == names


def test_a_sweep_lists_what_is_a_devices_with_its_key(world: World) -> None:
    gateway, one, two = with_devices(world)
    inventories = every(world)
    for kind in (ThingKind.CERTIFICATE, ThingKind.THING, ThingKind.DEVICE_KEY):
        marks = {thing.mark.device_digits: thing for thing in listed(inventories[kind])}
        assert set(marks) == {None, ONE, TWO}, kind
        inventories[kind].remove(marks[ONE])
    assert one.stands() == [ABSENT, ABSENT]
    assert two.stands() == [ON, ON]
    policies = listed(inventories[ThingKind.DEVICE_POLICY])
    assert {policy.mark.partner_digits for policy in policies} == {gateway.order.slug[-12:]}
    assert len(policies) == 2
    [of_devices] = [policy for policy in policies if policy.outside_id.endswith("-devices")]
    inventories[ThingKind.DEVICE_POLICY].remove(of_devices)
    assert world.inventory.of("iot")["policies"] == [gateway.outputs["policy_name"]]


def test_a_revoked_key_ends_before_there_is_another_and_is_not_given_back(
    world: World, hostile: HostileProxy
) -> None:
    _, one, _ = with_devices(world)
    old = one.outputs["certificate_id"]
    one.outputs |= {
        "replaced_certificate_id": old,
        "older_certificate_ids": [old],
        "keeps_older": False,
        "revokes_older": True,
    }
    mishap = Mishap("InternalServiceError", status=500, is_due=always)
    hostile.when("secretsmanager:CreateSecret", mishap)
    with pytest.raises(NotNow):
        world.steps["iot_certificate"].apply(one.order, one.outputs)
    assert statuses(world)[old] == "INACTIVE"
    world.steps["iot_certificate"].unfreeze(one.order, one.outputs)
    assert statuses(world)[old] == "INACTIVE"


class TestConnecting:
    @pytest.fixture(autouse=True)
    def _mosquitto(self) -> None:
        require_mosquitto()

    def test_a_device_speaks_below_its_own_name_only(self, world: World, tmp_path: Path) -> None:
        gateway, one, two = with_devices(world)
        root = gateway.outputs["topic_root"]
        own, others = (f"{root}/{device.outputs['thing_name']}/state" for device in (one, two))
        keys = [world.key_vault.read(gateway.order, gateway.outputs), one.key(), two.key()]
        with broker_of(world, tmp_path / "broker") as broker:
            speaker, first, second = map(broker.device, keys)
            assert first.publish(own, "warm")
            assert first.read(own) == "warm"
            assert speaker.read(own) == "warm", "the gateway hears all of its partner's"
            assert second.publish(others, "cold")
            for topic in (others, f"{root}/state", f"{root}/{ONE}/state"):
                assert not first.publish(topic, "lies"), topic
            assert first.read(others) is None
            assert first.read(f"{root}/#") is None
            posing = replace(one.key(), thing_name=two.outputs["thing_name"])
            assert not broker.device(posing).publish(others, "lies")
            assert second.read(others) == "cold"
        one.undo()
        with broker_of(world, tmp_path / "removed") as broker:
            assert [broker.device(key).publish(others, "x") for key in keys[1:]] == [False, True]
