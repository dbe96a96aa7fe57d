"""Devices beside the first one: each is made, frozen, stuck and removed alone, and goes with its grant."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.unit.provisioning.conftest import ProvisioningInMemory
from tests.unit.provisioning.fake_outside import Mishap

from chassis.failures import NeverPossible, NotNow
from provisioning.domain.devices import Device
from provisioning.domain.grant_states import State
from provisioning.domain.grants import Grant
from provisioning.domain.refusals import DeviceNotToBeAdded, NothingToCollect, Refused
from provisioning.domain.standings import Standing
from provisioning.handlers.collect_credentials import (
    collect_credentials,
    end_older_keys,
    revoke_key,
    rotate_key,
)
from provisioning.handlers.commands import (
    AddDevice,
    CollectCredentials,
    EndOlderKeys,
    RemoveDevice,
    RetryGrant,
    RevokeKey,
    RotateKey,
    SkipStep,
)
from provisioning.handlers.devices import add_device, remove_device
from provisioning.handlers.grants import retry_grant, skip_step
from provisioning.handlers.make_rounds import make_rounds


@dataclass
class Owner:
    """A partner with an IoT grant of a quota."""

    provisioning: ProvisioningInMemory
    partner_id: UUID

    @property
    def grant(self) -> Grant:
        return self.provisioning.grant(self.partner_id, "iot")

    def add(self, name: str = "Press 7", device_id: UUID | None = None) -> UUID:
        command = AddDevice(
            grant_id=self.grant.grant_id,
            device_id=device_id or uuid4(),
            name=name,
            by="partner",
            partner_id=self.partner_id,
        )
        with self.provisioning.database.open() as work:
            return add_device(work, command)[1].device_id

    def added(self, name: str = "Press 7") -> UUID:
        device_id = self.add(name)
        self.provisioning.run()
        return device_id

    def remove(self, device_id: UUID) -> None:
        command = RemoveDevice(grant_id=self.grant.grant_id, device_id=device_id, by="partner")
        with self.provisioning.database.open() as work:
            remove_device(work, command)

    def key(self, device_id: UUID) -> str:
        command = CollectCredentials(
            partner_id=self.partner_id, grant_id=self.grant.grant_id, device_id=device_id
        )
        provisioning = self.provisioning
        return collect_credentials(provisioning.database.open, provisioning.vault, command).private_key_pem

    def device(self, device_id: UUID) -> Device:
        return next(one for one in self.grant.devices if one.device_id == device_id)

    def outside(self, device_id: UUID) -> dict[str, str]:
        digits = device_id.hex[-12:]
        standing = self.provisioning.outside.standing.items()
        return {step: switch for (_, step), switch in standing if step.endswith(digits)}

    def told(self) -> list[str]:
        return [name for name in self.provisioning.database.names() if ".device_" in name]

    def look(self) -> None:
        self.provisioning.later(timedelta(days=2).total_seconds())
        with self.provisioning.database.open() as work:
            make_rounds(work)
        self.provisioning.run()


@pytest.fixture
def owner(provisioning: ProvisioningInMemory) -> Owner:
    owner = Owner(provisioning, provisioning.active("iot"))
    with provisioning.database.open() as work:
        work.grants.save(replace(owner.grant, parameters={"device_quota": 3}))
    return owner


def test_a_device_is_made_told_and_its_own_key_collected_once(owner: Owner) -> None:
    device_id = owner.added()
    digits = device_id.hex[-12:]
    assert owner.outside(device_id) == {f"iot_gateway__{digits}": "on", f"iot_certificate__{digits}": "on"}
    assert owner.told() == ["access.device_added"]
    assert owner.provisioning.database.names().count("access.granted") == 1, "the grant is what it was"
    assert owner.grant.is_collectable, "the gateway's key is another one"
    assert owner.key(device_id) == f"KEY of {digits}"
    with pytest.raises(NothingToCollect):
        owner.key(device_id)
    assert owner.grant.is_collectable
    owner.remove(device_id)
    owner.provisioning.run()
    assert (owner.outside(device_id), owner.grant.devices) == ({}, [])
    assert owner.told() == ["access.device_added", "access.device_removed"]
    assert owner.grant.state is State.GRANTED
    assert [step.name for step in owner.grant.steps] == list(owner.grant.product.steps)


def test_the_quota_counts_what_is_being_removed_and_the_gateway(owner: Owner) -> None:
    first = owner.added("One")
    again = owner.add("One", first)
    assert again == first, "a second click is the same device"
    with pytest.raises(DeviceNotToBeAdded, match="name_taken"):
        owner.add("ONE")
    owner.add("Two")
    with pytest.raises(DeviceNotToBeAdded, match="quota_reached"):
        owner.add("Three")
    owner.remove(first)
    with pytest.raises(DeviceNotToBeAdded, match="quota_reached"):
        owner.add("Three")
    owner.provisioning.run()
    owner.added("Three")


def test_without_a_quota_there_is_the_gateway_only(provisioning: ProvisioningInMemory) -> None:
    with pytest.raises(DeviceNotToBeAdded, match="quota_reached"):
        Owner(provisioning, provisioning.active("iot")).add()


@pytest.mark.parametrize("told", ["suspended", "offboarding_started"])
def test_all_devices_go_with_the_partner_and_none_joins(owner: Owner, told: str) -> None:
    ready, being_made = owner.added("One"), owner.add("Two")
    owner.provisioning.hear(told, {"partner_id": owner.partner_id})
    with pytest.raises(DeviceNotToBeAdded, match="not_granted"):
        owner.add("Three")
    with pytest.raises(NothingToCollect):
        owner.key(ready)
    owner.provisioning.run()
    if told == "offboarding_started":
        assert owner.provisioning.outside.standing == {}
        assert owner.grant.state is State.REVOKED
        assert owner.told() == ["access.device_added"], "access.revoked tells of all"
        return
    assert owner.provisioning.switches() == {"off"}
    assert owner.grant.state is State.FROZEN
    assert owner.outside(being_made) == {}
    owner.provisioning.hear("resumed", {"partner_id": owner.partner_id})
    owner.provisioning.run()
    assert [device.is_ready for device in owner.grant.devices] == [True, True]


def test_a_device_that_fails_is_stuck_alone(owner: Owner) -> None:
    good = owner.added("Good")
    owner.provisioning.outside.will(
        "apply", "iot_certificate", Mishap(NeverPossible("refused", "No."), times=99)
    )
    bad = owner.added("Bad")
    stuck = owner.device(bad).stuck_step
    assert stuck is not None
    assert stuck.cause is not None
    assert stuck.cause.code == "refused"
    assert (owner.grant.state, owner.device(good).is_ready) == (State.GRANTED, True)
    assert not {"access.failed", "access.stuck"} & set(owner.provisioning.database.names())
    owner.remove(bad)
    owner.provisioning.run()
    assert [one.device_id for one in owner.grant.devices] == [good]
    told = ["access.device_added", "access.device_stuck"]
    assert owner.told() == told, "what was never there is not told as removed"


def test_a_device_whose_certificate_stays_on_keeps_the_freeze_from_being_told(owner: Owner) -> None:
    """The others are off all the same, and the one is named."""
    ids = [owner.added("One"), owner.added("Two")]
    names = [f"iot_certificate__{one.hex[-12:]}" for one in ids]
    outside, refused = owner.provisioning.outside, Mishap(NeverPossible("refused", "No."))
    outside.will("freeze", "iot_certificate", refused)
    owner.provisioning.hear("suspended", {"partner_id": owner.partner_id})
    owner.provisioning.run()
    on = [step for (_, step), switch in outside.standing.items() if "certificate" in step and switch == "on"]
    assert on == [names[1]], "the last one is tried first"
    assert owner.grant.state is not State.FROZEN
    [stuck] = [step for step in owner.grant.steps if step.is_stuck]
    assert stuck.name == on[0]
    assert "access.stuck" in owner.provisioning.database.names()


def test_a_stuck_removal_holds_up_neither_the_others_nor_the_freeze(owner: Owner) -> None:
    first, second = owner.added("One"), owner.added("Two")
    owner.provisioning.outside.will("undo", "iot_gateway", Mishap(NeverPossible("held", "No."), times=99))
    owner.remove(first)
    owner.provisioning.run()
    assert list(owner.outside(first)) == [f"iot_gateway__{first.hex[-12:]}"], "the certificate went"
    assert owner.device(second).is_ready
    owner.provisioning.hear("suspended", {"partner_id": owner.partner_id})
    owner.provisioning.run()
    assert owner.grant.state is State.FROZEN
    with owner.provisioning.database.open() as work:
        name = f"iot_gateway__{first.hex[-12:]}"
        skip_step(work, SkipStep(grant_id=owner.grant.grant_id, step=name, reason="Gone by hand."))
    assert [one.device_id for one in owner.grant.devices] == [second]


def test_a_look_sees_what_befell_each_device(owner: Owner) -> None:
    lost, off = owner.added("Lost"), owner.added("Off")
    outside, grant_id = owner.provisioning.outside.standing, owner.grant.grant_id
    del outside[grant_id, f"iot_gateway__{lost.hex[-12:]}"]
    outside[grant_id, f"iot_certificate__{off.hex[-12:]}"] = "off"
    owner.look()
    drifts = [e.data for e in owner.provisioning.database.events if e.name == "access.drift_detected"]
    assert owner.provisioning.database.names().count("access.provisioning_started") == 1
    assert {drift["step"]: drift["is_left"] for drift in drifts} == {
        f"iot_gateway__{lost.hex[-12:]}": False,
        f"iot_certificate__{off.hex[-12:]}": True,
    }
    assert owner.grant.state is State.GRANTED
    assert owner.device(lost).is_ready
    stuck = owner.device(off).stuck_step
    assert stuck is not None
    assert stuck.standing is Standing.HELD


def test_a_device_that_somebody_switched_off_stays_off_and_keeps_nothing_from_coming_back(
    owner: Owner,
) -> None:
    off, on = owner.added("Off"), owner.added("On")
    certificate = f"iot_certificate__{off.hex[-12:]}"
    owner.provisioning.outside.standing[owner.grant.grant_id, certificate] = "off"
    for name in ("suspended", "resumed"):
        owner.provisioning.hear(name, {"partner_id": owner.partner_id})
        owner.provisioning.run()
    assert owner.grant.state is State.GRANTED
    assert owner.device(on).is_ready
    assert owner.outside(off)[certificate] == "off"
    owner.remove(off)
    owner.provisioning.run()
    assert [one.device_id for one in owner.grant.devices] == [on], "it goes all the same"


def test_a_stuck_removal_is_skipped_while_the_grant_is_on(owner: Owner) -> None:
    device_id = owner.added()
    owner.provisioning.outside.will("undo", "iot_gateway", Mishap(NeverPossible("held", "No."), times=99))
    owner.remove(device_id)
    owner.provisioning.run()
    command = SkipStep(
        grant_id=owner.grant.grant_id, step=f"iot_gateway__{device_id.hex[-12:]}", reason="By hand."
    )
    with owner.provisioning.database.open() as work:
        skip_step(work, command)
    assert (owner.grant.devices, owner.grant.state) == ([], State.GRANTED)
    assert owner.told() == ["access.device_added", "access.device_stuck", "access.device_removed"]


def test_a_removed_device_that_may_connect_is_neither_skipped_nor_told_gone(owner: Owner) -> None:
    """While the grant is on an operator has to get on with it; with the grant it goes unsaid."""
    device_id = owner.added()
    refused = Mishap(NeverPossible("denied", "No."), times=99)
    owner.provisioning.outside.will("undo", "iot_certificate", refused)
    owner.remove(device_id)
    owner.provisioning.run()
    name = f"iot_certificate__{device_id.hex[-12:]}"
    command = SkipStep(grant_id=owner.grant.grant_id, step=name, reason="Later.")
    with owner.provisioning.database.open() as work, pytest.raises(Refused) as caught:
        skip_step(work, command)
    assert caught.value.code == "device_may_connect"
    assert owner.outside(device_id)[name] == "on"
    assert owner.device(device_id).stuck_step is not None
    owner.provisioning.hear("offboarding_started", {"partner_id": owner.partner_id})
    owner.provisioning.run()
    with owner.provisioning.database.open() as work:
        skip_step(work, command)
    owner.provisioning.run()
    assert owner.told() == ["access.device_added", "access.device_stuck"]


@pytest.mark.parametrize("step", ["iot_gateway", "iot_certificate"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_who_dies_making_or_removing_one_leaves_nothing(owner: Owner, step: str, *, after: bool) -> None:
    for act in ("apply", "undo"):
        owner.provisioning.outside.will(act, step, Mishap(NotNow("cut", "Cut off."), after_the_work=after))
    device_id = owner.added()
    assert owner.device(device_id).is_ready
    owner.remove(device_id)
    owner.provisioning.run()
    assert (owner.outside(device_id), owner.grant.devices) == ({}, [])


def test_a_late_making_of_a_device_that_is_gone_is_harmless(owner: Owner) -> None:
    device_id = owner.add()
    call = owner.provisioning.begin(owner.grant.grant_id)
    owner.remove(device_id)
    owner.provisioning.run()
    assert owner.grant.devices == []
    owner.provisioning.note(call, owner.provisioning.call(call))
    owner.provisioning.run()
    assert (owner.grant.devices, owner.grant.state) == ([], State.GRANTED)


def test_the_key_of_a_device_is_rotated_and_revoked_by_itself(owner: Owner) -> None:
    device_id = owner.added()
    key = {"grant_id": owner.grant.grant_id, "device_id": device_id, "partner_id": owner.partner_id}

    def change(act: object, command: object) -> None:
        with owner.provisioning.database.open() as work:
            act(work, command)
        owner.provisioning.run()

    with pytest.raises(NothingToCollect, match="not_collected"):
        change(revoke_key, RevokeKey(**key))
    first = owner.key(device_id)
    change(rotate_key, RotateKey(**key))
    second = owner.key(device_id)
    assert second != first
    assert owner.device(device_id).outputs["keeps_older"]
    change(end_older_keys, EndOlderKeys(**key))
    change(revoke_key, RevokeKey(**key))
    assert owner.device(device_id).outputs["revokes_older"]
    assert owner.key(device_id) not in (first, second)
    assert owner.grant.is_collectable
    assert "replaced_certificate_id" not in owner.grant.outputs


@pytest.mark.parametrize("act", ["rotation", "revocation"])
def test_another_key_does_not_hide_that_somebody_switched_the_device_off(owner: Owner, act: str) -> None:
    device_id = owner.added()
    first, certificate = owner.key(device_id), f"iot_certificate__{device_id.hex[-12:]}"
    owner.provisioning.outside.standing[owner.grant.grant_id, certificate] = "off"
    owner.look()
    key = {"grant_id": owner.grant.grant_id, "device_id": device_id, "partner_id": owner.partner_id}
    with owner.provisioning.database.open() as work:
        rotate_key(work, RotateKey(**key)) if act == "rotation" else revoke_key(work, RevokeKey(**key))
    owner.provisioning.run()
    stuck = owner.device(device_id).stuck_step
    assert stuck is not None
    assert (stuck.name, stuck.standing) == (certificate, Standing.HELD)
    owner.provisioning.do(retry_grant, RetryGrant(owner.grant.grant_id))
    owner.provisioning.run()
    assert owner.key(device_id) != first
