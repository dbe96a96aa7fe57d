"""People and links as events tell them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from notifications.domain.messages import LinkIntent
from notifications.domain.partners import Member, Membership


def member_of(
    partner_id: UUID, data: Mapping[str, Any], membership: Membership = Membership.CONFIRMED
) -> Member:
    """A person of the partner."""
    return Member(
        id=data["member_id"],
        partner_id=partner_id,
        given_name=data["given_name"],
        family_name=data["family_name"],
        email=data["email"],
        language=data["language"],
        is_contact=data["is_contact"],
        membership=membership,
    )


def link_of(data: Mapping[str, Any]) -> LinkIntent:
    """A link that is signed when its mail is rendered."""
    return LinkIntent(id=data["id"], purpose=data["purpose"], expires_at=data["expires_at"])
