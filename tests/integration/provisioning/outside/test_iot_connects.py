"""The certificate really connects: own topics work, foreign ones are refused, and so is what was revoked."""

from pathlib import Path

import pytest
from tests.integration.provisioning.outside.mqtt_broker import broker_of, require_mosquitto
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for


@pytest.fixture(autouse=True)
def _mosquitto() -> None:
    require_mosquitto()


def granted(world: World, name: str) -> Granting:
    granting = Granting(order_for("iot", name), world.steps)
    granting.apply()
    return granting


def test_a_device_speaks_on_its_partners_topics_and_on_no_others(world: World, tmp_path: Path) -> None:
    ours, theirs = granted(world, "Ours"), granted(world, "Theirs")
    keys = [world.key_vault.read(one.order, one.outputs) for one in (ours, theirs)]
    own, foreign = (f"{one.outputs['topic_root']}/state" for one in (ours, theirs))
    with broker_of(world, tmp_path / "broker") as broker:
        device, other = map(broker.device, keys)
        assert device.publish(own, "warm")
        assert device.read(own) == "warm"
        assert device.read(f"{ours.outputs['topic_root']}/#") == "warm"
        assert other.publish(foreign, "theirs")
        assert not device.publish(foreign, "lies")
        assert other.read(foreign) == "theirs"
        for topic in (foreign, "partners/#", "#", f"{ours.outputs['topic_root']}-2/state"):
            assert device.read(topic) is None, topic


def test_only_the_certificate_of_today_connects(world: World, tmp_path: Path) -> None:
    """Frozen none does; rotated both do until the old one is ended, and after all none."""
    granting = granted(world, "Ours")
    old = world.key_vault.read(granting.order, granting.outputs)

    topic = f"{granting.outputs['topic_root']}/alive"

    def connects(step: str) -> list[bool]:
        with broker_of(world, tmp_path / step) as broker:
            return [broker.device(one).publish(topic, step) for one in keys]

    keys = [old]
    assert connects("made") == [True]
    granting.freeze()
    assert connects("frozen") == [False]
    granting.unfreeze()
    assert connects("given-back") == [True]
    old_id = granting.outputs["certificate_id"]
    granting.outputs |= {"replaced_certificate_id": old_id, "older_certificate_ids": [old_id]}
    granting.outputs["keeps_older"] = True
    granting.apply()
    keys.append(world.key_vault.read(granting.order, granting.outputs))
    assert connects("rotated") == [True, True]
    granting.freeze()
    assert connects("both-frozen") == [False, False]
    granting.unfreeze()
    granting.outputs["keeps_older"] = False
    granting.apply()
    assert connects("ended") == [False, True]
    granting.undo()
    assert connects("undone") == [False, False]
