"""What mails follow from access: new products offer learning; endings and costs are announced in time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.events import ReceivedEvent
from chassis.failures import NotNow
from notifications.domain.messages import Kind, Verdict, verdict
from notifications.domain.partners import Member, Partner, Standing
from notifications.handlers.event_facts import addresses_of, which_grant
from notifications.handlers.invitations import invite
from notifications.handlers.planning import plan_mail, plan_offers, write_to_contact
from notifications.handlers.ports import Work

Data = Mapping[str, Any]


def when_access_granted(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Invite the people with this product to its paths, unless they know of no access yet.

    Those are invited once the partner is active: by the mail that access is ready, or by the next mail of
    this kind. Raises NotNow until the approval, which comes by another topic, has been read.
    """
    partner = _known(work, data["partner_id"])
    if partner.profile is None or verdict(Kind.INVITATION, partner.standing) is Verdict.CANCEL:
        return
    having = _note_who_has_it(work, partner, data["product"], data.get("member_ids"))
    members = [member for member in having if member.may_learn]
    invited = invite(
        work, partner, members, work.policies.learning_paths.due(partner.profile, data["product"])
    )
    if verdict(Kind.ACCESS_ADDED, partner.standing) is Verdict.CANCEL:
        return
    is_contact_told = data["first"] and _notify_contact(work, partner, event, data)
    for member in invited:
        if not (member.is_contact and is_contact_told):
            plan_offers(work, partner, member, occasion=event.id)


def when_access_waived(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Tell the contact why the vendor declined a request; nobody is told of other waivers.

    Raises NotNow like `when_access_granted`.
    """
    if not data["refused"]:
        return
    partner = _known(work, data["partner_id"])
    contact = work.partners.contact(partner.id)
    if contact is not None:
        facts = {"product": data["product"], "reason": data["reason"]}
        plan_mail(work, partner, contact, Kind.ACCESS_REFUSED, occasion=event.id, facts=facts)


def _known(work: Work, partner_id: UUID) -> Partner:
    partner = work.partners.lock(partner_id)
    if partner is None or (partner.profile is None and partner.standing is not Standing.ENDED):
        text = f"Partner {partner_id} is not known yet; its approval is still to be read."
        raise NotNow("partner_not_known_yet", text)
    return partner


def _notify_contact(work: Work, partner: Partner, event: ReceivedEvent, data: Data) -> bool:
    """Announce what came after the activation in one mail, with all that follows within the gathering time.

    False if an earlier mail announced it: the activation may be read after the grants it announces.
    """
    contact, grant_id = work.partners.contact(partner.id), str(data["grant_id"])
    if contact is None or work.messages.tell_of(contact, grant_id):
        return False
    product = {"product": data["product"], "state": "granted", "grant_id": grant_id}
    told = {**product, "sign_in_url": data["identifiers"].get("sign_in_url", "")}
    waiting = work.messages.lock_unbegun(partner.id, contact.id, Kind.ACCESS_ADDED)
    before: Mapping[str, Any] = waiting.facts if waiting else {}
    facts = {**before, "products": [*before.get("products", ()), product]}
    if addresses := {**before.get("sign_in", {}), **addresses_of([told])}:
        facts["sign_in"] = addresses
    if waiting:
        work.messages.save_facts(replace(waiting, facts=facts))
    else:
        not_before = work.database_now() + work.policies.mail_gathering
        plan_mail(
            work, partner, contact, Kind.ACCESS_ADDED, occasion=event.id, facts=facts, not_before=not_before
        )
    return True


def _note_who_has_it(
    work: Work, partner: Partner, product: str, member_ids: Collection[UUID] | None
) -> Sequence[Member]:
    """Record who has the product and return them: everybody, or the people with a seat.

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


def when_access_expiring(work: Work, event: ReceivedEvent, data: Data) -> None:
    _write_of_lease(work, event, data, Kind.LEASE_EXPIRING, data["ends_at"])


def when_access_expired(work: Work, event: ReceivedEvent, data: Data) -> None:
    _write_of_lease(work, event, data, Kind.LEASE_EXPIRED, data["removal_at"])


def when_access_renewed(work: Work, event: ReceivedEvent, data: Data) -> None:
    _write_of_lease(work, event, data, Kind.LEASE_RENEWED, data["ends_at"])


def _write_of_lease(work: Work, event: ReceivedEvent, data: Data, kind: Kind, until: datetime) -> None:
    facts = which_grant(data) | {"until": until.isoformat()}
    write_to_contact(work, event, data["partner_id"], kind, facts)


def when_access_budget_warned(work: Work, event: ReceivedEvent, data: Data) -> None:
    _write_of_budget(work, event, data, Kind.BUDGET_WARNED)


def when_access_budget_exceeded(work: Work, event: ReceivedEvent, data: Data) -> None:
    _write_of_budget(work, event, data, Kind.BUDGET_EXCEEDED)


def _write_of_budget(work: Work, event: ReceivedEvent, data: Data, kind: Kind) -> None:
    facts = which_grant(data) | {name: data[name] for name in ("percent", "budget_usd", "spent_usd")}
    write_to_contact(work, event, data["partner_id"], kind, facts)
