"""A partner, or an operator, adds devices to a grant and removes them; the worker does the rest."""

from uuid import UUID

from provisioning.domain.devices import Device, steps_of
from provisioning.domain.grants import Grant
from provisioning.domain.refusals import DeviceNotFound, DeviceNotToBeAdded
from provisioning.domain.settling import settle
from provisioning.handlers.commands import AddDevice, RemoveDevice
from provisioning.handlers.emit import save_and_emit
from provisioning.handlers.grants import find_grant
from provisioning.handlers.ports import Work
from provisioning.handlers.settle import defer_advance


def add_device(work: Work, command: AddDevice) -> tuple[Grant, Device]:
    """Have a device created; the same id again is the same device.

    The lock on the partner's row guards the quota. Raises GrantNotFound, DeviceNotToBeAdded.
    """
    _, grant = find_grant(work, command.grant_id, command.partner_id)
    known = next((one for one in grant.devices if one.device_id == command.device_id), None)
    if known is not None:
        return grant, known
    refuse_unless_there_is_room(grant, command.name)
    device = Device(
        device_id=command.device_id,
        product=grant.product,
        steps=steps_of(grant.product, command.device_id),
        name=command.name,
        added_at=work.now(),
        added_by=command.by,
    )
    grant.add_device(device)
    work.grants.save(grant)
    if command.partner_id is not None:
        work.note_act(str(command.partner_id), "add device", str(device.device_id))
    defer_advance(work, grant)
    return grant, device


def remove_device(work: Work, command: RemoveDevice) -> tuple[Grant, Device]:
    """Have a device removed, its certificate first. Idempotent.

    Raises GrantNotFound, DeviceNotFound.
    """
    _, grant = find_grant(work, command.grant_id, command.partner_id)
    device = find_device(grant, command.device_id)
    if device.is_wanted:
        device.remove()
        settle(grant)
        save_and_emit(work, grant)
        if command.partner_id is not None:
            work.note_act(str(command.partner_id), "remove device", str(device.device_id))
        defer_advance(work, grant)
    return grant, device


def find_device(grant: Grant, device_id: UUID) -> Device:
    """Raises DeviceNotFound."""
    device = next((one for one in grant.devices if one.device_id == device_id), None)
    if device is None:
        raise DeviceNotFound
    return device


def refuse_unless_there_is_room(grant: Grant, name: str) -> None:
    """A device being removed may still exist, so it counts. Raises DeviceNotToBeAdded."""
    if grant.product.devices is None:
        raise DeviceNotToBeAdded("no_further_devices", "The product has no devices to be added.")
    if not grant.is_usable:
        message = f"Devices join a grant that is granted, and goes on to be; it is {grant.state}."
        raise DeviceNotToBeAdded("not_granted", message)
    quota = grant.device_quota
    if 1 + len(grant.devices) >= quota:
        raise DeviceNotToBeAdded("quota_reached", f"There may be {quota} devices, and there are as many.")
    if any(device.name.casefold() == name.casefold() for device in grant.devices):
        raise DeviceNotToBeAdded("name_taken", "Another device has this name.")
