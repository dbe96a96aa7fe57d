"""What was done for the integrator, and by whom."""

from uuid import UUID

from flask import Blueprint, Response, request

from integrations.entrypoints.web.pages.actors import actors_of
from integrations.entrypoints.web.pages.signed_in import Visitor, portal_page, service, signed_in

pages = Blueprint("log_shown", __name__, template_folder="templates")
SHOWN = 50


@pages.get("/log")
@signed_in
def show(visitor: Visitor) -> Response:
    """The newest first, page by page."""
    before = request.args.get("before", type=UUID)
    with service().open_work() as work:
        entries = work.integrator_log.newest(visitor.integrator_id, before, SHOWN)
        actors = actors_of(work, visitor.integrator_id)
    return portal_page(
        "log.html",
        visitor,
        entries=entries,
        actors=actors,
        next_before=entries[-1].id if len(entries) == SHOWN else None,
    )
