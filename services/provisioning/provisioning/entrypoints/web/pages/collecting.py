"""A partner collects the key of its device, once, on a page that works without JavaScript."""

import base64
from uuid import UUID, uuid4

from flask import Blueprint, Response, make_response, render_template

from chassis.http.visits import visit_of_form
from provisioning.domain.refusals import NothingToCollect
from provisioning.entrypoints.web.own_key import collect_own_key, own_grant
from provisioning.entrypoints.web.pages.signed_in import home_url, signed_in

pages = Blueprint("collect", __name__, template_folder="templates")


@pages.app_context_processor
def ways_back() -> dict[str, str]:
    """Where a partner goes on: its status, and the start of the whole."""
    return {"home_url": f"{home_url()}/", "status_url": f"{home_url()}/status"}


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


def _as_data_url(text: str) -> str:
    """A file that stands in the page itself, so that saving it asks for nothing a second time."""
    return f"data:application/octet-stream;base64,{base64.b64encode(text.encode()).decode()}"


def _page(template: str, **values: object) -> Response:
    page = make_response(render_template(template, **values))
    page.headers["Cache-Control"] = "no-store"
    return page
