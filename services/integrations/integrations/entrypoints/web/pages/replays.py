"""Events of a time, sent once more to one endpoint: which, and how far that is."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request, url_for
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from chassis.http.visits import visit_of_form
from integrations.domain.refusals import NotPermitted
from integrations.domain.replays import State
from integrations.entrypoints.web.api.deliveries import ReplayRequest
from integrations.entrypoints.web.api.own import expect_found
from integrations.entrypoints.web.pages.form_errors import errors_of
from integrations.entrypoints.web.pages.signed_in import Visitor, portal_page, service, signed_in, watched
from integrations.handlers.commands import StartReplay
from integrations.handlers.deliveries import start_replay

pages = Blueprint("replays", __name__, template_folder="templates")
SHOWN = 20


@pages.get("/replays")
@signed_in
def show_all(visitor: Visitor) -> Response:
    """A form for another one, and the newest."""
    return _page(visitor, request.args)


@pages.post("/replays")
@signed_in
def start(visitor: Visitor) -> Response:
    """Begin, and lead to the progress."""
    try:
        body = ReplayRequest().load(_read(request.form))
        command = StartReplay(
            integrator_id=visitor.integrator_id, by=visitor.by, visit=visit_of_form(), **body
        )
        with service().open_work() as work:
            replay = expect_found(start_replay(work, command))
    except (ValidationError, NotPermitted) as wrong:
        return _page(visitor, request.form, errors_of(wrong))
    return make_response(redirect(url_for(".show", replay_id=replay.id, watch=1), 303))


@pages.get("/replays/<uuid:replay_id>")
@signed_in
def show(visitor: Visitor, replay_id: UUID) -> Response:
    """How far it is."""
    with service().open_work() as work:
        replay = expect_found(work.replays.get(visitor.integrator_id, replay_id))
        endpoint = work.endpoints.get(visitor.integrator_id, replay.endpoint_id)
    is_running = replay.state is State.RUNNING
    page = portal_page("replay.html", visitor, replay=replay, endpoint=endpoint, is_running=is_running)
    return watched(page, goes_on=is_running)


def _page(visitor: Visitor, given: MultiDict[str, str], errors: Mapping[str, str] | None = None) -> Response:
    with service().open_work() as work:
        endpoints = work.endpoints.of_integrator(visitor.integrator_id)
        newest = work.replays.newest(visitor.integrator_id, SHOWN)
    return portal_page(
        "replays.html",
        visitor,
        422 if errors else 200,
        given=given,
        errors=errors or {},
        endpoints={one.id: one for one in endpoints},
        replays=newest,
        kinds=visitor.kinds,
    )


def _read(form: MultiDict[str, str]) -> dict[str, Any]:
    """The form as the API would be sent it; its moments are UTC."""
    read: dict[str, Any] = {
        "endpoint_id": form.get("endpoint_id", ""),
        "types": form.getlist("types") or None,
        "only_undelivered": "only_undelivered" in form,
    }
    for name in ("from", "to"):
        if text := form.get(name, "").strip():
            read[name] = f"{text}Z"
    for name in ("partner_id", "filter"):
        if text := form.get(name, "").strip():
            read[name] = text
    return read
