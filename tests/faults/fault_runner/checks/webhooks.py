"""Every event reaches each endpoint subscribed to it, in order where that was asked for, and no other."""

from collections import defaultdict
from collections.abc import Iterator

from fault_runner.checks.difference import Difference, Kind
from fault_runner.facts import Facts, Lane, Subscription, TopicRecord, WebhookStep

GROUP = "integrations"
# Integrations reads it for its own sake: nobody outside is told of sessions.
NOT_OFFERED = "partner.sessions.v1"


def check_webhooks(facts: Facts) -> Iterator[Difference]:
    """Compare the topics with what the receiver noted."""
    told = {
        record.event_id: record
        for record in facts.records
        if record.topic != NOT_OFFERED and record.name in facts.consumed.get(GROUP, {}).get(record.topic, ())
    }
    for subscription in facts.subscriptions:
        yield from _check_endpoint(facts, told, subscription)
    for words in facts.undelivered:
        yield Difference(Kind.UNSETTLED, words)


def count_repeated_webhooks(facts: Facts) -> int:
    """Requests that say again what their endpoint was told: allowed, under the same ``webhook-id``."""
    came = [(one.endpoint, one.event_id) for one in facts.webhooks if one.step is WebhookStep.CAME]
    return len(came) - len(set(came))


def _check_endpoint(
    facts: Facts, told: dict[str, TopicRecord], subscription: Subscription
) -> Iterator[Difference]:
    name, _, types = subscription
    wanted = {key for key, record in told.items() if types is None or record.name in types}
    steps = [(one.event_id, one.step) for one in facts.webhooks if one.endpoint == name]
    taken = {event_id for event_id, step in steps if step is WebhookStep.TAKEN}
    for event_id in wanted - taken:
        yield Difference(Kind.LOST, f"{name} never took {_words(told[event_id])}")
    for event_id in {event_id for event_id, _ in steps} - wanted:
        record = told.get(event_id)
        what = f"{_words(record)}, which it may not see" if record else f"{event_id}, which nobody told"
        yield Difference(Kind.DOUBLED, f"{name} got {what}")
    for event_id, step in steps:
        if step is WebhookStep.FORGED:
            yield Difference(Kind.DOUBLED, f"{name} got {event_id} with a wrong signature")
    if subscription.is_ordered:
        yield from _check_order(name, wanted, told, steps)


def _check_order(
    name: str, wanted: set[str], told: dict[str, TopicRecord], steps: list[tuple[str, WebhookStep]]
) -> Iterator[Difference]:
    """Nothing comes before all that its partner's topic told earlier was taken."""
    earlier: dict[Lane, list[tuple[int, str]]] = defaultdict(list)
    for event_id in wanted:
        record = told[event_id]
        earlier[record.topic, record.subject].append((record.sequence, event_id))
    taken: set[str] = set()
    seen: set[str] = set()
    for event_id, step in steps:
        if step is WebhookStep.TAKEN:
            taken.add(event_id)
        elif event_id in wanted and event_id not in seen:
            seen.add(event_id)
            record = told[event_id]
            for sequence, other in earlier[record.topic, record.subject]:
                if sequence < record.sequence and other not in taken:
                    yield Difference(Kind.OUT_OF_ORDER, f"{name} got {_words(record)} before #{sequence}")


def _words(record: TopicRecord) -> str:
    return f"{record.name} {record.subject} #{record.sequence}"
