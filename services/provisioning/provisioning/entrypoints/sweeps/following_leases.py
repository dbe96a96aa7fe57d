"""All leases with something due, each in a transaction of its own."""

from collections.abc import Sequence
from uuid import UUID

from chassis.running.sweep import sweep
from provisioning.bootstrap import ProvisioningService
from provisioning.handlers.commands import FollowLease
from provisioning.handlers.leases import follow_lease

LEASES_PER_PAGE = 200


def follow_all_due(service: ProvisioningService) -> int:
    """Follow every lease that has something due by now; return how many."""
    with service.open_work() as work:
        now = work.now()

    def find(after: UUID | None) -> Sequence[UUID]:
        with service.open_work() as work:
            return work.grants.due_by_lease(now, LEASES_PER_PAGE, after)

    def settle(grant_id: UUID) -> None:
        with service.open_work() as work:
            follow_lease(work, FollowLease(grant_id))

    return sweep(find, settle)
