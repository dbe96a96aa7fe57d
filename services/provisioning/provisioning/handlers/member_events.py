"""What provisioning does when people come to a partner, leave it, or speak for it.

Each handler looks at the state first: events come at least once, and a replayed dead letter comes late.
"""

from collections.abc import Mapping
from typing import Any

from chassis.events import ReceivedEvent
from provisioning.domain.orders import Member
from provisioning.domain.partners import Leaver
from provisioning.handlers.emit import save_and_emit
from provisioning.handlers.ports import Work
from provisioning.handlers.settle import defer_advance, emit_of_members
from provisioning.handlers.staying_partners import staying_partner

Data = Mapping[str, Any]


def when_partner_member_added(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Add a person who confirmed, and have every grant with people in it give them a seat.

    Before the agreement the plan will include them; while the partner leaves, nothing is created any more.
    Raises NotNow while the approval is missing (it may be a dead letter).
    """
    partner = staying_partner(work, data["partner_id"])
    if partner is None or not partner.add_member(Member(**data["member"])):
        return
    work.partners.save(partner)
    for grant in work.grants.of_partner(partner.partner_id):
        if grant.widen():
            work.grants.save(grant)
            defer_advance(work, grant)
    emit_of_members(work, partner)


def when_partner_member_removed(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Remove a person, and have their access removed wherever they may have some.

    If it arrives before the person was added, it prevents that. For a partner that leaves, everything is
    removed anyway. Raises NotNow while the approval is missing.
    """
    partner = staying_partner(work, data["partner_id"])
    if partner is None:
        return
    person = partner.remove_member(data["member_id"])
    if person is not None:
        grant_ids = work.seats.leave(partner.partner_id, person.member_id)
        partner.leavers = (*partner.leavers, Leaver(person, frozenset(grant_ids)))
        for grant in work.grants.of_partner(partner.partner_id):
            if grant.grant_id in grant_ids:
                grant.let_go()
                save_and_emit(work, grant)
                defer_advance(work, grant)
    work.partners.save(partner)
    emit_of_members(work, partner)


def when_partner_contact_changed(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Have external systems updated, unless a newer contact is known already.

    The former contact's sessions are over. Raises NotNow while the approval is missing.
    """
    work.partners.sign_out(data["partner_id"], data["changed_at"])
    partner = staying_partner(work, data["partner_id"])
    if partner is None:
        return
    if event.sequence is not None:
        if event.sequence <= partner.contact_sequence:
            return
        partner.contact_sequence = event.sequence
    if not partner.change_contact(data["member_id"]):
        work.partners.save(partner)
        return
    work.partners.save(partner)
    for grant in work.grants.of_partner(partner.partner_id):
        grant.tell_contact()
        save_and_emit(work, grant)
        defer_advance(work, grant)
    emit_of_members(work, partner)


def when_partner_sessions_ended(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Refuse their tokens from now on, whatever is known of the partner."""
    work.partners.end_sessions(data["session_ids"])
