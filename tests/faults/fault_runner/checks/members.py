"""Named people get a question only; who said yes gets access and one mail about it."""

from collections import Counter
from collections.abc import Iterator

from fault_runner.checks.difference import Difference, Kind
from fault_runner.facts import Facts, TopicRecord

ADDED, DECLINED = "partner.member_added.v1", "partner.member_declined.v1"
SEATED = "access.member_added.v1"


def check_members(facts: Facts) -> Iterator[Difference]:
    """Compare the answers that clients gave with people, events and mails."""
    records = list({(record.topic, record.event_id): record for record in facts.records}.values())
    added, declined, seated = (_told(records, name) for name in (ADDED, DECLINED, SEATED))
    yield from _check_answers(facts)
    yield from _check_mails(facts, added)
    for name, told in ((ADDED, added), (DECLINED, declined), (SEATED, seated)):
        for (partner_id, member_id), times in told.items():
            if times > 1:
                words = f"{name} was told {times} times of {member_id} of {partner_id}"
                yield Difference(Kind.DOUBLED, words)
    for member in seated.keys() - added.keys():
        yield Difference(Kind.DOUBLED, f"{member} has access and never confirmed")
    ready = Counter(
        (message.partner_id, message.member_id)
        for message in facts.messages
        if message.kind == "access_ready" and message.state != "cancelled"
    )
    for member in added:
        is_active = facts.partners.get(member[0]) == "active"
        if is_active and not seated[member]:
            yield Difference(Kind.LOST, f"{member} confirmed and has no access")
        if is_active and not ready[member]:
            yield Difference(Kind.LOST, f"{member} confirmed and was not told of any access")
    for member, times in ready.items():
        if times > 1:
            yield Difference(Kind.DOUBLED, f"{member} was told of their access {times} times")


def _told(records: list[TopicRecord], name: str) -> Counter[tuple[str, str]]:
    return Counter(
        (record.subject, record.data.get("member_id") or record.data["member"]["member_id"])
        for record in records
        if record.name == name
    )


def _check_answers(facts: Facts) -> Iterator[Difference]:
    people = {(person.partner_id, person.email): person for person in facts.people}
    for partner_id, email, is_right in facts.answers:
        person = people.get((partner_id, email))
        if is_right and (person is None or not person.is_confirmed):
            yield Difference(Kind.LOST, f"the yes of somebody of {partner_id} was taken and is not noted")
        if not is_right and person is not None:
            yield Difference(Kind.LOST, f"somebody of {partner_id} declined and is still there")
    said_yes = Counter(partner_id for partner_id, _, is_right in facts.answers if is_right)
    confirmed = Counter(
        person.partner_id for person in facts.people if person.is_confirmed and not person.is_contact
    )
    for partner_id in confirmed:
        if confirmed[partner_id] > said_yes[partner_id]:
            yield Difference(
                Kind.DOUBLED, f"somebody of {partner_id} is confirmed without a word of their own"
            )


def _check_mails(facts: Facts, added: Counter[tuple[str, str]]) -> Iterator[Difference]:
    """Whoever was asked and did not confirm gets no other mail, and no invitation."""
    asked = {
        (message.partner_id, message.member_id)
        for message in facts.messages
        if message.kind == "confirm_membership"
    }
    for message in facts.messages:
        member = (message.partner_id, message.member_id)
        if member in asked - added.keys() and message.kind != "confirm_membership":
            yield Difference(Kind.DOUBLED, f"{message.kind} was written to {member}, who never confirmed")
    for invitation in facts.invitations:
        member = (invitation.partner_id, invitation.member_id)
        if member in asked - added.keys():
            yield Difference(Kind.DOUBLED, f"{member} is invited to {invitation.path} and never confirmed")
