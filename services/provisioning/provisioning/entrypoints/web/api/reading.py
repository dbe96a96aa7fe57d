"""API: look at grants and at the catalogue."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_principal
from chassis.http.problems import Problem
from provisioning.bootstrap import ProvisioningService
from provisioning.domain.grants import Grant
from provisioning.domain.leases import FrozenFor
from provisioning.entrypoints.web.api import schemas
from provisioning.entrypoints.web.api.views_of_budgets import budgets_of
from provisioning.entrypoints.web.api.views_of_grants import (
    catalogue_in_use,
    grant_of_operator,
    grant_of_partner,
)
from provisioning.entrypoints.web.own_grants import visible_grant

api = ApiBlueprint("reading", __name__, description="Grants, their steps and causes; the catalogue")


@api.get("/v1/partners/<uuid:partner_id>/grants")
@api.response(200, schemas.GrantsOfPartner)
@api.alt_response(404)
def list_grants_of_partner(partner_id: UUID) -> dict[str, Any]:
    """List a partner's grants. Operators also see steps and attempts."""
    with current_service(ProvisioningService).open_work() as work:
        grants = work.grants.of_partner(partner_id)
        budgets = budgets_of(work, grants)
        is_known = bool(grants) or work.partners.is_known(partner_id)
    if not is_known and current_principal().may_read_all:
        raise Problem(404, "not_found", "There is no such partner here.")
    return {"grants": [_as_seen(grant) | budgets[grant.grant_id] for grant in grants]}


@api.get("/v1/grants")
@api.arguments(schemas.GrantSearch, location="query")
@api.response(200, schemas.GrantPage)
def list_grants(query: dict[str, Any]) -> dict[str, Any]:
    """List grants in the order they were planned."""
    is_stuck = query["stuck"] == "true" if "stuck" in query else None
    with current_service(ProvisioningService).open_work() as work:
        page = work.grants.page(
            query.get("state"),
            int(query["cursor"]),
            query["limit"],
            is_stuck=is_stuck,
            frozen_for=_frozen_for(query),
            only_unseen="cost_not_seen" in query,
            ends_by=work.now() + timedelta(days=query["ends_within"]) if "ends_within" in query else None,
        )
    is_full = len(page) == query["limit"]
    return {
        "grants": [grant_of_operator(grant) for _, grant in page],
        "next_cursor": str(page[-1][0]) if is_full else None,
    }


@api.get("/v1/grants/<uuid:grant_id>")
@api.response(200, schemas.GrantSeen)
@api.alt_response(404)
def show_grant(grant_id: UUID) -> dict[str, Any]:
    """Show one grant. Operators also see steps and attempts."""
    with current_service(ProvisioningService).open_work() as work:
        found = visible_grant(work, grant_id)
        results = work.kept_results.of_grant(grant_id)
        return _as_seen(found) | budgets_of(work, [found])[grant_id] | {"results": results}


@api.get("/v1/catalogue")
@api.response(200, schemas.CatalogueInUse)
def show_catalogue() -> dict[str, Any]:
    """Show the catalogue that plans are made from."""
    return catalogue_in_use(current_service(ProvisioningService).settings.catalogue)


def _frozen_for(query: dict[str, Any]) -> set[FrozenFor]:
    asked = {query["frozen_for"]} if "frozen_for" in query else set()
    return asked | ({FrozenFor.APPROVAL} if "to_approve" in query else set())


def _as_seen(grant: Grant) -> dict[str, Any]:
    return grant_of_operator(grant) if current_principal().may_read_all else grant_of_partner(grant)
