"""What access means for the words: a product that is there is worth learning."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis.events import ReceivedEvent
from chassis.failures import NotNow
from notifications.domain.messages import Kind, Verdict, verdict
from notifications.domain.partners import Member, Partner, Standing
from notifications.handlers.invitations import invite
from notifications.handlers.planning import plan_offers
from notifications.handlers.ports import Work


def when_access_granted(work: Work, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
    """Invite those who have this product to its paths, except who has not heard of any access yet.

    They hear of it once the partner is active: with the mail that the access is ready, or with the next
    mail of this kind. Raises NotNow while the approval, which comes by another topic, has not been read yet.
    """
    partner = work.partners.lock(data["partner_id"])
    if partner is None or (partner.profile is None and partner.standing is not Standing.ENDED):
        text = f"Partner {data['partner_id']} is not known yet; its approval is still to be read."
        raise NotNow("partner_not_known_yet", text)
    if partner.profile is None or verdict(Kind.INVITATION, partner.standing) is Verdict.CANCEL:
        return
    having = _note_who_has_it(work, partner, data["product"], data.get("member_ids"))
    members = [member for member in having if member.may_learn]
    invited = invite(
        work, partner, members, work.policies.learning_paths.due(partner.profile, data["product"])
    )
    if partner.standing is Standing.ACTIVE:
        for member in invited:
            plan_offers(work, partner, member, occasion=event.id)


def _note_who_has_it(
    work: Work, partner: Partner, product: str, member_ids: Collection[UUID] | None
) -> Sequence[Member]:
    """Keep who has the product and return them: all where it is the partner's, else who has a seat in it.

    The contact is told of access with the partner, so of all of it.
    """
    members = work.partners.members(partner.id)
    if member_ids is None:
        work.partners.save(partner.granted(product))
        return members
    seated = [member.seated(product) for member in members if member.id in member_ids]
    for member in seated:
        work.partners.save_member(member)
    return [*seated, *(one for one in members if one.is_contact and one.id not in member_ids)]
