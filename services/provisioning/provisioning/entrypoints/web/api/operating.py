"""API: what operators do to a grant that does not get on, and to the key of a device."""

from typing import Any
from uuid import UUID

from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_principal
from chassis.operating.audited import operators_act
from chassis.operating.http_schemas import StatedReason
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.entrypoints.web.api.schemas import GrantSeen, StepToSkip
from provisioning.entrypoints.web.api.views_of_grants import grant_of_operator
from provisioning.handlers.collect_credentials import release_credentials
from provisioning.handlers.commands import (
    ApproveGrant,
    ForceGrant,
    RefuseGrant,
    ReleaseCredentials,
    RepairGrant,
    RetryGrant,
    SkipStep,
    WaiveGrant,
)
from provisioning.handlers.grants import (
    approve_grant,
    force_grant,
    refuse_grant,
    repair_grant,
    retry_grant,
    skip_step,
    waive_grant,
)

api = ApiBlueprint("operating", __name__, description="Approve, retry, repair, skip, force, waive")
Body = dict[str, Any]


@operators_act(api, "/v1/grants/<uuid:grant_id>/retry", "retry grant", StatedReason, GrantSeen, status=202)
def retry_failed_step(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID) -> Body:
    """Try what failed once more, now; where nothing failed, look; 409 when nothing stands outside."""
    return grant_of_operator(retry_grant(work, RetryGrant(grant_id)))


@operators_act(api, "/v1/grants/<uuid:grant_id>/repair", "repair grant", StatedReason, GrantSeen, status=202)
def repair_one_grant(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID) -> Body:
    """Look outside now and make all as it should be, also what somebody switched off; 409: nothing stands."""
    return grant_of_operator(repair_grant(work, RepairGrant(grant_id)))


@operators_act(api, "/v1/grants/<uuid:grant_id>/skip", "skip step", StepToSkip, GrantSeen, status=202)
def skip_one_step(work: ProvisioningUnitOfWork, body: Body, grant_id: UUID) -> Body:
    """Leave one step as it stands outside and let the grant go on; 409 while the grant is wanted."""
    return grant_of_operator(
        skip_step(work, SkipStep(grant_id=grant_id, step=body["step"], reason=body["reason"]))
    )


@operators_act(api, "/v1/grants/<uuid:grant_id>/force", "force grant", StatedReason, GrantSeen, status=202)
def force_one_grant(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID) -> Body:
    """Take everything away whatever holds it; 409 unless the grant is to be taken away."""
    return grant_of_operator(force_grant(work, ForceGrant(grant_id)))


@operators_act(api, "/v1/grants/<uuid:grant_id>/waiver", "waive grant", StatedReason, GrantSeen)
def waive_one_grant(work: ProvisioningUnitOfWork, body: Body, grant_id: UUID) -> Body:
    """Let the partner go on without this grant; 409 when it is granted or gone."""
    by = current_principal().name
    return grant_of_operator(waive_grant(work, WaiveGrant(grant_id=grant_id, reason=body["reason"], by=by)))


@operators_act(
    api, "/v1/grants/<uuid:grant_id>/approval", "approve grant", StatedReason, GrantSeen, status=202
)
def approve_one_grant(work: ProvisioningUnitOfWork, body: Body, grant_id: UUID) -> Body:
    """Have a grant made that waits for it; 409 when it does not."""
    by = current_principal().name
    return grant_of_operator(
        approve_grant(work, ApproveGrant(grant_id=grant_id, reason=body["reason"], by=by))
    )


@operators_act(api, "/v1/grants/<uuid:grant_id>/refusal", "refuse grant", StatedReason, GrantSeen)
def refuse_one_grant(work: ProvisioningUnitOfWork, body: Body, grant_id: UUID) -> Body:
    """Let the partner go on without a grant that waits for approval; 409 when it does not."""
    command = RefuseGrant(grant_id=grant_id, reason=body["reason"], by=current_principal().name)
    return grant_of_operator(refuse_grant(work, command))


@operators_act(
    api, "/v1/grants/<uuid:grant_id>/credentials-release", "release credentials", StatedReason, GrantSeen
)
def release_key_again(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID) -> Body:
    """Let the partner collect the key once more, when the answer never arrived; 409 when not collected."""
    return grant_of_operator(release_credentials(work, ReleaseCredentials(grant_id)))
