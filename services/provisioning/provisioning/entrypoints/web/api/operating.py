"""API: what operators do to a grant: retry, waive, release its key once more."""

from typing import Any
from uuid import UUID

from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_principal
from chassis.operating.audited import operators_act
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.entrypoints.web.api.schemas import GrantSeen, StatedReason
from provisioning.entrypoints.web.api.views_of_grants import grant_of_operator
from provisioning.handlers.collect_credentials import release_credentials
from provisioning.handlers.commands import ReleaseCredentials, RetryGrant, WaiveGrant
from provisioning.handlers.grants import retry_grant, waive_grant

api = ApiBlueprint("operating", __name__, description="Retry, waive, release a key")


@operators_act(api, "/v1/grants/<uuid:grant_id>/retry", "retry grant", StatedReason, GrantSeen, status=202)
def retry_failed_step(work: ProvisioningUnitOfWork, _body: dict[str, Any], grant_id: UUID) -> dict[str, Any]:
    """Try the step that failed once more, now; 409 when nothing failed."""
    return grant_of_operator(retry_grant(work, RetryGrant(grant_id)))


@operators_act(api, "/v1/grants/<uuid:grant_id>/waiver", "waive grant", StatedReason, GrantSeen)
def waive_one_grant(work: ProvisioningUnitOfWork, body: dict[str, Any], grant_id: UUID) -> dict[str, Any]:
    """Let the partner go on without this grant; 409 when it is granted or gone."""
    by = current_principal().name
    return grant_of_operator(waive_grant(work, WaiveGrant(grant_id=grant_id, reason=body["reason"], by=by)))


@operators_act(
    api, "/v1/grants/<uuid:grant_id>/credentials-release", "release credentials", StatedReason, GrantSeen
)
def release_key_again(work: ProvisioningUnitOfWork, _body: dict[str, Any], grant_id: UUID) -> dict[str, Any]:
    """Let the partner collect the key once more, when the answer never arrived; 409 when not collected."""
    return grant_of_operator(release_credentials(work, ReleaseCredentials(grant_id)))
