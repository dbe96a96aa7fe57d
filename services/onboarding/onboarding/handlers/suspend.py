"""An operator switches a partner's access off and on again."""

from onboarding.domain.moves import Move
from onboarding.domain.partner import Decision, Partner
from onboarding.handlers.commands import ResumePartner, SuspendPartner
from onboarding.handlers.ports import OnboardingWork
from onboarding.handlers.review import told_decision
from onboarding.handlers.telling import tell_move


def suspend(work: OnboardingWork, command: SuspendPartner) -> Partner:
    """Freeze the partnership; what was made stays."""
    return _decide(work, command, Move.SUSPEND)


def resume(work: OnboardingWork, command: ResumePartner) -> Partner:
    """Go on where it was frozen."""
    return _decide(work, command, Move.RESUME)


def _decide(work: OnboardingWork, command: SuspendPartner | ResumePartner, move: Move) -> Partner:
    partner = work.partners.locked(command.partner_id)
    partner.decide(move, Decision(command.reason, command.by, work.now()))
    tell_move(work, partner, move, told_decision(partner))
    return partner
