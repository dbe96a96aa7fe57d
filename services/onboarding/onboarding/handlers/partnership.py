"""A partnership is suspended, resumed and ended; an application is rejected or withdrawn."""

from onboarding.domain import events
from onboarding.domain.events import DecisionEvent, PartnerRejected, PartnerResumed, PartnerSuspended
from onboarding.domain.moves import Move
from onboarding.domain.partners import Actor, Decision, Partner
from onboarding.handlers import commands
from onboarding.handlers.emit import emit_move
from onboarding.handlers.ports import Work
from onboarding.handlers.requests import withdraw_all
from onboarding.handlers.sessions import end_sessions


def withdraw(work: Work, command: commands.WithdrawPartner) -> Partner:
    """Withdraw the application; there is nothing to undo."""
    partner = work.partners.lock(command.partner_id)
    partner.decide(Move.WITHDRAW, Decision(command.reason or "", Actor("partner"), work.now()))
    emit_move(work, partner, events.PartnerWithdrawn(partner_id=partner.id, reason=command.reason or ""))
    return partner


def request_offboarding(work: Work, command: commands.RequestOffboarding) -> Partner:
    """End the partnership; it is over once provisioning has removed everything.

    All sessions end except the one from which the partner asks: it shows the progress.
    """
    partner = work.partners.lock(command.partner_id)
    partner.decide(Move.START_OFFBOARDING, Decision(command.reason, command.by, work.now()))
    withdraw_all(work, partner)
    event = events.PartnerOffboardingStarted(
        partner_id=partner.id, reason=command.reason, requested_by=events.RequestedBy.of(command.by)
    )
    emit_move(work, partner, event)
    end_sessions(work, commands.EndSessions(partner_id=partner.id, spared=command.session_id))
    return partner


def suspend(work: Work, command: commands.SuspendPartner) -> Partner:
    """Freeze the access; nothing is destroyed. All sessions end."""
    partner = _decide(work, command, Move.SUSPEND, PartnerSuspended)
    end_sessions(work, commands.EndSessions(partner_id=partner.id))
    return partner


def resume(work: Work, command: commands.ResumePartner) -> Partner:
    """Restore the suspended access."""
    return _decide(work, command, Move.RESUME, PartnerResumed)


def reject(work: Work, command: commands.RejectPartner) -> Partner:
    """Reject the company, which may apply again; the partner reads the reason."""
    return _decide(work, command, Move.REJECT, PartnerRejected)


def _decide(work: Work, command: commands.DecideOnPartner, move: Move, event: type[DecisionEvent]) -> Partner:
    partner = work.partners.lock(command.partner_id)
    decision = Decision(command.reason, command.by, work.now())
    partner.decide(move, decision)
    emit_move(work, partner, event.of(partner.id, decision))
    return partner
