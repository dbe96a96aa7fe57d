"""Every committed event is in its topic; one partner's events are first seen as 1, 2, 3 … there.

Of a partner's snapshots the newest is: it may have replaced others before they were sent.
"""

from collections import defaultdict
from collections.abc import Iterator

from fault_runner.checks.difference import Difference, Kind
from fault_runner.checks.snapshots import PICTURES, newest_snapshots
from fault_runner.facts import Facts, Lane, TopicRecord


def check_topics(facts: Facts) -> Iterator[Difference]:
    """Compare outboxes with topics, both ways, and look at the order of each lane."""
    in_topics = {(record.topic, record.event_id) for record in facts.records}
    newest = newest_snapshots(facts.records)
    in_outboxes = {(row.topic, row.event_id) for row in facts.outbox}
    for row in facts.outbox:
        name = f"{row.topic} {row.subject} #{row.sequence}"
        successor = newest.get(row.subject) if row.topic == PICTURES else None
        is_replaced = successor is not None and row.sequence < successor.sequence
        if (row.topic, row.event_id) not in in_topics and not is_replaced:
            yield Difference(Kind.LOST, f"{name} was committed and is not in the topic")
        if not row.is_published:
            yield Difference(Kind.UNSETTLED, f"{name} is not marked as published")
    for topic, event_id in in_topics - in_outboxes:
        yield Difference(Kind.DOUBLED, f"{topic} has the event {event_id} that nobody committed")
    for lane, records in records_by_lane(facts.records).items():
        yield from check_lane(lane, records)


def count_repetitions(facts: Facts) -> int:
    """Records that say again what the log has already: allowed, since consumers drop them."""
    return len(facts.records) - len({(record.topic, record.event_id) for record in facts.records})


def records_by_lane(records: list[TopicRecord]) -> dict[Lane, list[TopicRecord]]:
    lanes: dict[Lane, list[TopicRecord]] = defaultdict(list)
    for record in records:
        lanes[record.topic, record.subject].append(record)
    return lanes


def check_lane(lane: Lane, records: list[TopicRecord]) -> Iterator[Difference]:
    """Look at the order and the numbers of one lane."""
    name = " ".join(lane)
    if len({record.partition for record in records}) > 1:
        yield Difference(Kind.OUT_OF_ORDER, f"{name} stands in several partitions")
    ids: dict[int, str] = {}
    first_seen: list[int] = []
    for record in records:
        known = ids.setdefault(record.sequence, record.event_id)
        if known != record.event_id:
            yield Difference(Kind.DOUBLED, f"{name} #{record.sequence} is the number of two events")
        elif record.sequence not in first_seen:
            first_seen.append(record.sequence)
    if first_seen != sorted(first_seen):
        yield Difference(Kind.OUT_OF_ORDER, f"{name} was first seen as {first_seen}")
    if lane[0] == PICTURES:
        return
    missing = sorted(set(range(1, max(first_seen) + 1)) - set(first_seen))
    if missing:
        yield Difference(Kind.LOST, f"{name} lacks the numbers {missing}")
