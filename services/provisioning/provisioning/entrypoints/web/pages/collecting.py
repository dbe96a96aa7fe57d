"""A partner collects the key of its device, once, on a page that works without JavaScript."""

import base64
from uuid import UUID, uuid4

from flask import Blueprint, Response, make_response, render_template

from chassis.http.visits import visit_of_form
from provisioning.domain.devices import Device
from provisioning.domain.grants import Grant
from provisioning.domain.refusals import NothingToCollect
from provisioning.entrypoints.web.own_grants import collect_own_key, own_grant
from provisioning.entrypoints.web.pages.signed_in import home_url, signed_in
from provisioning.handlers.devices import find_device

pages = Blueprint("collect", __name__, template_folder="templates")


@pages.app_context_processor
def ways_back() -> dict[str, str]:
    """Where a partner goes on: its status, and the start of the whole."""
    return {"home_url": f"{home_url()}/", "status_url": f"{home_url()}/status"}


@pages.get("/collect/<uuid:grant_id>")
@signed_in
def show(grant_id: UUID) -> Response:
    """Tell what will happen; only the form's POST hands out the key (scanners of mails follow links)."""
    return _asking(own_grant(grant_id))


@pages.get("/devices/<uuid:grant_id>/<uuid:device_id>/key")
@signed_in
def show_of_device(grant_id: UUID, device_id: UUID) -> Response:
    """The same for a device that the partner added."""
    grant = own_grant(grant_id)
    return _asking(grant, find_device(grant, device_id))


@pages.post("/collect/<uuid:grant_id>")
@signed_in
def hand_out(grant_id: UUID) -> Response:
    """Show the key, once; a second click on the same showing of the page gets the same key.

    What else the page needs is read first: after the mark nothing may fail.
    """
    return _handed_out(grant_id, own_grant(grant_id).outputs.get("topic_root", ""))


@pages.post("/devices/<uuid:grant_id>/<uuid:device_id>/key")
@signed_in
def hand_out_of_device(grant_id: UUID, device_id: UUID) -> Response:
    """The same for a device that the partner added."""
    grant = own_grant(grant_id)
    outputs = grant.outputs_of(find_device(grant, device_id))
    return _handed_out(grant_id, f"{outputs.get('topic_root')}/{outputs.get('thing_name')}", device_id)


def _asking(grant: Grant, device: Device | None = None) -> Response:
    holder = device or grant
    return _page(
        "collect.html",
        is_collectable=grant.is_usable and holder.is_collectable,
        is_collected=holder.collected_at is not None,
        device_name=device.name if device else None,
        visit=uuid4(),
    )


def _handed_out(grant_id: UUID, topic_root: str, device_id: UUID | None = None) -> Response:
    try:
        credentials = collect_own_key(grant_id, visit_of_form(), device_id)
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
    return make_response(render_template(template, **values))
