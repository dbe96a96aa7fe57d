"""Events as they arrive.

The page looks again every few seconds, by a script or by a refresh: server-sent events would hold a thread of
the server for each watcher. Where nothing came, a look costs a few reads by key.
"""

import json
from hashlib import sha256

from flask import Blueprint, Response, make_response, render_template, request

from chassis.http.languages import current_language
from chassis.http.security_headers import CONTENT_SECURITY_POLICY
from integrations.domain.integrators import PartnerRule
from integrations.entrypoints.web.pages.shown_values import in_json
from integrations.entrypoints.web.pages.signed_in import Visitor, portal_page, service, signed_in
from integrations.handlers.ports import Work

pages = Blueprint(
    "live_view",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/portal",
)
SHOWN = 30
# What is erased, or not to be seen any more, leaves the page within so long, also where nothing new comes.
LOOK_ANYWAY_SECONDS = 60
_POLICY = f"{CONTENT_SECURITY_POLICY}; script-src 'self'; connect-src 'self'"


@pages.get("/live")
@signed_in
def show(visitor: Visitor) -> Response:
    """The newest that the integrator may see, whether or not an endpoint is sent them."""
    is_watched = bool(request.args.get("watch"))
    with service().open_work() as work:
        tag, events = _tag(work, visitor), _newest(work, visitor)
    page = portal_page("live.html", visitor, events=events, tag=f'"{tag}"', is_watched=is_watched)
    if is_watched:
        page.headers["Content-Security-Policy"] = _POLICY
    return page


@pages.get("/live/events")
@signed_in
def show_list(visitor: Visitor) -> Response:
    """The list alone, or 304 where it is as the visitor has it."""
    with service().open_work() as work:
        tag = _tag(work, visitor)
        if tag in request.if_none_match:
            answer = make_response("", 304)
        else:
            answer = make_response(render_template("live_events.html", events=_newest(work, visitor)))
    answer.set_etag(tag)
    return answer


def _tag(work: Work, visitor: Visitor) -> str:
    """The same as long as the list is, except that it changes every minute."""
    minute = int(work.now().timestamp()) // LOOK_ANYWAY_SECONDS
    asks = visitor.integrator.partners.rule is PartnerRule.CONSENTED
    consents = work.consents.changed_at(visitor.integrator_id) if asks else None
    known = (work.events.newest_position(), visitor.integrator, consents, current_language(), minute)
    return sha256(repr(known).encode()).hexdigest()[:32]


def _newest(work: Work, visitor: Visitor) -> list[tuple[object, str]]:
    events = work.events.seen_by(visitor.integrator_id, SHOWN)
    return [(event, in_json(json.loads(event.data))) for event in events]
