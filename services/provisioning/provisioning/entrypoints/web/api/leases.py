"""API: how long access lasts, what it may cost, and what an operator switches off."""

from typing import Any
from uuid import UUID

from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_principal
from chassis.operating.audited import acts_on
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.domain.grants import Grant
from provisioning.entrypoints.web.api.schemas import GrantSeen, MoreBudget, MoreTime
from provisioning.entrypoints.web.api.views_of_grants import grant_of_operator
from provisioning.handlers.commands import EndLease, ExtendLease, FreezeGrant, RaiseBudget, ReinstateGrant
from provisioning.handlers.leases import end_lease, extend_lease, freeze_grant, reinstate_grant
from provisioning.handlers.spending import raise_budget

api = ApiBlueprint(
    "leases", __name__, description="Extend and end leases; raise budgets; freeze and reinstate"
)
Body = dict[str, Any]
_act = acts_on(api, "/v1/grants/<uuid:grant_id>", GrantSeen, seen=grant_of_operator, status=202)


@_act("lease-extension", "extend lease", MoreTime, status=200)
def extend_one_lease(work: ProvisioningUnitOfWork, body: Body, grant_id: UUID) -> Grant:
    """Extend the lease, from now if it has ended; what its end switched off comes back."""
    by = current_principal().name
    command = ExtendLease(grant_id=grant_id, days=body["days"], reason=body["reason"], by=by)
    return extend_lease(work, command)


@_act("lease-end", "end lease")
def end_one_lease(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID) -> Grant:
    """End the lease now: switched off at once, removed after the days of grace."""
    return end_lease(work, EndLease(grant_id))


@_act("budget-raise", "raise budget", MoreBudget)
def raise_one_budget(work: ProvisioningUnitOfWork, body: Body, grant_id: UUID) -> Grant:
    """Raise this month's budget, and switch on what exceeded it; 409 if that is not enough."""
    return raise_budget(work, RaiseBudget(grant_id=grant_id, usd=body["usd"]))


@_act("freeze", "freeze grant")
def freeze_one_grant(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID) -> Grant:
    """Freeze one product, whatever the partner's state, until it is reinstated."""
    return freeze_grant(work, FreezeGrant(grant_id))


@_act("reinstatement", "reinstate grant")
def reinstate_one_grant(work: ProvisioningUnitOfWork, _body: Body, grant_id: UUID) -> Grant:
    """Lift an operator's freeze; a suspension, an ended lease or a spent budget keeps it off."""
    return reinstate_grant(work, ReinstateGrant(grant_id))
