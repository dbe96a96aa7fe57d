"""The jobs of this service by name; their arguments are ids only."""

from datetime import datetime
from uuid import UUID

from chassis.database.deferred_jobs import Job

ADVANCE_GRANT = "advance_grant"
MAKE_ROUNDS = "make_rounds"
FOLLOW_LEASES = "follow_leases"
BEGIN_SWEEPS = "begin_sweeps"
SWEEP_OUTSIDE = "sweep_outside"
REMOVE_FINDING = "remove_finding"
TEND_POOL = "tend_pool"
ADVANCE_ACCOUNT = "advance_account"
WATCH_SPENDING = "watch_spending"
LOOK_AT_SPENDING = "look_at_spending"
LOOK_AT_IDLE_ACCOUNT = "look_at_idle_account"
READ_BILLS = "read_bills"
DELETE_RESULTS = "delete_results"


def advance_grant(
    grant_id: UUID,
    not_before: datetime | None = None,
    queueing_lock: str | None = None,
    *,
    is_urgent: bool = False,
) -> Job:
    """Take the grant as far as it comes.

    Without ``queueing_lock`` on purpose if a new intent has to overtake a job that waits long.
    """
    return Job(
        task=ADVANCE_GRANT,
        arguments={"grant_id": str(grant_id)},
        not_before=not_before,
        queueing_lock=queueing_lock,
        is_urgent=is_urgent,
    )


def sweep_outside(not_before: datetime | None = None) -> Job:
    """Continue the sweep in progress."""
    return Job(task=SWEEP_OUTSIDE, arguments={}, not_before=not_before, queueing_lock=SWEEP_OUTSIDE)


def remove_finding(finding_id: UUID, not_before: datetime | None = None) -> Job:
    return Job(task=REMOVE_FINDING, arguments={"finding_id": str(finding_id)}, not_before=not_before)


def advance_account(
    account_key: UUID, not_before: datetime | None = None, queueing_lock: str | None = None
) -> Job:
    """Take an account without a grant as far as it comes."""
    arguments = {"account_key": str(account_key)}
    return Job(task=ADVANCE_ACCOUNT, arguments=arguments, not_before=not_before, queueing_lock=queueing_lock)


def look_at_spending(grant_id: UUID) -> Job:
    """Check what runs in the grant's account. Stopping costs does not wait for others."""
    lock = f"spending:{grant_id}"
    return Job(
        task=LOOK_AT_SPENDING, arguments={"grant_id": str(grant_id)}, queueing_lock=lock, is_urgent=True
    )


def look_at_idle_account(account_key: UUID) -> Job:
    arguments = {"account_key": str(account_key)}
    return Job(task=LOOK_AT_IDLE_ACCOUNT, arguments=arguments, queueing_lock=f"idle:{account_key}")


def read_bills(not_before: datetime | None = None) -> Job:
    return Job(task=READ_BILLS, arguments={}, not_before=not_before, queueing_lock=READ_BILLS)


def delete_results(grant_id: UUID) -> Job:
    """Delete what the grant left."""
    arguments = {"grant_id": str(grant_id)}
    return Job(task=DELETE_RESULTS, arguments=arguments, queueing_lock=f"results:{grant_id}")
