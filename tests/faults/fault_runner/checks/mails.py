"""One mail per intent: what events ask for is planned once, what is planned is sent once, nothing else."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from fault_runner.checks.difference import Difference, Kind
from fault_runner.facts import Facts, Message, TopicRecord

# The mail that one event asks notifications for: to the contact, or to the person whom it names.
# One that has become moot is cancelled, never lost.
WISHES = {
    "partner.email_verification_requested.v1": "verify_email",
    "partner.sign_in_requested.v1": "sign_in_link",
    "partner.deadline_near.v1": "deadline_near",
    "partner.approved.v1": "welcome",
    "partner.member_confirmation_requested.v1": "confirm_membership",
    "partner.rejected.v1": "rejected",
    "partner.withdrawn.v1": "application_withdrawn",
    "partner.activated.v1": "access_ready",
    "partner.suspended.v1": "suspended",
    "partner.resumed.v1": "resumed",
    "partner.offboarded.v1": "goodbye",
}
TOLD_TO_MEMBERS_TOO = frozenset({"access_ready", "goodbye"})
SETTLED = frozenset({"sent", "cancelled"})


def check_mails(facts: Facts) -> Iterator[Difference]:
    """Compare events, messages, and the mail server's box."""
    yield from _check_intents(facts)
    yield from _check_box(facts)


def count_repeated_mails(facts: Facts) -> int:
    """Mails sent again after a cut, known by their Message-ID: SMTP has no way to ask."""
    return len(facts.mails) - len({mail.message_id for mail in facts.mails})


def _check_intents(facts: Facts) -> Iterator[Difference]:
    planned: dict[tuple[str, str], list[Message]] = defaultdict(list)
    members = {person.member_id for person in facts.people if not person.is_contact}
    for message in facts.messages:
        # What members hear of their access has a check of its own, and some hear of its end.
        if message.kind not in TOLD_TO_MEMBERS_TOO or message.member_id not in members:
            planned[message.occasion, message.kind].append(message)
    for record in _unique(facts.records):
        wish = WISHES.get(record.name)
        if wish is None:
            continue
        found = len(planned[record.event_id, wish])
        if found != 1:
            kind = Kind.LOST if found < 1 else Kind.DOUBLED
            yield Difference(kind, f"{wish} for {record.name} {record.subject} was planned {found} times")


def _check_box(facts: Facts) -> Iterator[Difference]:
    arrived = {mail.message_id.strip("<>").partition("@")[0] for mail in facts.mails}
    known = {message.message_id: message for message in facts.messages}
    for message in facts.messages:
        name = f"{message.kind} {message.message_id} of {message.partner_id}"
        if message.state == "sent" and message.message_id not in arrived:
            yield Difference(Kind.LOST, f"{name} is noted as sent and never came")
        if message.state not in SETTLED:
            yield Difference(Kind.UNSETTLED, f"{name} is {message.state}")
    for mail in arrived - known.keys():
        yield Difference(Kind.DOUBLED, f"the mail {mail} has no message")
    again = Counter(mail.message_id.strip("<>").partition("@")[0] for mail in facts.mails)
    for mail, times in again.items():
        planned = known.get(mail)
        if planned is not None and times > planned.attempts:
            words = f"{planned.kind} {mail} came {times} times in {planned.attempts} attempts"
            yield Difference(Kind.DOUBLED, words)


def _unique(records: list[TopicRecord]) -> Iterator[TopicRecord]:
    yield from {(record.topic, record.event_id): record for record in records}.values()
