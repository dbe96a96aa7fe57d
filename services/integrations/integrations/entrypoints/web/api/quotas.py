"""API for integrators: how much there may be, and how much of it is used."""

from typing import Any

from marshmallow import Schema, fields

from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.openapi import ApiBlueprint
from chassis.http.strict_fields import Choice
from integrations.bootstrap import IntegrationsService
from integrations.domain.quotas import Act
from integrations.entrypoints.web.api.own import current_integrator
from integrations.handlers.commands import LookAtQuotas
from integrations.handlers.quotas import look_at

api = ApiBlueprint("quotas", __name__, description="How much there may be")


class UseSeen(Schema):
    """How much of a quota is used."""

    used = fields.Integer(required=True)
    most = fields.Integer(required=True)


class HourlyUseSeen(UseSeen):
    until = described(
        fields.AwareDateTime(required=True, allow_none=True), "When it is counted anew; null if unused"
    )


class FilterCostSeen(Schema):
    """What the filter of an endpoint takes."""

    endpoint_id = fields.UUID(required=True)
    steps = fields.Integer(required=True)


class QuotasSchema(Schema):
    """What is used of each quota."""

    endpoints = fields.Nested(UseSeen, required=True)
    replays_running = fields.Nested(UseSeen, required=True)
    filter_steps = described(
        fields.Nested(UseSeen, required=True),
        "Of all filters, for an event of the type that takes most of them",
    )
    filter_costs = described(
        fields.List(fields.Nested(FilterCostSeen), required=True), "Of which that is the sum"
    )
    by_hour = fields.Dict(
        keys=Choice(Act),
        values=fields.Nested(HourlyUseSeen),
        required=True,
    )


@api.get("/v1/quotas")
@api.response(200, QuotasSchema)
def show_quotas() -> dict[str, Any]:
    """Show what is used of each, and what the filter of each endpoint takes."""
    with current_service(IntegrationsService).open_work() as work:
        quotas = look_at(work, LookAtQuotas(current_integrator()))
    costs = quotas.filter_costs.by_endpoint if quotas.filter_costs else {}
    listed = [{"endpoint_id": endpoint_id, "steps": steps} for endpoint_id, steps in costs.items()]
    return vars(quotas) | {"filter_costs": listed}
