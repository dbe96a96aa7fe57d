"""API: the devices that a partner adds to a grant; operators do the same, with a reason.

A key is handed out without an Idempotency-Key: a stored answer would be a stored key.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from chassis.http.current_service import current_service
from chassis.http.idempotency import idempotent
from chassis.http.openapi import AnySchema, ApiBlueprint
from chassis.operating.audited import audited
from chassis.operating.http_schemas import ReasonOfOperator
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.bootstrap import ProvisioningService
from provisioning.domain.grants import Grant
from provisioning.entrypoints.web.api import schemas
from provisioning.entrypoints.web.api.views_of_grants import device_seen, devices_of
from provisioning.entrypoints.web.own_grants import (
    acting_name,
    acting_partner,
    collect_own_key,
    visible_grant,
)
from provisioning.handlers import commands
from provisioning.handlers.collect_credentials import end_older_keys, revoke_key, rotate_key
from provisioning.handlers.devices import add_device, find_device, remove_device
from provisioning.handlers.ports import Credentials

api = ApiBlueprint("devices", __name__, description="Devices beside the first one of a grant, and their keys")
Body = dict[str, Any]
View = Callable[..., Any]
_ONE = "/v1/grants/<uuid:grant_id>/devices/<uuid:device_id>"


def _act(path: str, action: str, target: str, body: AnySchema, status: int = 202) -> Callable[[View], View]:
    """Register ``view(work, body, **path)`` as a POST for partners and operators; these give a reason."""

    def register(view: View) -> View:
        for refusal in (404, 409):
            view = api.alt_response(refusal)(view)
        view = audited(action, target)(api.response(status, schemas.DeviceChanged)(view))

        return api.post(path)(api.arguments(body)(idempotent(view)))

    return register


@api.get("/v1/grants/<uuid:grant_id>/devices")
@api.response(200, schemas.DevicesOfGrant)
@api.alt_response(404)
def list_devices(grant_id: UUID) -> Body:
    """List the devices of a grant beside its first one, which is the grant's own."""
    with current_service(ProvisioningService).open_work() as work:
        return devices_of(visible_grant(work, grant_id))


@_act("/v1/grants/<uuid:grant_id>/devices", "add device", "grant_id", schemas.NewDevice)
def add_one_device(work: ProvisioningUnitOfWork, body: Body, grant_id: UUID) -> Body:
    """Add a device; its key waits to be collected once it is ready. 409 beyond the quota."""
    command = commands.AddDevice(
        grant_id=grant_id,
        device_id=uuid4(),
        name=body["name"],
        by=acting_name(),
        partner_id=acting_partner(),
    )
    return device_seen(*add_device(work, command))


@_act(f"{_ONE}/removal", "remove device", "device_id", ReasonOfOperator)
def remove_one_device(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID, device_id: UUID) -> Body:
    """Remove a device: its certificate stops connecting, then its thing and its key are deleted."""
    command = commands.RemoveDevice(
        grant_id=grant_id, device_id=device_id, by=acting_name(), partner_id=acting_partner()
    )
    return device_seen(*remove_device(work, command))


@api.post(f"{_ONE}/credentials")
@api.response(200, schemas.CredentialsOfDevice, headers={"Cache-Control": {"schema": {"type": "string"}}})
@api.alt_response(404, 409, 410)
def hand_out_key_of_device(grant_id: UUID, device_id: UUID) -> tuple[Credentials, int, dict[str, str]]:
    """Hand out the key of a device; 410 from the second time on."""
    return collect_own_key(grant_id, device_id=device_id), 200, {"Cache-Control": "no-store"}


@_act(f"{_ONE}/credentials-rotation", "rotate key", "device_id", ReasonOfOperator)
def rotate_key_of_device(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID, device_id: UUID) -> Body:
    """Create another key, collected once; the one in use stays valid until the rotation ends."""
    return _changed(rotate_key(work, commands.RotateKey(**_key_of(grant_id, device_id))), device_id)


@_act(f"{_ONE}/credentials-rotation-end", "end older keys", "device_id", ReasonOfOperator)
def end_rotation_of_device(
    work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID, device_id: UUID
) -> Body:
    """Revoke the older keys, once the device uses the newest."""
    return _changed(end_older_keys(work, commands.EndOlderKeys(**_key_of(grant_id, device_id))), device_id)


@_act(f"{_ONE}/credentials-revocation", "revoke key", "device_id", ReasonOfOperator)
def revoke_key_of_device(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID, device_id: UUID) -> Body:
    """Revoke every key handed out, at once, and create another, to be collected once."""
    return _changed(revoke_key(work, commands.RevokeKey(**_key_of(grant_id, device_id))), device_id)


def _key_of(grant_id: UUID, device_id: UUID) -> dict[str, Any]:
    return {"grant_id": grant_id, "device_id": device_id, "partner_id": acting_partner()}


def _changed(grant: Grant, device_id: UUID) -> Body:
    return device_seen(grant, find_device(grant, device_id))
