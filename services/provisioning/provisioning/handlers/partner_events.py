"""What provisioning does about events of a partner.

Each handler looks at the state first: events come at least once, and a replayed dead letter comes late.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from chassis.events import ReceivedEvent
from provisioning.domain.grant_states import Intent
from provisioning.domain.grants import Grant
from provisioning.domain.leases import FrozenFor
from provisioning.domain.orders import Member
from provisioning.domain.partners import Access, Partner, Profile
from provisioning.handlers.emit import emit_approvals_requested, emit_held, emit_planned, save_and_emit
from provisioning.handlers.plans import follow_profile, make_plan
from provisioning.handlers.ports import Work
from provisioning.handlers.settle import clear_if_settled, defer_advance, emit_of_members
from provisioning.handlers.staying_partners import PartnerNotKnown, staying_partner

Data = Mapping[str, Any]


def when_partner_approved(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Store what the plan and its steps will need; an existing plan is not changed by it.

    Replayed late, it may come after people who joined since, and after another tier.
    """
    partner = work.partners.add_and_lock(data["partner_id"])
    if partner.access is not Access.NONE:
        return
    profile = Profile(
        legal_name=data["legal_name"],
        country=data["country"],
        partner_type=data["partner_type"],
        tier=data["tier"],
        language=data["language"],
        competences=frozenset(data["competences"]),
        products_wanted=frozenset(data["products_wanted"]),
        members=tuple(Member(**member) for member in data["members"]),
    )
    partner.approve(profile, event.sequence)
    work.partners.save(partner)


def when_partner_agreement_accepted(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Commit the whole plan, one event with it, and a job for each grant.

    Raises NotNow while the approval is missing (it may be a dead letter).
    """
    partner = work.partners.lock(data["partner_id"])
    if partner is not None and partner.access is not Access.NONE:
        return
    if partner is None or partner.profile is None:
        raise PartnerNotKnown
    catalogue = work.policies.catalogue
    partner.access = Access.PLANNED
    work.partners.save(partner)
    grants = make_plan(work, partner, catalogue.due_to(partner.profile))
    emit_planned(work, partner.partner_id, catalogue.version, grants)
    emit_approvals_requested(work, grants)
    for grant in grants:
        defer_advance(work, grant)
    emit_of_members(work, partner)


def when_partner_tier_changed(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Apply what differs with the new tier; before there is a plan, store it for that.

    Guarded by the event number: an older one that is replayed late does not restore an older tier.
    """
    partner = staying_partner(work, data["partner_id"])
    if partner is None or partner.profile is None:
        return
    sequence = event.sequence or partner.tier_sequence + 1
    if sequence <= partner.tier_sequence:
        return
    partner.tier_sequence = sequence
    follow_profile(work, partner, replace(partner.profile, tier=data["tier"]))


def when_partner_suspended(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Switch everything off; what is off for another reason stays so afterwards."""
    _switch(work, event, data, Grant.freeze, is_suspended=True)


def when_partner_resumed(work: Work, event: ReceivedEvent, data: Data) -> None:
    _switch(work, event, data, Grant.unfreeze, is_suspended=False)


def when_partner_offboarding_started(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Cancel what no step has begun, undo the rest; cleared at once when there is nothing."""
    partner = work.partners.add_and_lock(data["partner_id"])
    if partner.access not in (Access.CLEARING, Access.CLEARED):
        take_all_away(work, partner)


def take_all_away(work: Work, partner: Partner) -> None:
    """Have everything of a partner removed; reported when that was observed."""
    partner.access = Access.CLEARING
    for grant in work.grants.of_partner(partner.partner_id):
        _follow(work, grant, grant.want(Intent.OFF))
    clear_if_settled(work, partner)
    work.partners.save(partner)


def _switch(
    work: Work,
    event: ReceivedEvent,
    data: Data,
    switch: Callable[[Grant, FrozenFor], bool],
    *,
    is_suspended: bool,
) -> None:
    """Follow a suspension or resumption unless a newer one was followed already.

    Compared by event number: the clocks of two sending processes may differ.
    """
    partner = work.partners.lock(data["partner_id"])
    if partner is None or partner.access is not Access.PLANNED:
        return
    if event.sequence is not None:
        if event.sequence <= partner.switched_sequence:
            return
        partner.switched_sequence = event.sequence
    partner.is_suspended = is_suspended
    work.partners.save(partner)
    for grant in work.grants.of_partner(partner.partner_id):
        _follow(work, grant, switch(grant, FrozenFor.SUSPENSION))
    emit_of_members(work, partner)


def _follow(work: Work, grant: Grant, is_new: bool) -> None:
    save_and_emit(work, grant)
    if is_new:
        emit_held(work, grant)
        defer_advance(work, grant)
