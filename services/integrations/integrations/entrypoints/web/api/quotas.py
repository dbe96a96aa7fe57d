"""API for integrators: how much there may be, and how much of it is used."""

from typing import Any

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from integrations.bootstrap import IntegrationsService
from integrations.entrypoints.web.api.own import current_integrator
from integrations.entrypoints.web.api.schemas import QuotasSchema
from integrations.handlers.commands import LookAtQuotas
from integrations.handlers.quotas import QuotasSeen, look_at

api = ApiBlueprint("quotas", __name__, description="How much there may be")


@api.get("/v1/quotas")
@api.response(200, QuotasSchema)
def show_quotas() -> dict[str, Any]:
    """Show what is used of each, and what the filter of each endpoint takes."""
    with current_service(IntegrationsService).open_work() as work:
        quotas = look_at(work, LookAtQuotas(current_integrator()))
    return vars(quotas) | {"filter_costs": _costs_of(quotas)}


def _costs_of(quotas: QuotasSeen) -> list[dict[str, Any]]:
    costs = quotas.filter_costs.by_endpoint if quotas.filter_costs else {}
    return [{"endpoint_id": endpoint_id, "steps": steps} for endpoint_id, steps in costs.items()]
