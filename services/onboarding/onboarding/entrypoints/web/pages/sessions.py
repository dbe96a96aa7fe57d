"""Where somebody is signed in: see it, and end it there."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request

from chassis.http.principals import current_session
from onboarding.domain.refusals import SessionUnknown
from onboarding.entrypoints.web.beginning_sessions import listed
from onboarding.entrypoints.web.pages.signed_in import read_partner, service, signed_in, signed_out, to
from onboarding.handlers.commands import EndSessions, SignOut
from onboarding.handlers.sessions import end_sessions, sign_out

pages = Blueprint("sessions_pages", __name__, template_folder="templates")


@pages.get("/sessions")
@signed_in
def show(partner_id: UUID) -> str:
    """The newest first."""
    with service().open_work() as work:
        read_partner(work, partner_id)
        found = work.sessions.open_of(partner_id, work.now())
    return render_template("sessions.html", sessions=found, current=current_session())


@pages.post("/sessions/end")
@signed_in
def end(partner_id: UUID) -> Response:
    """One or all; who ends the own one is signed out. One that is over already is shown no more."""
    wanted, current = request.form.get("session_id", ""), current_session()
    if wanted == "all" and current:
        with service().open_work() as work:
            sign_out(work, SignOut(listed(current), is_everywhere=True))
        return signed_out()
    try:
        with service().open_work() as work:
            end_sessions(work, EndSessions(partner_id=partner_id, session_id=UUID(wanted)))
    except (ValueError, SessionUnknown):
        return to("sessions_pages.show")
    if current and str(current.id) == wanted:
        return signed_out()
    return to("sessions_pages.show")
