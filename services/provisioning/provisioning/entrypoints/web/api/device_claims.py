"""API: claims by which devices join a grant by themselves, and their redemption by a device.

A claim is made without a kept answer, which would be a kept secret.
"""

from typing import Any
from uuid import UUID, uuid4, uuid5

from chassis.http.current_service import current_service
from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.http.visits import visit_of_key
from chassis.operating.audited import audited, note_own_act
from chassis.operating.http_schemas import ReasonOfOperator
from provisioning.adapters.aws.device_certificate import certificate_for_key
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.bootstrap import ProvisioningService
from provisioning.domain.refusals import ClaimNotToBeUsed, ClaimNotValid, DeviceNotToBeAdded
from provisioning.entrypoints.web.api import schemas
from provisioning.entrypoints.web.api.views_of_grants import claim_seen, claims_of, redeemed_device
from provisioning.entrypoints.web.limiting import count_refused_claim
from provisioning.entrypoints.web.own_grants import acting_name, acting_partner, visible_grant
from provisioning.handlers.commands import MakeClaim, RedeemClaim, RevokeClaim
from provisioning.handlers.device_claims import make_claim, redeem_claim, revoke_claim

api = ApiBlueprint(
    "device_claims", __name__, description="Claims by which devices join a grant by themselves"
)
Body = dict[str, Any]
_OF_GRANT = "/v1/grants/<uuid:grant_id>/device-claims"
_LOOK_AGAIN_SECONDS = "2"


@api.get(_OF_GRANT)
@api.response(200, schemas.ClaimsOfGrant)
@api.alt_response(404)
def list_claims(grant_id: UUID) -> Body:
    """List the newest 200 claims of a grant, valid ones first; never their secrets."""
    with current_service(ProvisioningService).open_work() as work:
        return {"claims": claims_of(work, visible_grant(work, grant_id))}


@api.post(_OF_GRANT)
@api.arguments(schemas.NewClaim)
@api.response(201, schemas.ClaimMade, headers={"Cache-Control": {"schema": {"type": "string"}}})
@api.alt_response(404, 409)
def create_claim(body: Body, grant_id: UUID) -> tuple[Body, int, dict[str, str]]:
    """Create a claim; its secret is shown once. The same idempotency key replaces the secret."""
    reason = body.pop("reason", None)
    claim_id = uuid5(grant_id, str(visit_of_key() or uuid4()))
    command = MakeClaim(
        grant_id=grant_id, claim_id=claim_id, by=acting_name(), partner_id=acting_partner(), **body
    )
    with current_service(ProvisioningService).open_work() as work:
        grant, claim, secret = make_claim(work, command)
        if command.partner_id is None:
            note_own_act(work, "make claim", claim.claim_id, reason)
        made = claim_seen(grant, claim, work.now()) | {"secret": secret}
    return made, 201, {"Cache-Control": "no-store"}


@api.post(f"{_OF_GRANT}/<uuid:claim_id>/revocation")
@api.arguments(ReasonOfOperator)
@idempotent
@audited("revoke claim", "claim_id")
@api.response(200, schemas.ClaimSeen)
@api.alt_response(404)
def revoke_one_claim(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID, claim_id: UUID) -> Body:
    """Revoke a claim: no more devices join by it; those that have joined stay."""
    command = RevokeClaim(grant_id=grant_id, claim_id=claim_id, partner_id=acting_partner())
    return claim_seen(*revoke_claim(work, command), work.now())


@api.post("/v1/device-claims/redemptions")
@api.arguments(schemas.DeviceRedemption)
@api.response(200, schemas.RedeemedDevice)
@api.alt_response(202, schema=schemas.RedeemedDevice)
@api.alt_response(403, 409, 429)
def redeem(body: Body) -> Any:
    """Join as a device: 202 while it is made, 200 with all it needs once it may connect.

    Ask the same again until then; the same serial number and key are always the same device.
    """
    command = RedeemClaim(
        serial=body["serial"], public_key_pem=body["csr"], issue=certificate_for_key, secret=body["secret"]
    )
    try:
        with current_service(ProvisioningService).open_work() as work:
            seen = redeemed_device(*redeem_claim(work, command))
    except (ClaimNotValid, ClaimNotToBeUsed, DeviceNotToBeAdded):
        count_refused_claim()
        raise
    if seen["state"] == "ready":
        return seen, 200, {"Cache-Control": "no-store"}
    return seen, 202, {"Cache-Control": "no-store", "Retry-After": _LOOK_AGAIN_SECONDS}
