"""The checker finds every event that an endpoint lacks, gets too early, or gets without the right."""

from collections.abc import Callable

import pytest
from tests.faults.healthy_facts import ACCESS, ADA, LIFE, healthy_facts

from fault_runner.checks.difference import Kind
from fault_runner.checks.verdict import judge
from fault_runner.checks.webhooks import count_repeated_webhooks
from fault_runner.facts import Effect, Facts, LaneRow, Subscription, Webhook, WebhookStep

CAME, TAKEN = WebhookStep.CAME, WebhookStep.TAKEN
ACTIVATED = "partner.activated.v1"
Spoil = Callable[[Facts], None]


def with_webhooks() -> Facts:
    """Two endpoints get Ada's life and access, in order and one after another; a third one gets little."""
    facts = healthy_facts()
    topics = {
        topic: frozenset(record.name for record in facts.records if record.topic == topic)
        for topic in (LIFE, ACCESS)
    }
    facts.consumed["integrations"] = topics
    for record in facts.records:
        if record.topic in topics:
            *told, _ = record.topic, record.subject, record.sequence, record.event_id, None
            facts.effects.append(Effect("integrations", *told))
    ends = {(record.topic, record.subject): record.sequence for record in facts.records}
    facts.lanes += [LaneRow("integrations", *lane, end, 0, False) for lane, end in ends.items()]
    facts.subscriptions = [
        Subscription("ordered", True, None),
        Subscription("any", False, None),
        Subscription("few", True, frozenset({ACTIVATED})),
    ]
    for record in facts.records:
        for name, _, types in facts.subscriptions:
            if record.topic in topics and (types is None or record.name in types):
                facts.webhooks += [Webhook(name, record.event_id, step) for step in (CAME, CAME, TAKEN)]
    return facts


def of(facts: Facts, endpoint: str) -> list[int]:
    return [place for place, one in enumerate(facts.webhooks) if one.endpoint == endpoint]


def lose_taken(facts: Facts) -> None:
    facts.webhooks.pop(of(facts, "any")[-1])


def lose_all(facts: Facts) -> None:
    facts.webhooks = [one for one in facts.webhooks if one.endpoint != "few"]


def overtake(facts: Facts) -> None:
    """The second event is seen before the first one was taken, though after it was seen."""
    places = of(facts, "ordered")
    facts.webhooks.insert(places[2], facts.webhooks[places[3]])


def show_what_may_not_be_seen(facts: Facts) -> None:
    other = next(one for one in facts.records if one.subject == ADA and one.name != ACTIVATED)
    facts.webhooks.append(Webhook("few", other.event_id, CAME))


def draw_a_new_id(facts: Facts) -> None:
    facts.webhooks.append(Webhook("any", "another id for the same", CAME))


def forge(facts: Facts) -> None:
    facts.webhooks.append(facts.webhooks[0]._replace(step=WebhookStep.FORGED))


def leave_waiting(facts: Facts) -> None:
    facts.undelivered.append("an endpoint lacks a delivery")


def test_where_all_arrives_nothing_is_found() -> None:
    facts = with_webhooks()
    assert judge(facts).differences == ()
    assert count_repeated_webhooks(facts) == len(facts.webhooks) // 3 > 10


def test_without_order_one_may_overtake_another() -> None:
    facts = with_webhooks()
    places = of(facts, "any")
    facts.webhooks.insert(places[2], facts.webhooks[places[3]])
    assert judge(facts).differences == ()


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lose_taken, Kind.LOST),
        (lose_all, Kind.LOST),
        (overtake, Kind.OUT_OF_ORDER),
        (show_what_may_not_be_seen, Kind.DOUBLED),
        (draw_a_new_id, Kind.DOUBLED),
        (forge, Kind.DOUBLED),
        (leave_waiting, Kind.UNSETTLED),
    ],
)
def test_what_went_wrong_is_found(spoil: Spoil, kind: Kind) -> None:
    facts = with_webhooks()
    spoil(facts)
    assert {found.kind for found in judge(facts).differences} == {kind}
