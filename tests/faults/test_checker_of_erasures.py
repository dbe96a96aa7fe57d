"""The checker finds an erased partner that came back, and one whose erasure was not told."""

from collections.abc import Callable

import pytest
from tests.faults.healthy_facts import BOB, LIFE, STATE, healthy_facts

from fault_runner.checks.difference import Kind
from fault_runner.checks.erasure import ERASED
from fault_runner.checks.verdict import judge
from fault_runner.facts import Facts, Grant, Message, Person, Subscription, TopicRecord, Webhook, WebhookStep

Spoil = Callable[[Facts], None]


def erased_facts() -> Facts:
    """Bob was offboarded and erased."""
    facts = healthy_facts()
    facts.erased = {BOB: "bob.example"}
    del facts.partners[BOB]
    for name in ("people", "grants", "messages", "invitations"):
        setattr(facts, name, [one for one in getattr(facts, name) if one.partner_id != BOB])
    facts.timeline = [one for one in facts.timeline if one[0] != BOB]
    facts.outbox = [one for one in facts.outbox if one.subject != BOB]
    for topic, name in ((LIFE, ERASED), (STATE, "partner.state.v1")):
        mine = [one for one in facts.records if (one.topic, one.subject) == (topic, BOB)]
        last = max(mine, key=lambda one: one.sequence)
        number = last.sequence + 1
        facts.records.append(
            TopicRecord(topic, last.partition, last.offset + 1, BOB, number, f"last {topic}", name, {})
        )
        facts.lanes = [
            lane._replace(last_sequence=number) if (lane.topic, lane.subject) == (topic, BOB) else lane
            for lane in facts.lanes
        ]
    known = {message.message_id for message in facts.messages}
    facts.mails = [
        mail
        if mail.message_id.strip("<>").partition("@")[0] in known
        else mail._replace(recipient="b@bob.example")
        for mail in facts.mails
    ]
    return facts


def test_where_all_is_well_nothing_is_found() -> None:
    assert judge(erased_facts()).differences == ()


def keep_partner(facts: Facts) -> None:
    facts.partners[BOB] = "offboarded"


def keep_person(facts: Facts) -> None:
    facts.people.append(Person(BOB, "m", "b@bob.example", is_contact=True, is_confirmed=True))


def keep_grant(facts: Facts) -> None:
    facts.grants.append(Grant("g", BOB, "crm", "revoking", is_collected=False))


def keep_message(facts: Facts) -> None:
    facts.messages.append(Message("m", BOB, "p", "goodbye", "o", "cancelled", 0, 0))


def keep_line(facts: Facts) -> None:
    facts.timeline.append((BOB, "late"))


def lose_tombstone(facts: Facts) -> None:
    facts.records = [one for one in facts.records if one.event_id != f"last {STATE}"]


def lose_word(facts: Facts) -> None:
    facts.records = [one for one in facts.records if one.event_id != f"last {LIFE}"]


def tell_twice(facts: Facts) -> None:
    [word] = [one for one in facts.records if one.name == ERASED]
    facts.records.append(word._replace(event_id="again", sequence=word.sequence + 1, offset=word.offset + 1))


def tell_more(facts: Facts) -> None:
    [word] = [one for one in facts.records if one.name == ERASED]
    facts.records.append(
        word._replace(event_id="more", name="partner.offboarded.v1", sequence=word.sequence + 1)
    )


def park(facts: Facts) -> None:
    place = next(place for place, lane in enumerate(facts.lanes) if lane.subject == BOB)
    facts.lanes[place] = facts.lanes[place]._replace(is_parked=True)


def keep_from_a_vendor(facts: Facts) -> None:
    facts.subscriptions.append(Subscription("/x", is_ordered=False, event_types=None))


def tell_a_stranger(facts: Facts) -> None:
    facts.subscriptions.append(Subscription("/y", is_ordered=False, event_types=frozenset()))
    facts.webhooks.append(Webhook("/y", f"last {LIFE}", WebhookStep.TAKEN))


@pytest.mark.parametrize(
    ("spoil", "kind", "words"),
    [
        (keep_partner, Kind.ORPHAN, "a partner"),
        (keep_person, Kind.ORPHAN, "a person"),
        (keep_grant, Kind.ORPHAN, "a grant"),
        (keep_message, Kind.ORPHAN, "a message"),
        (keep_line, Kind.ORPHAN, "a line"),
        (lose_tombstone, Kind.LOST, "no tombstone"),
        (lose_word, Kind.LOST, "told 0 times"),
        (tell_twice, Kind.DOUBLED, "told 2 times"),
        (tell_more, Kind.OUT_OF_ORDER, "after its erasure"),
        (park, Kind.UNSETTLED, "is parked"),
        (keep_from_a_vendor, Kind.LOST, "never heard"),
        (tell_a_stranger, Kind.DOUBLED, "may not see"),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_each_difference_is_found(spoil: Spoil, kind: Kind, words: str) -> None:
    facts = erased_facts()
    spoil(facts)
    found = judge(facts).differences
    assert any(one.kind is kind and words in one.words for one in found), found
