"""API: a partner collects the key of its device, once.

No Idempotency-Key here: a stored answer would be a stored key.
"""

from uuid import UUID

from chassis.http.openapi import ApiBlueprint
from provisioning.entrypoints.web.api.schemas import CredentialsOfDevice
from provisioning.entrypoints.web.own_key import collect_own_key
from provisioning.handlers.ports import Credentials

api = ApiBlueprint("collecting", __name__, description="The key of a device, handed out once")


@api.post("/v1/grants/<uuid:grant_id>/credentials")
@api.response(200, CredentialsOfDevice, headers={"Cache-Control": {"schema": {"type": "string"}}})
@api.alt_response(404)
@api.alt_response(409)
@api.alt_response(410)
def hand_out_credentials(grant_id: UUID) -> tuple[Credentials, int, dict[str, str]]:
    """Hand out the key; 410 from the second time on."""
    return collect_own_key(grant_id), 200, {"Cache-Control": "no-store"}
