"""All partners whose deadline has passed, each in a transaction of its own."""

from chassis.running.sweep import sweep
from onboarding.adapters.repositories.lists import Due
from onboarding.bootstrap import OnboardingService
from onboarding.handlers.commands import MeetDeadline
from onboarding.handlers.meet_deadline import meet_deadline

PARTNERS_PER_PAGE = 200


def meet_all_due(service: OnboardingService) -> int:
    """Meet every deadline that has passed by now; return how many."""

    def find(after: Due | None) -> list[Due]:
        with service.open_work() as work:
            return work.lists.due(work.now(), PARTNERS_PER_PAGE, after)

    def settle(due: Due) -> None:
        with service.open_work() as work:
            meet_deadline(work, MeetDeadline(due.partner_id))

    return sweep(find, settle)
