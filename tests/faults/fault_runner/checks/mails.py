"""One mail per intent: what events ask for is planned once, what is planned is sent once, nothing else."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from fault_runner.checks.difference import Difference, Kind
from fault_runner.facts import Facts, Message, TopicRecord


class Wish(NamedTuple):
    """What one event asks notifications to say; ``always``: whatever happened to the partner since."""

    kind: str
    to_everyone: bool = False
    always: bool = True


# A mail that has become moot is cancelled, never lost: those kinds may be missing where it is told so.
WISHES = {
    "partner.email_verification_requested.v1": Wish("verify_email"),
    "partner.sign_in_requested.v1": Wish("sign_in_link"),
    "partner.approved.v1": Wish("welcome"),
    "partner.rejected.v1": Wish("rejected"),
    "partner.activated.v1": Wish("access_ready", to_everyone=True),
    "partner.suspended.v1": Wish("suspended"),
    "partner.resumed.v1": Wish("resumed"),
    "partner.offboarded.v1": Wish("goodbye"),
}
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
    for message in facts.messages:
        planned[message.occasion, message.kind].append(message)
    people = Counter(person.partner_id for person in facts.people)
    for record in _unique(facts.records):
        wish = WISHES.get(record.name)
        if wish is None:
            continue
        found = planned[record.event_id, wish.kind]
        expected = people[record.subject] if wish.to_everyone else 1
        name = f"{wish.kind} for {record.name} {record.subject}"
        if len(found) < expected:
            yield Difference(Kind.LOST, f"{name} was planned {len(found)} times, expected {expected}")
        if len(found) > expected:
            yield Difference(Kind.DOUBLED, f"{name} was planned {len(found)} times, expected {expected}")


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
