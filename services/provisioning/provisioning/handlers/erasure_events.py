"""A partner is erased: what needs none of it any more goes at once, the rest when nothing stands outside."""

from collections.abc import Mapping
from typing import Any

from chassis.events import ReceivedEvent
from provisioning.domain.partners import Access
from provisioning.handlers.partner_events import take_all_away
from provisioning.handlers.ports import Work

PARTNERS_AT_ONCE = 100


def when_partner_erased(work: Work, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
    """Forget the names of people; the offboarding may lie among the dead letters, so all access goes too.

    What is needed to take the rest away stays: ids, addresses and the company's name, of which names outside
    are made.
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
    """Remove some of the erased of whom nothing stands outside any more, and have their results deleted."""
    work.erased_partners.hurry_results(work.now())
    for partner_id in work.erased_partners.settled(PARTNERS_AT_ONCE):
        work.erased_partners.remove(partner_id)
