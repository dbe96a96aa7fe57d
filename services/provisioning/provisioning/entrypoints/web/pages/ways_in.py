"""The contact sees how each of the people comes in, passes on where to register, and sees what is spent."""

from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from chassis.failures import Failure
from chassis.http.current_service import current_service
from provisioning.bootstrap import ProvisioningService
from provisioning.domain.refusals import NoWayIn
from provisioning.entrypoints.web.api.views_of_budgets import budgets_of
from provisioning.entrypoints.web.own_grants import own_grant, own_registration, ways_in_to
from provisioning.entrypoints.web.pages.signed_in import signed_in

pages = Blueprint("people", __name__, template_folder="templates")


@pages.get("/ways-in/<uuid:grant_id>")
@signed_in
def show(grant_id: UUID) -> AnyResponse:
    return _page(grant_id)


@pages.post("/ways-in/<uuid:grant_id>")
@signed_in
def register(grant_id: UUID) -> AnyResponse:
    """Show one person's address once; asking again gives a new one."""
    try:
        member_id = UUID(request.form.get("member_id", ""))
    except ValueError:
        return _page(grant_id)
    try:
        address = own_registration(grant_id, member_id)
    except NoWayIn:
        return _page(grant_id)
    except Failure:
        return _page(grant_id, status=503)
    return _page(grant_id, registering=member_id, address=address)


def _page(
    grant_id: UUID, registering: UUID | None = None, address: str | None = None, status: int = 200
) -> Response:
    """What cannot be looked up now is said, and keeps nothing else from being shown."""
    grant = own_grant(grant_id)
    with current_service(ProvisioningService).open_work() as work:
        budget = budgets_of(work, [grant])[grant_id]["budget"]
    try:
        people = ways_in_to(grant_id)
    except Failure as failure:
        people, status = [], 409 if isinstance(failure, NoWayIn) else 503
    return make_response(
        render_template(
            "ways_in.html",
            people=people,
            budget=budget,
            is_unavailable=status == 503,
            sign_in_url=grant.product.identifiers_in(grant.outputs).get("sign_in_url"),
            registering=registering,
            address=address,
        ),
        status,
    )
