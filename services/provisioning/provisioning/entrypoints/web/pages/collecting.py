"""A partner collects the key of its device, once, on a page that works without JavaScript."""

import base64
from collections.abc import Callable
from functools import wraps
from uuid import UUID, uuid4

from flask import Blueprint, Response, make_response, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from chassis.http.current_service import current_service
from chassis.http.principals import Kind, current_principal, has_renewable_cookie
from chassis.http.visits import visit_of_form
from provisioning.bootstrap import ProvisioningService
from provisioning.domain.refusals import NothingToCollect
from provisioning.entrypoints.web.own_key import collect_own_key, own_grant

pages = Blueprint("collect", __name__, template_folder="templates")


@pages.app_context_processor
def ways_back() -> dict[str, str]:
    """Where a partner goes on: its status, and the start of the whole."""
    home = _service().settings.onboarding_public_url
    return {"home_url": f"{home}/", "status_url": f"{home}/status"}


def signed_in(view: Callable[[UUID], AnyResponse]) -> Callable[[UUID], AnyResponse]:
    """Send visitors whom we do not know to ask for a link, as onboarding's pages do."""

    @wraps(view)
    def guard(grant_id: UUID) -> AnyResponse:
        if current_principal().kind is not Kind.SUBJECT:
            home = _service().settings.onboarding_public_url
            # Tokens are short: onboarding knows whether the session goes on, and sends the visitor back.
            is_renewable = has_renewable_cookie()
            path = f"/session?next=/collect/{grant_id}" if is_renewable else "/new-link"
            return redirect(f"{home}{path}", 303)
        return view(grant_id)

    return guard


@pages.get("/collect/<uuid:grant_id>")
@signed_in
def show(grant_id: UUID) -> Response:
    """Tell what will happen; only the form's POST hands out the key (scanners of mails follow links)."""
    grant = own_grant(grant_id)
    return _page(
        "collect.html",
        is_collectable=grant.is_collectable,
        is_collected=grant.collected_at is not None,
        visit=uuid4(),
    )


@pages.post("/collect/<uuid:grant_id>")
@signed_in
def hand_out(grant_id: UUID) -> Response:
    """Show the key, once; a second click on the same showing of the page gets the same key.

    What else the page needs is read first: after the mark nothing may fail.
    """
    topic_root = own_grant(grant_id).outputs.get("topic_root", "")
    try:
        credentials = collect_own_key(grant_id, visit_of_form())
    except NothingToCollect as refused:
        page = _page("collect.html", is_collectable=False, is_collected=refused.is_gone)
        page.status_code = 410 if refused.is_gone else 409
        return page
    return _page(
        "collected.html",
        credentials=credentials,
        topic_root=topic_root,
        as_data_url=_as_data_url,
    )


def _service() -> ProvisioningService:
    return current_service(ProvisioningService)


def _as_data_url(text: str) -> str:
    """A file that stands in the page itself, so that saving it asks for nothing a second time."""
    return f"data:application/octet-stream;base64,{base64.b64encode(text.encode()).decode()}"


def _page(template: str, **values: object) -> Response:
    page = make_response(render_template(template, **values))
    page.headers["Cache-Control"] = "no-store"
    return page
