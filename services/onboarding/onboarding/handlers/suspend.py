"""An operator switches a partner's access off and on again."""

from onboarding.domain.moves import Move
from onboarding.domain.partners import Decision, Partner
from onboarding.handlers.commands import ResumePartner, SuspendPartner
from onboarding.handlers.ports import Work
from onboarding.handlers.review import told_decision
from onboarding.handlers.tell import tell_move


def suspend(work: Work, command: SuspendPartner) -> Partner:
    """Freeze the partnership; what was made stays."""
    return _decide(work, command, Move.SUSPEND)


def resume(work: Work, command: ResumePartner) -> Partner:
    """Go on where it was frozen."""
    return _decide(work, command, Move.RESUME)


def _decide(work: Work, command: SuspendPartner | ResumePartner, move: Move) -> Partner:
    partner = work.partners.lock(command.partner_id)
    partner.decide(move, Decision(command.reason, command.by, work.now()))
    tell_move(work, partner, move, told_decision(partner))
    return partner
