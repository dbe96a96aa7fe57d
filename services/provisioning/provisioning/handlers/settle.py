"""What follows when a grant moved: the next job, and the end of the partner's access."""

from datetime import datetime

from chassis.database.unit_of_work import Job
from provisioning.domain.grants import Grant
from provisioning.domain.partners import Access, Partner
from provisioning.handlers.tell import tell_cleared
from provisioning.handlers.work import ProvisioningWork

ADVANCE_GRANT = "advance_grant"


def defer_advance(
    work: ProvisioningWork, grant: Grant, not_before: datetime | None = None, queueing_lock: str | None = None
) -> None:
    """Have the worker look at the grant, if there is something to do.

    Without ``queueing_lock`` on purpose where a new intent has to overtake a job that waits long.
    """
    if grant.next_move() is None:
        return
    work.defer(
        Job(
            task=ADVANCE_GRANT,
            arguments={"grant_id": str(grant.grant_id)},
            not_before=not_before,
            queueing_lock=queueing_lock,
        )
    )


def clear_if_settled(work: ProvisioningWork, partner: Partner) -> None:
    """Tell, once, that nothing of a leaving partner is left. The partner's row has to be held."""
    if partner.access is not Access.CLEARING:
        return
    if all(grant.leaves_nothing_outside for grant in work.grants.of_partner(partner.partner_id)):
        partner.access = Access.CLEARED
        work.partners.save(partner)
        tell_cleared(work, partner.partner_id)
