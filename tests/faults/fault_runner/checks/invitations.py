"""One invitation per person and path that an event makes due, with its mail, its events, and its answer."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from fault_runner.checks.difference import Difference, Kind
from fault_runner.facts import Facts, Invitation, LearningOffer, Message, TopicRecord

ACTIVATED, GRANTED = "partner.activated.v1", "access.granted.v1"
SEATED = "access.member_added.v1"
LEFT = frozenset({"partner.offboarding_started.v1", "partner.offboarded.v1"})
CARRIES_OFFERS = frozenset({"access_ready", "access_added", "invitation"})
SENT, ACCEPTED = "learning.invitation_sent.v1", "learning.invitation_accepted.v1"


class Key(NamedTuple):
    """There may be one invitation of each ever."""

    partner_id: str
    member_id: str
    path: str


def check_invitations(facts: Facts) -> Iterator[Difference]:
    """Compare what is due by the events and the list of offers with invitations, mails and events."""
    records = list({(record.topic, record.event_id): record for record in facts.records}.values())
    left = {record.subject for record in records if record.name in LEFT}
    seated = {(record.subject, record.data["member_id"]) for record in records if record.name == SEATED}
    due = _due(records, facts.offers, seated)
    there = Counter(Key(one.partner_id, one.member_id, one.path) for one in facts.invitations)
    for key, reasons in due.items():
        # Grants and seats come by another topic: those of a partner who has left meanwhile invite nobody.
        is_by_life = ACTIVATED in reasons.values() and (key.partner_id, key.member_id) not in seated
        is_moot = key.partner_id in left and not is_by_life
        if there[key] == 0 and not is_moot:
            yield Difference(Kind.LOST, f"{key} is due by {sorted(reasons.values())} and was not invited")
    for key, times in there.items():
        if times > 1:
            yield Difference(Kind.DOUBLED, f"{key} is invited {times} times")
        if key not in due:
            yield Difference(Kind.DOUBLED, f"{key} is invited, and no event makes it due")
    events = Counter((record.name, record.data.get("invitation_id")) for record in records)
    mails = {message.message_id: message for message in facts.messages}
    for invitation in facts.invitations:
        mail = mails.get(invitation.message_id or "")
        yield from _check_mail(invitation, mail, events[SENT, invitation.invitation_id])
        yield from _check_state(invitation, left, events[ACCEPTED, invitation.invitation_id])
    yield from _check_empty_mails(facts)
    yield from _check_answers(facts)


def _due(
    records: list[TopicRecord], offers: list[LearningOffer], seated: set[tuple[str, str]]
) -> dict[Key, dict[str, str]]:
    """For each invitation the events that make it due: their ids and names.

    The contact is invited to all of it, a member once their own seats are there.
    """
    profiles = {record.subject: record.data for record in records if record.name == "partner.approved.v1"}
    due: dict[Key, dict[str, str]] = defaultdict(dict)
    for record in records:
        profile = profiles.get(record.subject)
        if record.name not in {ACTIVATED, GRANTED} or profile is None:
            continue
        product = record.data["product"] if record.name == GRANTED else None
        for offer in offers:
            if _suits(offer, profile, product):
                joined = [
                    member_id
                    for subject, member_id in seated
                    if subject == record.subject and member_id in record.data.get("member_ids", [member_id])
                ]
                for member_id in [*_contacts(profile), *([] if offer.is_for_contact_only else joined)]:
                    due[Key(record.subject, member_id, offer.path)][record.event_id] = record.name
    return due


def _suits(offer: LearningOffer, profile: Mapping[str, Any], product: str | None) -> bool:
    return (
        offer.product == product
        and (not offer.partner_types or profile["partner_type"] in offer.partner_types)
        and (not offer.tiers or profile["tier"] in offer.tiers)
    )


def _contacts(profile: Mapping[str, Any]) -> list[str]:
    return [one["member_id"] for one in profile["members"] if one["is_contact"]]


def _check_mail(invitation: Invitation, mail: Message | None, told: int) -> Iterator[Difference]:
    """Each invitation goes with one mail to its person, and is told as sent once with it."""
    name = f"the invitation {invitation.invitation_id} of {invitation.partner_id}"
    if mail is None:
        if invitation.state in {"sent", "accepted"}:
            yield Difference(Kind.LOST, f"{name} is {invitation.state} and has no mail")
        return
    if mail.member_id != invitation.member_id or mail.kind not in CARRIES_OFFERS:
        yield Difference(Kind.LOST, f"{name} stands in the {mail.kind} of {mail.member_id}")
    # The mail of a partner who leaves, or who answered a mail in doubt, is cancelled.
    expected = 1 if mail.state == "sent" else 0
    if told != expected:
        kind = Kind.LOST if told < expected else Kind.DOUBLED
        yield Difference(kind, f"{name}, whose mail is {mail.state}, was told as sent {told} times")
    if invitation.state == "sent" and not expected:
        yield Difference(Kind.LOST, f"{name} is noted as sent, its mail is {mail.state}")


def _check_empty_mails(facts: Facts) -> Iterator[Difference]:
    """A mail that only invites carries at least one invitation."""
    carried = {invitation.message_id for invitation in facts.invitations}
    for message in facts.messages:
        if message.kind == "invitation" and message.state == "sent" and message.message_id not in carried:
            yield Difference(Kind.DOUBLED, f"the mail {message.message_id} invites to nothing")


def _check_state(invitation: Invitation, left: set[str], told: int) -> Iterator[Difference]:
    name = f"the invitation {invitation.invitation_id} of {invitation.partner_id}"
    expected = 1 if invitation.state == "accepted" else 0
    if told != expected:
        kind = Kind.LOST if told < expected else Kind.DOUBLED
        yield Difference(kind, f"{name} is {invitation.state} and was told as accepted {told} times")
    if invitation.state == "cancelled" and invitation.partner_id not in left:
        yield Difference(Kind.LOST, f"{name} is cancelled, and its partner has not left")
    if invitation.state in {"planned", "expired"}:
        yield Difference(Kind.UNSETTLED, f"{name} is {invitation.state}")


def _check_answers(facts: Facts) -> Iterator[Difference]:
    """What a client saw accepted is accepted, and nothing else."""
    seen = Counter(facts.acceptances)
    noted = Counter(one.partner_id for one in facts.invitations if one.state == "accepted")
    for partner_id in seen | noted:
        if seen[partner_id] != noted[partner_id]:
            kind = Kind.LOST if noted[partner_id] < seen[partner_id] else Kind.DOUBLED
            words = f"{partner_id} accepted {seen[partner_id]} invitations, {noted[partner_id]} are noted so"
            yield Difference(kind, words)
