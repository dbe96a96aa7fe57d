"""A session begins: signed, and noted with the kind of browser, so that its owner can see and end it."""

from uuid import UUID

from flask import request

from chassis.http.current_service import current_service
from chassis.identity.session import Session, SignedSession
from onboarding.bootstrap import OnboardingService
from onboarding.domain.begun_sessions import BegunSession, kind_of_browser


def begin_session(partner_id: UUID, session_id: UUID | None = None) -> SignedSession:
    """Call it after the transaction that let the partner in."""
    service = current_service(OnboardingService)
    session = service.sessions.begin(str(partner_id), session_id)
    with service.open_work() as work:
        work.sessions.add(listed(session))
    return session


def listed(session: Session) -> BegunSession:
    """The session of this request, as its owner sees it in the list."""
    return BegunSession(
        id=session.id,
        partner_id=UUID(session.subject),
        begun_at=session.begun_at,
        ends_at=session.ends_at,
        browser=kind_of_browser(request.user_agent.string),
    )
