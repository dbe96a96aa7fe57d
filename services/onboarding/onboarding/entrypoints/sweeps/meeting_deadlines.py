"""All partners whose deadline has passed, each in a transaction of its own."""

from chassis.running.sweep import sweep_by
from onboarding.bootstrap import OnboardingService
from onboarding.handlers.commands import MeetDeadline
from onboarding.handlers.meet_deadline import meet_deadline

PARTNERS_PER_PAGE = 200


def meet_all_due(service: OnboardingService) -> int:
    """Handle every deadline that has passed; return how many."""
    return sweep_by(
        service.open_work,
        lambda work, after: work.lists.due(work.now(), PARTNERS_PER_PAGE, after),
        lambda work, due: meet_deadline(work, MeetDeadline(due.partner_id)),
    )
