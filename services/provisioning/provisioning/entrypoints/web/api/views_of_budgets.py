"""Budgets and what was spent as plain values for the API's schemas."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis.http.principals import current_principal
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.domain.budgets import Action, BudgetTerms
from provisioning.domain.grants import Grant
from provisioning.domain.meters import Meter, Spending


def budgets_of(work: ProvisioningUnitOfWork, grants: Sequence[Grant]) -> Mapping[UUID, dict[str, Any]]:
    """Return of each grant the member ``budget`` of its view."""
    meters = {meter.grant_id: meter for meter in work.meters.of_grants([one.grant_id for one in grants])}
    return {grant.grant_id: {"budget": _budget(work, grant, meters.get(grant.grant_id))} for grant in grants}


def _budget(work: ProvisioningUnitOfWork, grant: Grant, meter: Meter | None) -> dict[str, Any] | None:
    terms = BudgetTerms.in_parameters(grant.parameters)
    if terms is None or meter is None:
        return None
    meter.roll_over(work.now())
    spending = meter.spending(terms, work.meters.billed_usd(grant.grant_id, meter.month))
    return _seen(spending, meter) | (_of_operator(meter) if current_principal().may_read_all else {})


def _seen(spending: Spending, meter: Meter) -> dict[str, Any]:
    freezes_at = (one.percent for one in spending.terms.thresholds if one.action is Action.FREEZE)
    return {
        "month": f"{spending.month:%Y-%m}",
        "budget_usd": f"{spending.budget_usd:.2f}",
        "spent_usd": f"{spending.spent_usd:.2f}",
        "percent": spending.percent,
        "estimated_usd": f"{spending.estimated_usd:.2f}",
        "billed_usd": f"{spending.billed_usd:.2f}",
        "usd_per_hour": f"{meter.usd_per_hour:.2f}",
        "looked_at": meter.looked_at,
        "freezes_at_percent": next(freezes_at, None),
    }


def _of_operator(meter: Meter) -> dict[str, Any]:
    return {
        "account_id": meter.account_id,
        "assumed": meter.assumed,
        "not_seen_since": meter.failing_since,
        "not_seen_because": meter.cause and meter.cause.message,
    }
