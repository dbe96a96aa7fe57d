"""All leases with something due, each in a transaction of its own."""

from chassis.running.sweep import sweep_by
from provisioning.bootstrap import ProvisioningService
from provisioning.handlers.commands import FollowLease
from provisioning.handlers.leases import follow_lease

LEASES_PER_PAGE = 200


def follow_all_due(service: ProvisioningService) -> int:
    """Follow every lease that has something due by now; return how many."""
    with service.open_work() as work:
        now = work.now()
    return sweep_by(
        service.open_work,
        lambda work, after: work.grants.due_by_lease(now, LEASES_PER_PAGE, after),
        lambda work, grant_id: follow_lease(work, FollowLease(grant_id)),
    )
