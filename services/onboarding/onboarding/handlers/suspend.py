"""An operator switches a partner's access off and on again."""

from onboarding.domain.events import DecisionEvent, PartnerResumed, PartnerSuspended
from onboarding.domain.moves import Move
from onboarding.domain.partners import Decision, Partner
from onboarding.handlers.commands import EndSessions, ResumePartner, SuspendPartner
from onboarding.handlers.ports import Work
from onboarding.handlers.sessions import end_sessions
from onboarding.handlers.tell import tell_move


def suspend(work: Work, command: SuspendPartner) -> Partner:
    """Freeze the partnership; what was made stays. Whoever is signed in has to come by a link again."""
    partner = _decide(work, command, Move.SUSPEND, PartnerSuspended)
    end_sessions(work, EndSessions(partner_id=partner.id))
    return partner


def resume(work: Work, command: ResumePartner) -> Partner:
    """Go on where it was frozen."""
    return _decide(work, command, Move.RESUME, PartnerResumed)


def _decide(
    work: Work, command: SuspendPartner | ResumePartner, move: Move, event: type[DecisionEvent]
) -> Partner:
    partner = work.partners.lock(command.partner_id)
    decision = Decision(command.reason, command.by, work.now())
    partner.decide(move, decision)
    tell_move(work, partner, event.of(partner.id, decision))
    return partner
