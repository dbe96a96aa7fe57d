"""The snapshots of many partners, each sent in a transaction of its own."""

from contextlib import suppress
from uuid import UUID

from chassis.running.sweep import settle_each
from onboarding.bootstrap import OnboardingService
from onboarding.domain.refusals import PartnerUnknown
from onboarding.handlers.commands import PublishState
from onboarding.handlers.emit import publish_state

# How the operators' log calls it.
ACTION = "publish states"
PARTNERS_PER_STEP = 200


def publish_step(service: OnboardingService, after: UUID | None) -> list[UUID]:
    """Send the snapshots of the next partners in the order of ids; return whose, empty at the end.

    One partner per transaction: nobody waits for long, nobody for two of our locks at once, and one that
    cannot be published blocks no other.
    """
    with service.open_work() as work:
        found = list(work.lists.ids(PARTNERS_PER_STEP, after))

    def publish(partner_id: UUID) -> None:
        with suppress(PartnerUnknown), service.open_work() as work:
            publish_state(work, PublishState(partner_id))

    settle_each(found, publish)
    return found
