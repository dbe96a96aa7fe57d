"""People and partners as events describe them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from chassis.events import ReceivedEvent
from chassis.failures import NeverPossible
from notifications.domain.partners import Member, Membership, Partner, Standing
from notifications.handlers.ports import Work

_ADDRESS = re.compile(r"https?://[!-~]+")


def member_of(
    partner_id: UUID,
    event: ReceivedEvent,
    data: Mapping[str, Any],
    membership: Membership = Membership.CONFIRMED,
) -> Member:
    """A person of the partner, as the event describes them."""
    return Member(
        id=data["member_id"],
        partner_id=partner_id,
        given_name=data["given_name"],
        family_name=data["family_name"],
        email=data["email"],
        language=data["language"],
        language_sequence=event.sequence or 0,
        is_contact=data["is_contact"],
        membership=membership,
    )


def addresses_of(products: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Where people sign in, by product, but only web addresses, because mails link to them."""
    told = {one["product"]: one.get("sign_in_url", "") for one in products}
    return {product: url for product, url in told.items() if _ADDRESS.fullmatch(url)}


def which_grant(data: Mapping[str, Any]) -> dict[str, Any]:
    """A product, and what distinguishes this grant from the partner's others of the product, if anything."""
    return {name: data[name] for name in ("product", "entry_name") if name in data}


def known_or_new(work: Work, partner_id: UUID, standing: Standing = Standing.APPLYING) -> Partner:
    """The partner, locked; created if this is the first event about it."""
    partner = work.partners.lock(partner_id)
    if partner is None:
        partner = Partner(id=partner_id, standing=standing)
        work.partners.save(partner)
    return partner


def expect_partner(work: Work, partner_id: UUID) -> Partner:
    """The partner, locked. If it is missing, an earlier event of its lane became a dead letter."""
    partner = work.partners.lock(partner_id)
    if partner is None:
        text = f"Partner {partner_id} is not known; an earlier event is missing here."
        raise NeverPossible("partner_unknown", text)
    return partner
