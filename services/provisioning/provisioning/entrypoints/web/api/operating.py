"""API: what operators do to a grant that does not get on, and to the key of a device."""

from typing import Any
from uuid import UUID

from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_principal
from chassis.operating.audited import acts_on
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.domain.grants import Grant
from provisioning.entrypoints.web.api.schemas import GrantSeen, StepToSkip
from provisioning.entrypoints.web.api.views_of_grants import grant_of_operator
from provisioning.handlers import commands
from provisioning.handlers.collect_credentials import release_credentials
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
_act = acts_on(api, "/v1/grants/<uuid:grant_id>", GrantSeen, seen=grant_of_operator, status=202)


@_act("retry", "retry grant")
def retry_failed_step(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID) -> Grant:
    """Retry the failed step now; where none failed, compare; 409 if nothing exists outside."""
    return retry_grant(work, commands.RetryGrant(grant_id))


@_act("repair", "repair grant")
def repair_one_grant(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID) -> Grant:
    """Compare with outside now and repair all differences; 409 if nothing exists outside."""
    return repair_grant(work, commands.RepairGrant(grant_id))


@_act("skip", "skip step", StepToSkip)
def skip_one_step(work: ProvisioningUnitOfWork, body: Body, grant_id: UUID) -> Grant:
    """Skip one step, left as it is outside; 409 while the grant is wanted."""
    return skip_step(work, commands.SkipStep(grant_id=grant_id, step=body["step"], reason=body["reason"]))


@_act("force", "force grant")
def force_one_grant(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID) -> Grant:
    """Remove everything whatever blocks it; 409 unless the grant is being removed."""
    return force_grant(work, commands.ForceGrant(grant_id))


@_act("waiver", "waive grant", status=200)
def waive_one_grant(work: ProvisioningUnitOfWork, body: Body, grant_id: UUID) -> Grant:
    """Waive a grant: the partner continues without it; 409 if it is granted or gone."""
    by = current_principal().name
    return waive_grant(work, commands.WaiveGrant(grant_id=grant_id, reason=body["reason"], by=by))


@_act("approval", "approve grant")
def approve_one_grant(work: ProvisioningUnitOfWork, body: Body, grant_id: UUID) -> Grant:
    """Approve a grant that waits for approval; 409 if it does not."""
    by = current_principal().name
    return approve_grant(work, commands.ApproveGrant(grant_id=grant_id, reason=body["reason"], by=by))


@_act("refusal", "refuse grant", status=200)
def refuse_one_grant(work: ProvisioningUnitOfWork, body: Body, grant_id: UUID) -> Grant:
    """Refuse a grant that waits for approval; 409 if it does not."""
    command = commands.RefuseGrant(grant_id=grant_id, reason=body["reason"], by=current_principal().name)
    return refuse_grant(work, command)


@_act("credentials-release", "release credentials", status=200)
def release_key_again(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID) -> Grant:
    """Replace a key that was collected but never arrived; 409 if it was not collected."""
    return release_credentials(work, commands.ReleaseCredentials(grant_id))
