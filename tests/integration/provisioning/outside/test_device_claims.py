"""A certificate for a key that never left the device: it connects as that device, and ends like others."""

from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.integration.provisioning.outside.hostile_proxy import HostileProxy, Mishap
from tests.integration.provisioning.outside.mqtt_broker import broker_of, require_mosquitto
from tests.integration.provisioning.outside.test_devices import ONE, DeviceOf, granted, with_devices
from tests.integration.provisioning.outside.test_foreign_things import statuses
from tests.integration.provisioning.outside.test_sweeping import every, listed
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.test_certificate_requests import pem, request_for

from provisioning.adapters.aws.device_certificate import certificate_for_key, certificate_id
from provisioning.adapters.certificate_requests import public_key_of
from provisioning.domain.findings import ThingKind
from provisioning.domain.standings import ABSENT, OFF, ON
from provisioning.handlers.ports import Credentials

CLAIMED = "2a1b2c3d4e5f"


class ClaimedDevice(DeviceOf):
    """One whose certificate was made for its own request."""

    def __init__(self, world: World, granting: object, key: str = CLAIMED) -> None:
        super().__init__(granting, world, key)  # type: ignore[arg-type]
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.outputs |= certificate_for_key(self.order, public_key_of(pem(request_for(self.private))))

    @property
    def own_id(self) -> str:
        return certificate_id(self.outputs["own_certificate_pem"])

    def key(self) -> Credentials:
        plain = serialization.NoEncryption()
        private = self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain
        )
        return Credentials(
            thing_name=self.outputs["thing_name"],
            endpoint=self.outputs["endpoint"],
            certificate_pem=self.outputs["own_certificate_pem"],
            private_key_pem=private.decode(),
        )


def test_it_is_made_frozen_and_taken_away_and_nobody_keeps_its_key(world: World) -> None:
    gateway = granted(world)
    secrets = world.inventory.aws("secretsmanager").list_secrets()["SecretList"]
    device = ClaimedDevice(world, gateway)
    assert device.stands() == [ABSENT, ABSENT]
    for _ in range(2):
        device.apply()
        assert device.stands() == [ON, ON]
    assert device.outputs["certificate_id"] == device.own_id
    assert "secret_name" not in device.outputs
    assert len(world.inventory.aws("secretsmanager").list_secrets()["SecretList"]) == len(secrets)
    device.freeze()
    assert device.stands() == [ON, OFF]
    world.steps["iot_certificate"].unfreeze(device.order, device.outputs)
    assert device.stands() == [ON, ON]
    device.undo()
    assert device.stands() == [ABSENT, ABSENT]
    assert device.own_id not in statuses(world)


def test_a_cut_leaves_no_certificate_that_nobody_knows_of(world: World, hostile: HostileProxy) -> None:
    """It was registered and the answer was lost, and then the device is removed before it is noted."""
    device = ClaimedDevice(world, granted(world))
    hostile.when("iot:AttachPolicy", Mishap("InvalidRequestException", status=400))
    with pytest.raises(Exception):  # noqa: B017, PT011 - whichever way it fails
        device.apply()
    assert "certificate_id" not in device.outputs
    assert statuses(world)[device.own_id] == "ACTIVE"
    device.undo()
    assert device.own_id not in statuses(world)


def test_another_key_takes_its_place_and_both_end(world: World) -> None:
    device = ClaimedDevice(world, granted(world))
    device.apply()
    own = device.own_id
    device.outputs |= {"replaced_certificate_id": own, "older_certificate_ids": [own], "keeps_older": True}
    device.apply()
    assert device.outputs["certificate_id"] != own
    assert {statuses(world)[one] for one in (own, device.outputs["certificate_id"])} == {"ACTIVE"}
    assert world.key_vault.read(device.order, device.outputs).private_key_pem
    device.outputs["keeps_older"] = False
    device.apply()
    assert own not in statuses(world)
    device.undo()
    assert device.stands() == [ABSENT, ABSENT]


def test_a_sweep_knows_it_by_its_name(world: World) -> None:
    device = ClaimedDevice(world, granted(world))
    device.apply()
    found = {thing.outside_id: thing for thing in listed(every(world)[ThingKind.CERTIFICATE])}
    assert found[device.own_id].mark.device_digits == CLAIMED
    every(world)[ThingKind.CERTIFICATE].remove(found[device.own_id])
    assert device.stands()[1] == ABSENT


class TestConnecting:
    @pytest.fixture(autouse=True)
    def _mosquitto(self) -> None:
        require_mosquitto()

    def test_it_speaks_below_its_own_name_only(self, world: World, tmp_path: Path) -> None:
        gateway, one, _ = with_devices(world)
        device = ClaimedDevice(world, gateway)
        device.apply()
        issuer, root = device.outputs["issuer_pem"], gateway.outputs["topic_root"]
        own, others = (f"{root}/{each.outputs['thing_name']}/state" for each in (device, one))
        with broker_of(world, tmp_path / "broker", issuer) as broker:
            speaker = broker.device(device.key())
            assert speaker.publish(own, "warm")
            assert speaker.read(own) == "warm"
            for topic in (others, f"{root}/state", f"{root}/{ONE}/state", "partners/somebody/state"):
                assert not speaker.publish(topic, "lies"), topic
            assert speaker.read(f"{root}/#") is None
            posing = replace(device.key(), thing_name=one.outputs["thing_name"])
            assert not broker.device(posing).publish(others, "lies")
        device.freeze()
        with broker_of(world, tmp_path / "frozen", issuer) as broker:
            assert not broker.device(device.key()).publish(own, "cold")


def test_aws_is_asked_for_nothing_but_to_register_it(world: World) -> None:
    """The id is known beforehand: a repetition meets the same certificate."""
    device = ClaimedDevice(world, granted(world))
    device.apply()
    with pytest.raises(ClientError, match="ResourceAlreadyExists"):
        world.inventory.aws("iot").register_certificate_without_ca(
            certificatePem=device.outputs["own_certificate_pem"], status="ACTIVE"
        )
