"""A session begins: signed, and noted with the kind of browser, so that its owner can see and end it."""

from uuid import UUID

from flask import request

from chassis.http.current_service import current_service
from chassis.identity.session import Session, SignedSession
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.bootstrap import OnboardingService
from onboarding.domain.begun_sessions import BegunSession, kind_of_browser


def begin_session(
    work: OnboardingUnitOfWork, partner_id: UUID, session_id: UUID | None = None
) -> SignedSession:
    """Call it in the transaction that lets the partner in, and so holds it.

    A hand-over waits meanwhile, and ends this session with the others.
    """
    session = current_service(OnboardingService).sessions.begin(str(partner_id), session_id)
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
