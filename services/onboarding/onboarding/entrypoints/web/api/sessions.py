"""Sign in by a link, go on with a fresh token, sign out."""

from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_session, leave_session
from chassis.identity.session import Session, SignedSession
from onboarding.bootstrap import OnboardingService
from onboarding.domain.refusals import LinkRefused
from onboarding.entrypoints.web.api.answers import SessionSchema
from onboarding.entrypoints.web.api.descriptions import moved
from onboarding.entrypoints.web.api.own_answers import SessionsSchema
from onboarding.entrypoints.web.api.questions import LinkTokenSchema
from onboarding.entrypoints.web.beginning_sessions import begin_session, listed
from onboarding.entrypoints.web.limiting import count_refused_link
from onboarding.entrypoints.web.link_tokens import LINKS, link_id_of
from onboarding.handlers.commands import EndSessions, OpenLink, SignOut
from onboarding.handlers.open_link import open_link
from onboarding.handlers.sessions import end_sessions, sign_out

api = ApiBlueprint("sessions", __name__, description="Sign in by a link, renew, sign out")


@api.post("/v1/sessions")
@api.arguments(LinkTokenSchema)
@api.response(201, SessionSchema)
@api.alt_response(410, 429)
def post_session(body: dict[str, str]) -> dict[str, Any]:
    """Sign in by a mailed link; the first one verifies the email address.

    A link works once. 410 with `new_link` for one that is invalid, was used or has expired; 429 where used or
    expired ones were tried too often from one network.
    """
    service = current_service(OnboardingService)
    try:
        command = OpenLink(link_id=link_id_of(LINKS, body["link_token"]))
        with service.open_work() as work:
            partner = open_link(work, command)
            session = begin_session(work, partner.id)
    except LinkRefused as refused:
        count_refused_link(refused)
        raise
    return {**moved(partner), **session_answer(session)}


@api.post("/v1/sessions/renewal")
@api.response(200, SessionSchema)
def renew_session() -> dict[str, Any]:
    """Renew the token of a session; the one in the request may have expired.

    Here a token works as long as its session lasts; other services accept it until `token_expires_at`.
    """
    service, session = current_service(OnboardingService), present_session()
    with service.open_work() as work:
        partner = work.partners.get(UUID(session.subject))
    return {**moved(partner), **session_answer(service.sessions.renew(session))}


@api.delete("/v1/sessions/current")
@api.response(204)
def end_session() -> None:
    """Sign out: the session ends here at once, in the other services within seconds."""
    with current_service(OnboardingService).open_work() as work:
        sign_out(work, SignOut(listed(present_session())))
    leave_session()


@api.get("/v1/partners/<uuid:partner_id>/sessions")
@api.response(200, SessionsSchema)
def get_sessions(partner_id: UUID) -> dict[str, Any]:
    """List the partner's sessions, the newest first."""
    service, current = current_service(OnboardingService), present_session()
    with service.open_work() as work:
        found = work.sessions.open_of(partner_id, work.now())
    return {"sessions": [{**vars(one), "is_current": one.id == current.id} for one in found]}


@api.delete("/v1/partners/<uuid:partner_id>/sessions/<uuid:session_id>")
@api.response(204)
@api.alt_response(404)
def delete_session(partner_id: UUID, session_id: UUID) -> None:
    """End a session: here at once, in the other services within seconds."""
    with current_service(OnboardingService).open_work() as work:
        end_sessions(work, EndSessions(partner_id=partner_id, session_id=session_id))
    if present_session().id == session_id:
        leave_session()


@api.delete("/v1/partners/<uuid:partner_id>/sessions")
@api.response(204)
def delete_sessions(partner_id: UUID) -> None:
    """End all sessions, including this one."""
    with current_service(OnboardingService).open_work() as work:
        sign_out(work, SignOut(listed(present_session()), is_everywhere=True))
    leave_session()


def present_session() -> Session:
    """The session of a request that only a partner may send."""
    session = current_session()
    assert session is not None  # noqa: S101 - the table of access lets in nobody else
    return session


def session_answer(session: SignedSession) -> dict[str, Any]:
    """What a program needs of a session."""
    return {
        "session_token": session.token,
        "expires_at": session.ends_at,
        "token_expires_at": session.expires_at,
    }
