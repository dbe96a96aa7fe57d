"""The jobs of this service by name; their arguments are ids only."""

from datetime import datetime
from uuid import UUID

from chassis.database.deferred_jobs import Job

SEND_MAILS = "send_mails"
EXPIRE_INVITATIONS = "expire_invitations"


def send_mails(partner_id: UUID, not_before: datetime | None = None, *, is_awaited: bool = False) -> Job:
    """Send what is due to a partner's people; what somebody waits for does not wait for all others.

    One waits at a time, and the earlier due time counts: it sends what is due, and defers the next.
    """
    return Job(
        task=SEND_MAILS,
        arguments={"partner_id": str(partner_id)},
        not_before=not_before,
        queueing_lock=f"mails/{partner_id}",
        is_urgent=is_awaited,
    )
