"""Each service read each lane to its end, and gave each event that it asked for its effect once, in order."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from fault_runner.checks.difference import Difference, Kind
from fault_runner.facts import Facts, Lane

LIFE = "partner.lifecycle.v1"


def check_effects(facts: Facts) -> Iterator[Difference]:
    """Compare topics with lanes, with the effects that committed, and with the timeline."""
    yield from check_lanes(facts)
    for group, topics in facts.consumed.items():
        wanted = _wanted(facts, topics)
        had = Counter((effect.topic, effect.event_id) for effect in facts.effects if effect.group == group)
        for key, name in wanted.items():
            if key not in had:
                yield Difference(Kind.LOST, f"{group} never handled {name}")
        for key, times in had.items():
            if times > 1:
                yield Difference(Kind.DOUBLED, f"{group} handled {wanted.get(key, key)} {times} times")
        yield from _check_order(facts, group)
    yield from _check_timeline(facts)


def _wanted(facts: Facts, topics: dict[str, frozenset[str]]) -> dict[tuple[str, str], str]:
    return {
        (record.topic, record.event_id): f"{record.name} {record.subject} #{record.sequence}"
        for record in facts.records
        if record.name in topics.get(record.topic, ())
    }


def check_lanes(facts: Facts) -> Iterator[Difference]:
    """Compare how far each group has read with the ends of its lanes."""
    ends: dict[Lane, int] = defaultdict(int)
    for record in facts.records:
        lane = (record.topic, record.subject)
        ends[lane] = max(ends[lane], record.sequence)
    rows = {(row.group, row.topic, row.subject): row for row in facts.lanes}
    for group, topics in facts.consumed.items():
        for (topic, subject), end in ends.items():
            if topic not in topics:
                continue
            row = rows.get((group, topic, subject))
            name = f"{group}'s lane {topic} {subject}"
            if row is None or row.last_sequence < end:
                at = 0 if row is None else row.last_sequence
                yield Difference(Kind.LOST, f"{name} stands at {at} of {end}")
            elif row.last_sequence > end:
                yield Difference(Kind.LOST, f"{name} stands at {row.last_sequence}, the topic ends at {end}")
            if row is not None and row.hole_count:
                yield Difference(Kind.OUT_OF_ORDER, f"{name} saw {row.hole_count} holes")
            if row is not None and row.is_parked:
                yield Difference(Kind.UNSETTLED, f"{name} is parked")


def _check_order(facts: Facts, group: str) -> Iterator[Difference]:
    last: dict[Lane, int] = defaultdict(int)
    seen: set[tuple[str, str]] = set()
    for effect in facts.effects:
        if effect.group != group or (effect.topic, effect.event_id) in seen:
            continue
        seen.add((effect.topic, effect.event_id))
        lane = (effect.topic, effect.subject)
        if effect.sequence < last[lane]:
            name = f"{effect.topic} {effect.subject}"
            words = f"{group} handled {name} #{effect.sequence} after #{last[lane]}"
            yield Difference(Kind.OUT_OF_ORDER, words)
        last[lane] = max(last[lane], effect.sequence)


def _check_timeline(facts: Facts) -> Iterator[Difference]:
    """The timeline of a partner has the events of its life and all that onboarding hears, each once."""
    entries = Counter(facts.timeline)
    heard = facts.consumed.get("onboarding", {})
    for record in {(record.topic, record.event_id): record for record in facts.records}.values():
        if record.topic != LIFE and record.name not in heard.get(record.topic, ()):
            continue
        times = entries[record.subject, record.event_id]
        if times != 1:
            kind = Kind.LOST if times == 0 else Kind.DOUBLED
            words = f"{record.name} {record.subject} #{record.sequence} is {times} times in the timeline"
            yield Difference(kind, words)
