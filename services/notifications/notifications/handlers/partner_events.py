"""What a partner's own story means for the words: whom to write to, what to say, what to leave unsaid.

Every handler may see its event again, or late by replay: people are replaced by what the newest fact
says, moves look at the event's number, and a mail is planned once per event, kind and member.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any
from uuid import UUID

from chassis.events import ReceivedEvent
from chassis.failures import NeverPossible
from notifications.domain.messages import Kind, Verdict, verdict
from notifications.domain.partners import OVER, Member, MoveNotAllowed, Partner, Profile, Standing
from notifications.handlers import jobs
from notifications.handlers.event_facts import addresses_of, known_or_new, member_of
from notifications.handlers.invitations import invite
from notifications.handlers.member_events import notify_of_access
from notifications.handlers.planning import cancel_moot, plan_mail, plan_offers
from notifications.handlers.ports import Work

Data = Mapping[str, Any]


def when_partner_email_verification_requested(work: Work, event: ReceivedEvent, data: Data) -> None:
    partner = known_or_new(work, data["partner_id"])
    if partner.standing is not Standing.APPLYING:
        return
    contact = member_of(partner.id, event, data["contact"])
    work.partners.put_members([contact])
    plan_mail(work, partner, contact, Kind.VERIFY_EMAIL, occasion=event.id, link=data["link"])


def when_partner_sign_in_requested(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Write to the contact once, whatever number of partners are signed in to."""
    partner, contact = _known(work, data["partner_id"])
    link, others = data["link"], data.get("others", [])
    facts = {"pages": [_page(work, one) for one in (data, *others)]} if others else {}
    plan_mail(work, partner, contact, Kind.SIGN_IN_LINK, occasion=event.id, facts=facts, link=link)


def when_partner_action_required(work: Work, event: ReceivedEvent, data: Data) -> None:
    partner, contact = _known(work, data["partner_id"])
    facts = {"fields": list(data["fields_to_correct"]), "message": data["message"]}
    link = data["link"]
    plan_mail(work, partner, contact, Kind.CORRECTION_NEEDED, occasion=event.id, facts=facts, link=link)


def when_partner_deadline_near(work: Work, event: ReceivedEvent, data: Data) -> None:
    partner, contact = _known(work, data["partner_id"])
    facts = {"waits_for": data["waits_for"], "until": data["deadline_at"].isoformat()}
    plan_mail(work, partner, contact, Kind.DEADLINE_NEAR, occasion=event.id, facts=facts, link=data["link"])


def when_partner_approved(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Write to the contact as to a partner; one of before a correction goes.

    Replayed late, it may come after people who were asked or joined since: they stay as they are.
    """
    partner = work.partners.lock(data["partner_id"]) or Partner(id=data["partner_id"])
    moved = _moved(partner, Standing.APPROVED, event)
    if moved is None:
        return
    partner = replace(
        moved,
        profile=Profile(legal_name=data["legal_name"], partner_type=data["partner_type"], tier=data["tier"]),
        profile_sequence=event.sequence or 0,
    )
    work.partners.save(partner)
    known = {member.id: member for member in work.partners.members(partner.id)}
    told = [member_of(partner.id, event, member) for member in data["members"]]
    members = [member for member in told if member.id not in known or known[member.id].is_contact]
    work.partners.put_members(members)
    for member in known.values():
        if member.is_contact and member.id not in {one.id for one in told}:
            work.partners.remove_member(member)
    cancel_moot(work, partner)
    for contact in (member for member in members if member.is_contact):
        plan_mail(work, partner, contact, Kind.WELCOME, occasion=event.id, link=data["link"])


def when_partner_activated(work: Work, event: ReceivedEvent, data: Data) -> None:
    """The contact learns what is usable, and so does every member whose own access is there.

    What can be learned about it stands in the same mail.
    """
    partner = _move(work, data["partner_id"], Standing.ACTIVE, event)
    if partner is None or partner.profile is None:
        return
    addresses, members = addresses_of(data["products"]), work.partners.members(partner.id)
    ready = _granted_meanwhile(partner, members, data["products"])
    products = [
        {
            "product": p["product"],
            "state": "granted" if p["product"] in ready else p["state"],
            "grant_id": str(p["grant_id"]),
        }
        for p in data["products"]
    ]
    facts: dict[str, Any] = {"products": products}
    facts |= {"sign_in": addresses} if addresses else {}
    for member in members:
        if member.is_contact:
            invite(work, partner, [member], work.policies.learning_paths.due(partner.profile, None))
            link = data["link"]
            plan_mail(work, partner, member, Kind.ACCESS_READY, occasion=event.id, facts=facts, link=link)
        else:
            notify_of_access(work, partner, member, occasion=event.id, addresses=addresses)
    work.defer(jobs.send_mails(partner.id))


def _granted_meanwhile(partner: Partner, members: Sequence[Member], products: Sequence[Data]) -> set[str]:
    """What was granted after the activation and read before it: no other mail would tell of it.

    Of several grants of one product nobody knows which one that is.
    """
    seated = [product for member in members for product in member.products]
    known = {*partner.granted_products, *seated}
    named = Counter(p["product"] for p in products)
    return {product for product in known if named[product] == 1}


def when_partner_suspended(work: Work, event: ReceivedEvent, data: Data) -> None:
    _move_and_notify(work, event, data, Standing.SUSPENDED, Kind.SUSPENDED)


def when_partner_resumed(work: Work, event: ReceivedEvent, data: Data) -> None:
    """What was held back while the partner was suspended goes out now."""
    partner = _move_and_notify(work, event, data, Standing.ACTIVE, Kind.RESUMED)
    if partner is None:
        return
    work.defer(jobs.send_mails(partner.id))
    waiting = set(work.invitations.members_waiting(partner.id))
    for member in work.partners.members(partner.id):
        is_told = not member.is_contact and notify_of_access(work, partner, member, occasion=event.id)
        if not is_told and member.id in waiting:
            plan_offers(work, partner, member, occasion=event.id)


def when_partner_rejected(work: Work, event: ReceivedEvent, data: Data) -> None:
    _move_and_notify(work, event, data, Standing.ENDED, Kind.REJECTED)


def when_partner_offboarding_started(work: Work, event: ReceivedEvent, data: Data) -> None:
    """The contact learns that the vendor ends the partnership, and why; who ends it itself sees it."""
    if data["requested_by"]["kind"] == "operator":
        _move_and_notify(work, event, data, Standing.LEAVING, Kind.OFFBOARDING_STARTED)
    else:
        _move(work, data["partner_id"], Standing.LEAVING, event)


def when_partner_offboarded(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Say goodbye to the contact, and to every member who was told of access."""
    partner = _move_and_notify(work, event, data, Standing.ENDED, Kind.GOODBYE)
    if partner is None:
        return
    for member in work.partners.members(partner.id):
        if not member.is_contact and work.messages.has(member, Kind.ACCESS_READY):
            plan_mail(work, partner, member, Kind.GOODBYE, occasion=event.id)


def when_partner_withdrawn(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Confirm it without the reason, which is the contact's own."""
    told = {"partner_id": data["partner_id"]}
    _move_and_notify(work, event, told, Standing.ENDED, Kind.APPLICATION_WITHDRAWN)


def when_partner_expired(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Tell the contact, if the address was ever confirmed: anybody may have typed another one."""
    contact, asked = work.partners.contact(data["partner_id"]), (Kind.CORRECTION_NEEDED, Kind.WELCOME)
    if contact is not None and any(work.messages.has(contact, kind) for kind in asked):
        _move_and_notify(work, event, data, Standing.ENDED, Kind.APPLICATION_EXPIRED)
    else:
        _move(work, data["partner_id"], Standing.ENDED, event)


def when_partner_erased(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Its people, what was written to them and what they learned go; no later event brings any of it back."""
    work.partners.erase(data["partner_id"])


def when_partner_profile_changed(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Mails name the company as it is called now, not as an older event that comes late tells."""
    partner, _ = _known(work, data["partner_id"])
    sequence = event.sequence or partner.profile_sequence + 1
    if partner.profile is not None and sequence > partner.profile_sequence:
        profile = replace(partner.profile, legal_name=data["legal_name"], partner_type=data["partner_type"])
        work.partners.save(replace(partner, profile=profile, profile_sequence=sequence))


def when_partner_tier_changed(work: Work, event: ReceivedEvent, data: Data) -> None:
    """What comes of it is told once it is there; an older tier that comes late is told to nobody."""
    partner, contact = _known(work, data["partner_id"])
    sequence = event.sequence or partner.tier_sequence + 1
    if partner.standing in OVER or sequence <= partner.tier_sequence:
        return
    if partner.profile is None:
        raise _unknown(partner.id)
    profile = replace(partner.profile, tier=data["tier"])
    partner = replace(partner, profile=profile, tier_sequence=sequence)
    work.partners.save(partner)
    facts = {"tier": data["tier"], "reason": data["reason"]}
    plan_mail(work, partner, contact, Kind.TIER_CHANGED, occasion=event.id, facts=facts)
    _offer_what_the_tier_brings(work, partner, profile, event)


def _offer_what_the_tier_brings(work: Work, partner: Partner, profile: Profile, event: ReceivedEvent) -> None:
    """Invite to the paths of this tier, of what everybody has already; who was invited before is left alone.

    Before the activation nobody is: that looks at the tier of then.
    """
    if verdict(Kind.INVITATION, partner.standing) is Verdict.CANCEL or partner.standing is Standing.APPROVED:
        return
    paths, members = work.policies.learning_paths, work.partners.members(partner.id)
    for member in members:
        if not member.may_learn:
            continue
        seats = [one.products for one in members if member.is_contact or one.id == member.id]
        having = dict.fromkeys((None, *partner.granted_products, *chain.from_iterable(seats)))
        due = [path for product in having for path in paths.due(profile, product)]
        if invite(work, partner, [member], due):
            plan_offers(work, partner, member, occasion=event.id)


def _page(work: Work, data: Data) -> dict[str, Any]:
    """A partner's page and the link to it, as the facts of a message; its contract may leave out the name.

    Who came back has two of one name, so the one that is over is called so.
    """
    partner = work.partners.get(data["partner_id"])
    is_over = partner is not None and partner.standing in OVER
    return {"company": data.get("legal_name", ""), "link": data["link"].as_facts(), "is_over": is_over}


def _move_and_notify(
    work: Work, event: ReceivedEvent, data: Data, target: Standing, kind: Kind
) -> Partner | None:
    partner = _move(work, data["partner_id"], target, event)
    contact = work.partners.contact(partner.id) if partner is not None else None
    if partner is not None and contact is not None:
        facts = {"reason": data["reason"]} if data.get("reason") else {}
        plan_mail(work, partner, contact, kind, occasion=event.id, facts=facts)
    return partner


def _move(work: Work, partner_id: UUID, target: Standing, event: ReceivedEvent) -> Partner | None:
    """Move and cancel what is moot by it; None when the event is old news.

    An unknown partner (its first event is a dead letter) can end, and nothing else.
    """
    partner = work.partners.lock(partner_id)
    if partner is None and target is not Standing.ENDED:
        raise _unknown(partner_id)
    moved = _moved(partner or Partner(id=partner_id), target, event)
    if moved is not None:
        work.partners.save(moved)
        cancel_moot(work, moved)
        if target is Standing.ENDED:
            work.invitations.forget_results(moved.id)
    return moved


def _moved(partner: Partner, target: Standing, event: ReceivedEvent) -> Partner | None:
    try:
        return partner.moved_to(target, event.sequence)
    except MoveNotAllowed as refused:
        text = f"{event.name}: {refused}; an earlier event of this partner is missing here."
        raise NeverPossible("move_not_allowed", text) from refused


def _known(work: Work, partner_id: UUID) -> tuple[Partner, Member]:
    """The partner and its contact; without them an earlier event of the lane is a dead letter."""
    partner, contact = work.partners.lock(partner_id), work.partners.contact(partner_id)
    if partner is None or contact is None:
        raise _unknown(partner_id)
    return partner, contact


def _unknown(partner_id: UUID) -> NeverPossible:
    text = f"Partner {partner_id}, its approval or contact is not known; an earlier event is missing here."
    return NeverPossible("partner_unknown", text)
