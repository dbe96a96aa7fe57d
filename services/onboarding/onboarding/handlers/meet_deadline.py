"""A partner has stood in one state long enough."""

from datetime import timedelta

from onboarding.domain.moves import MOVES, Move
from onboarding.domain.partner import Partner
from onboarding.handlers import jobs
from onboarding.handlers.commands import MeetDeadline
from onboarding.handlers.ports import OnboardingWork
from onboarding.handlers.telling import note, tell_move

# The queue's clock (the database's) and ours differ a little, so a job may come too early.
CLOCK_DIFFERENCE = timedelta(minutes=1)


def meet_deadline(work: OnboardingWork, command: MeetDeadline) -> None:
    """Expire the partner, or tell operators that something is late; by what is true now.

    Harmless when repeated, and when the partner has moved on since the job was queued.
    """
    partner = work.partners.locked(command.partner_id)
    now = work.now()
    if partner.deadline_at is None:
        return
    if partner.deadline_at > now:
        # A later deadline has a job of its own; only one that is all but there needs a second look.
        if partner.deadline_at - now <= CLOCK_DIFFERENCE:
            work.defer(jobs.meet_deadline(partner.id, partner.deadline_at))
        return
    if partner.state in MOVES[Move.EXPIRE].sources:
        expire(work, partner)
    else:
        partner.deadline_at = None
        work.partners.save(partner)
        note(work, partner.id, "partner.deadline_passed", {"state": partner.state})


def expire(work: OnboardingWork, partner: Partner) -> None:
    """Close an application that nobody pursues."""
    partner.go(Move.EXPIRE, work.now())
    tell_move(work, partner, Move.EXPIRE)
