"""Expired drafts, several in each transaction."""

from onboarding.bootstrap import OnboardingService
from onboarding.handlers.drafts import erase_drafts


def erase_all_drafts(service: OnboardingService) -> int:
    """Erase all that have expired by now; return how many."""
    erased = 0
    while True:
        with service.open_work() as work:
            step = erase_drafts(work)
        erased += step
        if not step:
            return erased
