"""Where somebody is signed in, and ending it there."""

from collections.abc import Sequence
from datetime import timedelta

from onboarding.domain.begun_sessions import BegunSession
from onboarding.domain.refusals import SessionUnknown
from onboarding.handlers.commands import EndSessions
from onboarding.handlers.ports import Work

KEPT_FOR = timedelta(hours=1)


def end_sessions(work: Work, command: EndSessions) -> Sequence[BegunSession]:
    """End them and return which; raises SessionUnknown for one that is over, or another partner's."""
    found = work.sessions.open_of(command.partner_id, work.now())
    if command.session_id is not None:
        found = [session for session in found if session.id == command.session_id]
        if not found:
            raise SessionUnknown(command.session_id)
    work.sessions.end(found)
    return found


def forget_sessions(work: Work) -> int:
    """Delete those that are over; return how many."""
    return work.sessions.forget(work.now() - KEPT_FOR)
