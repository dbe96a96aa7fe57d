"""Where somebody is signed in, and ending it there."""

from datetime import timedelta

from onboarding.domain.refusals import SessionUnknown
from onboarding.handlers.commands import EndSessions
from onboarding.handlers.ports import Work

KEPT_FOR = timedelta(hours=1)


def end_sessions(work: Work, command: EndSessions) -> None:
    """End one or all; raises SessionUnknown for one that is over, or another partner's."""
    ended = work.sessions.end(command.partner_id, work.now(), command.session_id)
    if command.session_id and not ended:
        raise SessionUnknown(command.session_id)


def forget_sessions(work: Work) -> int:
    """Delete those that are over; return how many."""
    return work.sessions.forget(work.now() - KEPT_FOR)
