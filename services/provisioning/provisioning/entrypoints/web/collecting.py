"""A partner collects the key of its device, once: by API and by page, which works without JavaScript.

No Idempotency-Key here: a stored answer would be a stored key.
"""

from uuid import UUID

from flask import Blueprint, Response, make_response, render_template

from chassis.current_service import current_service
from chassis.openapi import ApiBlueprint
from chassis.principals import current_principal, requires_session
from provisioning.bootstrap import ProvisioningService
from provisioning.entrypoints.web.schemas import CredentialsOfDevice
from provisioning.handlers.commands import GrantNotFound, NothingToCollect, collect_credentials
from provisioning.handlers.ports import Credentials

api = ApiBlueprint("collecting", __name__, description="The key of a device, handed out once")
pages = Blueprint("collect", __name__, template_folder="templates")


@api.post("/v1/grants/<uuid:grant_id>/credentials")
@requires_session
@api.response(200, CredentialsOfDevice, headers={"Cache-Control": {"schema": {"type": "string"}}})
@api.alt_response(404)
@api.alt_response(409)
@api.alt_response(410)
def collect(grant_id: UUID) -> tuple[Credentials, int, dict[str, str]]:
    """Hand out the key; 410 from the second time on."""
    return _collect(grant_id), 200, {"Cache-Control": "no-store"}


@pages.get("/collect/<uuid:grant_id>")
@requires_session
def show(grant_id: UUID) -> Response:
    """Tell what will happen; only the form's POST hands out the key (scanners of mails follow links)."""
    with current_service(ProvisioningService).open_work() as work:
        grant = work.grants.get(grant_id)
    if grant is None or str(grant.partner_id) != current_principal().name:
        raise GrantNotFound
    is_collected = grant.collected_at is not None
    return _page("collect.html", grant=grant, is_collected=is_collected)


@pages.post("/collect/<uuid:grant_id>")
@requires_session
def hand_out(grant_id: UUID) -> Response:
    """Show the key, once."""
    try:
        credentials = _collect(grant_id)
    except NothingToCollect as refused:
        page = _page("collect.html", grant=None, is_collected=refused.is_gone)
        page.status_code = 410 if refused.is_gone else 409
        return page
    return _page("collected.html", credentials=credentials)


def _collect(grant_id: UUID) -> Credentials:
    service = current_service(ProvisioningService)
    partner_id = UUID(current_principal().name)
    return collect_credentials(service.open_work, service.key_vault, service.now, partner_id, grant_id)


def _page(template: str, **values: object) -> Response:
    page = make_response(render_template(template, **values))
    page.headers["Cache-Control"] = "no-store"
    return page
