"""A partner is erased: what is no longer needed goes at once, the rest when nothing exists outside."""

from collections.abc import Mapping
from typing import Any

from chassis.events import ReceivedEvent
from provisioning.domain.partners import Access
from provisioning.handlers.partner_events import take_all_away
from provisioning.handlers.ports import Work

PARTNERS_AT_ONCE = 100


def when_partner_erased(work: Work, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
    """Delete the names of people; the offboarding may be a dead letter, so all access is removed, too.

    What is needed to remove the rest is kept: ids, addresses and the company's name, from which external
    names are made.
    """
    partner_id = data["partner_id"]
    work.erased_partners.begin(partner_id)
    partner = work.partners.lock(partner_id)
    if partner is not None:
        if partner.access is Access.PLANNED:
            take_all_away(work, partner)
        partner.forget_names()
        work.partners.save(partner)
    work.erased_partners.note(partner_id, work.now())
    remove_settled(work)


def remove_settled(work: Work) -> None:
    """Delete some erased partners of which nothing exists outside, and have their results deleted."""
    work.erased_partners.hurry_results(work.now())
    for partner_id in work.erased_partners.settled(PARTNERS_AT_ONCE):
        work.erased_partners.remove(partner_id)
