"""API: how long access lasts, what it may cost, and what an operator switches off."""

from typing import Any
from uuid import UUID

from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_principal
from chassis.operating.audited import operators_act
from chassis.operating.http_schemas import StatedReason
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.entrypoints.web.api.schemas import GrantSeen, MoreBudget, MoreTime
from provisioning.entrypoints.web.api.views_of_grants import grant_of_operator
from provisioning.handlers.commands import EndLease, ExtendLease, FreezeGrant, RaiseBudget, ReinstateGrant
from provisioning.handlers.leases import end_lease, extend_lease, freeze_grant, reinstate_grant
from provisioning.handlers.spending import raise_budget

api = ApiBlueprint(
    "leases", __name__, description="Extend and end leases; raise budgets; freeze and reinstate"
)
Body = dict[str, Any]


@operators_act(api, "/v1/grants/<uuid:grant_id>/lease-extension", "extend lease", MoreTime, GrantSeen)
def extend_one_lease(work: ProvisioningUnitOfWork, body: Body, grant_id: UUID) -> Body:
    """Give more time, from now on if it was over; what its end switched off comes back."""
    by = current_principal().name
    command = ExtendLease(grant_id=grant_id, days=body["days"], reason=body["reason"], by=by)
    return grant_of_operator(extend_lease(work, command))


@operators_act(api, "/v1/grants/<uuid:grant_id>/lease-end", "end lease", StatedReason, GrantSeen, status=202)
def end_one_lease(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID) -> Body:
    """Have the lease end now: switched off at once, taken away after the days of grace."""
    return grant_of_operator(end_lease(work, EndLease(grant_id)))


@operators_act(
    api, "/v1/grants/<uuid:grant_id>/budget-raise", "raise budget", MoreBudget, GrantSeen, status=202
)
def raise_one_budget(work: ProvisioningUnitOfWork, body: Body, grant_id: UUID) -> Body:
    """Let it cost more this month, and give back what is off for that; 409 when that is not enough."""
    return grant_of_operator(raise_budget(work, RaiseBudget(grant_id=grant_id, usd=body["usd"])))


@operators_act(api, "/v1/grants/<uuid:grant_id>/freeze", "freeze grant", StatedReason, GrantSeen, status=202)
def freeze_one_grant(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID) -> Body:
    """Switch one product off, whatever becomes of the partner, until it is reinstated."""
    return grant_of_operator(freeze_grant(work, FreezeGrant(grant_id)))


@operators_act(
    api, "/v1/grants/<uuid:grant_id>/reinstatement", "reinstate grant", StatedReason, GrantSeen, status=202
)
def reinstate_one_grant(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID) -> Body:
    """Lift a freeze of an operator; a suspension, a lease or a budget that is over goes on holding it."""
    return grant_of_operator(reinstate_grant(work, ReinstateGrant(grant_id)))
