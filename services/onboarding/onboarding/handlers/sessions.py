"""Sessions, and ending them here and in every other service."""

from collections.abc import Sequence
from uuid import UUID

from onboarding.domain.events import PartnerSessionsEnded
from onboarding.domain.refusals import SessionUnknown
from onboarding.handlers.commands import EndSessions, SignOut
from onboarding.handlers.ports import Work

# The contract allows no more.
MOST_TOLD_AT_ONCE = 100


def end_sessions(work: Work, command: EndSessions) -> None:
    """End one or all; raises SessionUnknown for an ended one, or another partner's."""
    ended = work.sessions.end(command.partner_id, work.now(), command.session_id, command.spared)
    if command.session_id and not ended:
        raise SessionUnknown
    emit_ended(work, command.partner_id, ended)


def sign_out(work: Work, command: SignOut) -> None:
    """End the session that asks, or all; harmless when repeated."""
    # A session of an older release is not in the table yet.
    work.sessions.add(command.session)
    only = None if command.is_everywhere else command.session.id
    partner_id = command.session.partner_id
    emit_ended(work, partner_id, work.sessions.end(partner_id, work.now(), only))


def emit_ended(work: Work, partner_id: UUID, session_ids: Sequence[UUID]) -> None:
    """Make every other service refuse their tokens."""
    for first in range(0, len(session_ids), MOST_TOLD_AT_ONCE):
        told = tuple(session_ids[first : first + MOST_TOLD_AT_ONCE])
        work.emit(PartnerSessionsEnded(partner_id=partner_id, session_ids=told, ended_at=work.now()))
