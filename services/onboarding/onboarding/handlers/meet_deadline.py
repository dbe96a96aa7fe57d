"""The deadline of a state has passed."""

from onboarding.domain.events import PartnerExpired
from onboarding.domain.moves import MOVES, Move
from onboarding.domain.partners import Partner
from onboarding.handlers.commands import MeetDeadline
from onboarding.handlers.emit import emit_move, note, save
from onboarding.handlers.ports import Work


def meet_deadline(work: Work, command: MeetDeadline) -> None:
    """Expire the partner, or tell operators that something is late, depending on its present state.

    Harmless when repeated, when it comes too early, and when the partner has moved on meanwhile.
    """
    partner = work.partners.lock(command.partner_id)
    if partner.deadline_at is None or partner.deadline_at > work.now():
        return
    if partner.state in MOVES[Move.EXPIRE].sources:
        expire(work, partner)
    else:
        partner.deadline_at = None
        save(work, partner)
        note(work, partner.id, "partner.deadline_passed", {"state": partner.state})


def expire(work: Work, partner: Partner) -> None:
    """Close an application that nobody pursues."""
    partner.go(Move.EXPIRE, work.now())
    emit_move(work, partner, PartnerExpired(partner_id=partner.id))
