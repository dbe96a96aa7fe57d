"""The partner of an event, unless it is unknown or leaving."""

from uuid import UUID

from chassis.failures import NotNow
from provisioning.domain.partners import Access, Partner
from provisioning.handlers.ports import Work


class PartnerNotKnown(NotNow):
    """The approval is missing; it may be a dead letter."""

    def __init__(self) -> None:
        super().__init__("partner_not_known", "The partner's approval has not been seen yet.")


def staying_partner(work: Work, partner_id: UUID) -> Partner | None:
    """The partner, locked; None while it leaves. Raises PartnerNotKnown before the approval."""
    partner = work.partners.lock(partner_id)
    if partner is not None and partner.access in (Access.CLEARING, Access.CLEARED):
        return None
    if partner is None or partner.profile is None:
        raise PartnerNotKnown
    return partner
