"""API: what today's catalogue would change in a partner's plan, and the change."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.operating.audited import operators_act
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.bootstrap import ProvisioningService
from provisioning.domain.plan_changes import Difference, PlanPreview
from provisioning.entrypoints.web.api import schemas
from provisioning.handlers.commands import ChangePlan, PreviewPlan
from provisioning.handlers.plans import change_plan, preview_plan

api = ApiBlueprint("changing_plans", __name__, description="What the catalogue would change, and gives")


@api.get("/v1/partners/<uuid:partner_id>/plan-preview")
@api.arguments(schemas.TierToTry, location="query")
@api.response(200, schemas.PlanPreviewSeen)
@api.alt_response(409)
def show_plan_preview(query: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Preview what a plan change would add, change and remove; 409 before and after the plan.

    With `tier`, what that tier would because of it alone: this is done by the change of the tier.
    """
    with current_service(ProvisioningService).open_work() as work:
        return _seen(preview_plan(work, PreviewPlan(partner_id, query["tier"])))


@operators_act(
    api,
    "/v1/partners/<uuid:partner_id>/plan-change",
    "change plan",
    schemas.PreviewedPlan,
    schemas.PlanPreviewSeen,
    status=202,
)
def change_one_plan(work: ProvisioningUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Apply the previewed plan change; 409 if the result would differ by now."""
    return _seen(change_plan(work, ChangePlan(partner_id=partner_id, preview_id=body["preview_id"])))


@api.get("/v1/catalogue/plan")
@api.arguments(schemas.ProfileToTry, location="query")
@api.response(200, schemas.PlanDue)
def try_catalogue(query: dict[str, Any]) -> dict[str, Any]:
    """Show what a partner of this profile would get, and which entry decides; nothing is done."""
    catalogue = current_service(ProvisioningService).settings.catalogue
    competences, wanted = frozenset(query["competences"]), frozenset(query["products_wanted"])
    due = catalogue.due(query["tier"], query["partner_type"], competences, wanted)
    products = [
        {
            "product": entry.product_name,
            "entry_name": entry.name,
            "entry": catalogue.entries.index(entry) + 1,
            "required": entry.is_required,
            "parameters": entry.parameters,
        }
        for entry in due
    ]
    return {"catalogue_version": catalogue.version, "products": products}


def _seen(listed: PlanPreview) -> dict[str, Any]:
    return {
        "preview_id": listed.preview_id,
        "catalogue_version": listed.catalogue_version,
        "differences": [_difference(one) for one in listed.differences],
    }


def _difference(one: Difference) -> dict[str, Any]:
    changes = [{"name": name, "before": old, "after": new} for name, (old, new) in one.changes.items()]
    return {**asdict(one), "changes": changes}
