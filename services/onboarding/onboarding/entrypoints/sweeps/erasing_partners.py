"""Partners whose retention period is over, each erased in a transaction of its own."""

import structlog

from chassis.running.sweep import sweep
from onboarding.adapters.repositories.lists import Due
from onboarding.bootstrap import OnboardingService
from onboarding.domain.refusals import PartnerUnknown
from onboarding.handlers.commands import ErasePartner
from onboarding.handlers.erase import erase

PARTNERS_PER_PAGE = 200

log = structlog.stdlib.get_logger(__name__)


def erase_all_due(service: OnboardingService) -> int:
    """Erase all whose retention period is over; return how many."""
    return sum(_erase_due(service, is_verified=is_verified) for is_verified in (False, True))


def _erase_due(service: OnboardingService, *, is_verified: bool) -> int:
    with service.open_work() as work:
        before = service.policies.retention.ended_before(work.now(), is_verified=is_verified)
    if before is None:
        return 0

    def find(after: Due | None) -> list[Due]:
        with service.open_work() as work:
            return work.lists.ended(before, PARTNERS_PER_PAGE, after, is_verified=is_verified)

    def settle(due: Due) -> None:
        try:
            with service.open_work() as work:
                erase(work, ErasePartner(due.partner_id))
        except PartnerUnknown:  # an operator was faster
            return
        log.info("partner erased after its retention", partner_id=str(due.partner_id))

    return sweep(find, settle)
