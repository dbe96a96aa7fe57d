"""API: a partner collects the key of its device, once, and rotates it.

No Idempotency-Key here: a stored answer would be a stored key.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_principal
from provisioning.bootstrap import ProvisioningService
from provisioning.domain.grants import Grant
from provisioning.entrypoints.web.api.schemas import CredentialsOfDevice, GrantSeen
from provisioning.entrypoints.web.api.views_of_grants import grant_of_partner
from provisioning.entrypoints.web.own_grants import collect_own_key
from provisioning.handlers.collect_credentials import end_older_keys, revoke_key, rotate_key
from provisioning.handlers.commands import ChangeKey, EndOlderKeys, RevokeKey, RotateKey
from provisioning.handlers.ports import Credentials

api = ApiBlueprint("collecting", __name__, description="The key of a device, handed out once")


@api.post("/v1/grants/<uuid:grant_id>/credentials")
@api.response(200, CredentialsOfDevice, headers={"Cache-Control": {"schema": {"type": "string"}}})
@api.alt_response(404, 409, 410)
def hand_out_credentials(grant_id: UUID) -> tuple[Credentials, int, dict[str, str]]:
    """Hand out the key; 410 from the second time on."""
    return collect_own_key(grant_id), 200, {"Cache-Control": "no-store"}


@api.post("/v1/grants/<uuid:grant_id>/credentials-rotation")
@api.response(202, GrantSeen)
@api.alt_response(404, 409)
def rotate(grant_id: UUID) -> dict[str, Any]:
    """Create another key, collected once; the one in use stays valid until the rotation ends."""
    return _changed(rotate_key, RotateKey, grant_id)


@api.post("/v1/grants/<uuid:grant_id>/credentials-rotation-end")
@api.response(202, GrantSeen)
@api.alt_response(404, 409)
def end_rotation(grant_id: UUID) -> dict[str, Any]:
    """Revoke the older keys, once the device uses the newest."""
    return _changed(end_older_keys, EndOlderKeys, grant_id)


@api.post("/v1/grants/<uuid:grant_id>/credentials-revocation")
@api.response(202, GrantSeen)
@api.alt_response(404, 409)
def revoke(grant_id: UUID) -> dict[str, Any]:
    """Revoke every key handed out, at once, and create another, to be collected once."""
    return _changed(revoke_key, RevokeKey, grant_id)


def _changed(change: Callable[..., Grant], command: type[ChangeKey], grant_id: UUID) -> dict[str, Any]:
    who = command(partner_id=UUID(current_principal().name), grant_id=grant_id)
    with current_service(ProvisioningService).open_work() as work:
        return grant_of_partner(change(work, who))
