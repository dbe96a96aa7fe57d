"""What access means for the words: a product that is there is worth learning."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chassis.events import ReceivedEvent
from chassis.failures import NotNow
from notifications.domain.learning_paths import LearningPaths
from notifications.domain.messages import Kind, Verdict, verdict
from notifications.domain.partners import Standing
from notifications.handlers.invitations import invite
from notifications.handlers.planning import plan_offers
from notifications.handlers.ports import Work


def when_granted(
    work: Work,
    event: ReceivedEvent,
    data: Mapping[str, Any],
    *,
    paths: LearningPaths,
    gathering: timedelta,
) -> None:
    """Invite the partner's people to the paths of this product, but those whose own access is not there yet.

    They hear of it once the partner is active: with the mail that the access is ready, or with the next
    mail of this kind. Raises NotNow while the approval, which comes by another topic, has not been read yet.
    """
    partner = work.partners.lock(data["partner_id"])
    if partner is None or (partner.profile is None and partner.standing is not Standing.ENDED):
        text = f"Partner {data['partner_id']} is not known yet; its approval is still to be read."
        raise NotNow("partner_not_known_yet", text)
    if partner.profile is None or verdict(Kind.INVITATION, partner.standing) is Verdict.CANCEL:
        return
    work.partners.save(partner.granted(data["product"]))
    members = [member for member in work.partners.members(partner.id) if member.may_learn]
    invited = invite(work, partner, members, paths.due(partner.profile, data["product"]))
    if partner.standing is Standing.ACTIVE:
        for member in invited:
            plan_offers(work, partner, member, occasion=event.id, gathering=gathering)
