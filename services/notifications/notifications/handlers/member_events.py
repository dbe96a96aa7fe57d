"""People of a partner: asked by one mail, then members who are notified of their access, until they leave."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from chassis.events import ReceivedEvent
from chassis.failures import NeverPossible, NotNow
from notifications.domain.messages import Kind
from notifications.domain.partners import OVER, Member, Membership, Partner, Standing
from notifications.handlers.event_facts import addresses_of, expect_partner, member_of
from notifications.handlers.invitations import invite
from notifications.handlers.planning import plan_mail
from notifications.handlers.ports import Work

Data = Mapping[str, Any]
GONE = frozenset({Membership.DECLINED, Membership.REMOVED})


def when_partner_member_confirmation_requested(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Ask a person who has not answered."""
    partner = _approved(work, data)
    person = member_of(partner.id, event, data["member"], Membership.NAMED)
    known = work.partners.member(partner.id, person.id)
    if partner.standing in OVER or (known is not None and known.membership is not Membership.NAMED):
        return
    work.partners.put_members([person])
    facts = {"is_reminder": True} if data["is_reminder"] else {}
    link = data["link"]
    plan_mail(work, partner, person, Kind.CONFIRM_MEMBERSHIP, occasion=event.id, facts=facts, link=link)


def when_partner_member_added(work: Work, event: ReceivedEvent, data: Data) -> None:
    """From now on the person is written to as a member; the first mail waits for their access."""
    partner = _approved(work, data)
    person = member_of(partner.id, event, data["member"])
    known = work.partners.member(partner.id, person.id)
    if partner.standing in OVER or (known is not None and known.membership is not Membership.NAMED):
        return
    work.partners.put_members([person])
    _stop_asking(work, person)


def when_partner_member_declined(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Forget who the person is, and write to them no more."""
    partner = expect_partner(work, data["partner_id"])
    person = work.partners.member(partner.id, data["member_id"])
    if person is not None and not person.is_contact:
        work.partners.save_member(person.declined())
        _stop_asking(work, person)


def when_partner_member_removed(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Withdraw all that the person was to get; who was a member is told so, once, and then forgotten."""
    partner = expect_partner(work, data["partner_id"])
    known = work.partners.member(partner.id, data["member_id"])
    if known is None:
        # So that what is told late does not bring them.
        nobody = Member(id=data["member_id"], partner_id=partner.id, membership=Membership.REMOVED)
        work.partners.put_members([nobody])
    if known is None or known.membership in GONE:
        return
    work.partners.save_member(known.removed())
    others = [kind for kind in Kind if kind is not Kind.MEMBER_REMOVED]
    work.messages.cancel_planned_of(known, others, "recipient_gone", "The person was removed.")
    work.invitations.cancel_open(partner.id, known.id)
    work.invitations.forget_results(partner.id, known.id)
    if known.is_confirmed:
        plan_mail(work, partner, known, Kind.MEMBER_REMOVED, occasion=event.id)


def when_partner_contact_changed(work: Work, event: ReceivedEvent, data: Data) -> None:
    """From now on the new contact is written to; both are told, the new one with a link to come in.

    The former one's sessions are over. By the event's number, as for moves: replayed late, it may be old
    news.
    """
    partner = _approved(work, data)
    work.partners.sign_out(partner.id, data["changed_at"])
    sequence = event.sequence or partner.contact_sequence + 1
    if partner.standing in OVER or sequence <= partner.contact_sequence:
        return
    contact = work.partners.member(partner.id, data["member_id"])
    if contact is None or not contact.is_confirmed:
        raise NeverPossible("member_unknown", f"No member of partner {partner.id} has this id here.")
    work.partners.save(replace(partner, contact_sequence=sequence))
    for person in work.partners.members(partner.id):
        if person.is_contact and person.id != contact.id:
            former = replace(person, is_contact=False, has_access=True)
            work.partners.save_member(former)
            plan_mail(work, partner, former, Kind.CONTACT_CHANGED, occasion=event.id)
    work.partners.save_member(replace(contact, is_contact=True))
    plan_mail(work, partner, contact, Kind.CONTACT_CHANGED, occasion=event.id, link=data["link"])


def when_partner_passkey_added(work: Work, event: ReceivedEvent, data: Data) -> None:
    _notify_of_passkey(work, event, data, Kind.PASSKEY_ADDED, data["added_at"])


def when_partner_passkey_removed(work: Work, event: ReceivedEvent, data: Data) -> None:
    _notify_of_passkey(work, event, data, Kind.PASSKEY_REMOVED, data["removed_at"])


def when_partner_sessions_ended(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Take them no more, whatever is known of the partner."""
    work.partners.end_sessions(data["session_ids"])


def _notify_of_passkey(work: Work, event: ReceivedEvent, data: Data, kind: Kind, at: datetime) -> None:
    """So that a person who did not do it themselves finds out."""
    partner = expect_partner(work, data["partner_id"])
    person = work.partners.member(partner.id, data["member_id"])
    if person is not None and person.is_confirmed:
        plan_mail(work, partner, person, kind, occasion=event.id, facts={"at": at.isoformat()})


def when_access_member_added(work: Work, event: ReceivedEvent, data: Data) -> None:
    """The seats of a person are there: tell them, now or when the partner becomes active.

    Raises NotNow until the approval and the person's word, which come by another topic, have been read.
    """
    partner = work.partners.lock(data["partner_id"])
    if partner is not None and partner.standing in OVER:
        return
    person = work.partners.member(partner.id, data["member_id"]) if partner is not None else None
    if person is not None and person.membership in GONE:
        return
    if partner is None or partner.profile is None or person is None or not person.is_confirmed:
        text = f"Partner {data['partner_id']} or its member is not known yet; it is still to be read."
        raise NotNow("member_not_known_yet", text)
    person = replace(person, has_access=True).seated(*(one["product"] for one in data["products"]))
    work.partners.save_member(person)
    addresses = addresses_of(data["products"])
    notify_of_access(work, partner, person, occasion=event.id, addresses=addresses)


def notify_of_access(
    work: Work,
    partner: Partner,
    person: Member,
    *,
    occasion: str,
    addresses: Mapping[str, str] = MappingProxyType({}),
) -> bool:
    """Have one mail tell a member what they can use and learn, once ever; False where it is not due.

    It is due when the partner is active and the person's own access is there, in whatever order. It tells
    where this person has a seat, and what the partner has as a whole; with the addresses of these, as far
    as the event told them.
    """
    if partner.standing is not Standing.ACTIVE or partner.profile is None or not person.may_learn:
        return False
    if work.messages.has(person, Kind.ACCESS_READY):
        return False
    products = dict.fromkeys((*partner.granted_products, *person.products))
    for product in (None, *products):
        invite(work, partner, [person], work.policies.learning_paths.due(partner.profile, product))
    facts: dict[str, Any] = {"products": [{"product": product, "state": "granted"} for product in products]}
    facts |= {"sign_in": theirs} if (theirs := {p: addresses[p] for p in products if p in addresses}) else {}
    return plan_mail(work, partner, person, Kind.ACCESS_READY, occasion=occasion, facts=facts) is not None


def _stop_asking(work: Work, person: Member) -> None:
    work.messages.cancel_planned_of(person, [Kind.CONFIRM_MEMBERSHIP], "answered", "The person has answered.")


def _approved(work: Work, data: Data) -> Partner:
    """A partner whose approval was read, or that has left.

    Without it, it is a dead letter, to be replayed after that one: waiting here would hold back the lane,
    and with it the contact's links to sign in.
    """
    partner = expect_partner(work, data["partner_id"])
    if partner.profile is None and partner.standing not in OVER:
        text = f"The approval of partner {partner.id} is missing here; replay that one first."
        raise NeverPossible("approval_missing", text)
    return partner


def when_partner_language_chosen(work: Work, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
    """Nothing for who is not known here: the newest choice comes along when they are asked or added.

    By the event's number: replayed late, it may be an older choice.
    """
    work.partners.lock(data["partner_id"])
    person = work.partners.member(data["partner_id"], data["member_id"])
    if person is None or person.membership is Membership.DECLINED:
        return
    sequence = event.sequence or person.language_sequence + 1
    if sequence > person.language_sequence:
        work.partners.save_member(replace(person, language=data["language"], language_sequence=sequence))
