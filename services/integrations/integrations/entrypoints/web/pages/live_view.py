"""Events as they come, for whoever wants to see something happen."""

import json

from flask import Blueprint, Response

from integrations.entrypoints.web.pages.readable_json import in_json
from integrations.entrypoints.web.pages.signed_in import Visitor, portal_page, service, signed_in
from integrations.entrypoints.web.pages.watching import watched

pages = Blueprint("live_view", __name__, template_folder="templates")
SHOWN = 30


@pages.get("/live")
@signed_in
def show(visitor: Visitor) -> Response:
    """The newest that the integrator may see, whether or not an endpoint is sent them."""
    with service().open_work() as work:
        events = work.events.seen_by(visitor.integrator_id, SHOWN)
    shown = [(event, in_json(json.loads(event.data))) for event in events]
    return watched(portal_page("live.html", visitor, events=shown), goes_on=True)
